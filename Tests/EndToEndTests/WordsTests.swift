import Foundation
import Testing

/// What the program says to words that are almost right.
struct WordsTests {
    private let folder: TestFolder
    private let data: String

    init() throws {
        folder = try TestFolder()
        data = try SampleEmbeddings.write(
            SampleEmbeddings.values(rows: 120, columns: 6),
            columns: 6,
            to: folder("d.npy")
        )
    }

    private func job(_ more: [String]) -> [String] {
        ["kmeans", data, "-k", "3", "--restarts", "1", "--in-process", "--no-progress"] + more
    }

    @Test func `a variable that nothing reads is named, with the one that was meant`() throws {
        let environment = ["COTERIE_MAX_ITERATION": "3", "COTERIE_ELSEWHERE_AND_LONG": "1", "COTERIE_STRICT": "1"]
        let run = try CoterieProcess(job(["-o", folder("o")]), environment: environment)
        #expect(run.status == 0)
        #expect(
            run.errorLines == [
                "coterie: warning: unknown variable: COTERIE_ELSEWHERE_AND_LONG; it is ignored",
                "coterie: warning: unknown variable: COTERIE_MAX_ITERATION; did you mean COTERIE_MAX_ITERATIONS?",
            ]
        )
        // Workers have the coordinator's environment.
        let words = [
            "kmeans", data, "-k", "3", "--restarts", "1", "--workers", "2", "--no-progress", "-o", folder("f"),
        ]
        let fleet = try CoterieProcess(words, environment: environment)
        #expect(fleet.errorLines.count == 2, "\(fleet.errors)")
    }

    @Test func `a log level that there is not is refused`() throws {
        let run = try CoterieProcess(job(["-o", folder("o")]), environment: ["COTERIE_LOG_LEVEL": "loud"])
        run.expectFailure(64)
        #expect(run.errors.contains("COTERIE_LOG_LEVEL=loud; give debug, info, warning or error"))
        #expect(!FileManager.default.fileExists(atPath: folder("o")))
        let good = try CoterieProcess(job(["-o", folder("o")]), environment: ["COTERIE_LOG_LEVEL": "Error"])
        #expect(good.status == 0)
    }

    @Test(arguments: [["kmeans", "d.npy", "-k", "3", "--seed", "-1"], ["simulate", "--seed", "-1"]])
    func `a negative seed is told what a seed is`(words: [String]) throws {
        let run = try CoterieProcess(words)
        run.expectFailure(64)
        #expect(
            run.errors.contains("the value '-1' is invalid for '--seed <seed>': give a whole number from 0 to 2^64 - 1")
        )
    }

    @Test func `a fault that a seed does not have is refused, one that it has is kept alone`() throws {
        let run = try CoterieProcess(["simulate", "--seed", "17", "--faults", "2,99"])
        run.expectFailure(64)
        #expect(run.errors.contains("no such fault: --faults 99 of --seed 17; give numbers of 1,2,"))
        let one = try CoterieProcess(["simulate", "--seed", "17", "--faults", "2"])
        #expect(one.status == 0 && one.output.contains(#/\nfaults +1\n/#), "\(one.output)")
    }

    @Test func `the folder of a run is a head, by the metric of the run`() throws {
        #expect(try CoterieProcess(job(["--metric", "euclidean", "-o", folder("run")])).status == 0)
        let words = [data, "--in-process", "--no-progress", "--labels-only"]
        #expect(try CoterieProcess(["predict", folder("run")] + words + ["-o", folder("p")]).status == 0)
        let output = RunOutput(folder("p"))
        #expect(try output.bytes("labels.npy") == RunOutput(folder("run")).bytes("labels.npy"))
        let settings = try #require(try output.record["settings"] as? [String: Any])
        #expect(settings["metric"] as? String == "euclidean")
        #expect(settings["head"] as? String == folder("run") + "/centroids.npy")

        try FileManager.default.removeItem(atPath: folder("run") + "/centroids.npy")
        let without = try CoterieProcess(["predict", folder("run")] + words + ["-o", folder("q")])
        without.expectFailure(65)
        #expect(without.errors.contains("no head.safetensors or centroids.npy in the folder"))
    }

    @Test func `jobs that begin in one second have folders of their own`() throws {
        let runs = try (0..<4).map { _ in
            try RunningCoterie(job([]), in: folder.path)
        }
        for run in runs { #expect(try run.end().status == 0) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder("runs")).count == 4)
    }

    @Test func `shells complete the paths of data, of a truth and of runs`() throws {
        let bash = try CoterieProcess(["--generate-completion-script", "bash"]).output
        let fish = try CoterieProcess(["--generate-completion-script", "fish"]).output
        let zsh = try CoterieProcess(["--generate-completion-script", "zsh"]).output
        for line in [
            #""coterie kmeans" -eq 1' -F"#, #""coterie kmeans" truth' -l 'truth'"#, #""coterie evaluate" -eq 2' -F"#,
        ] {
            #expect(fish.contains(line), "\(line)")
        }
        #expect(zsh.contains("':data:_files'") && zsh.contains("_files -/"))
        let kmeans = bash.components(separatedBy: "_coterie_kmeans() {").dropFirst().first ?? ""
        let function = kmeans.components(separatedBy: "\n}\n")[0]
        #expect(function.contains("1)\n        __coterie_add_completions -f"), "\(function)")
        #expect(function.contains("'--truth')\n        __coterie_add_completions -f"))
        #expect(function.contains("'--output'|'-o')\n        __coterie_add_completions -d"))
    }
}
