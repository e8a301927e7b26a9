import Foundation
import Shards
import Testing

struct EvaluateTests {
    private func folder() throws -> TestFolder {
        let folder = try TestFolder()
        try NumpyWriter.write([0, 0, 1, 1] as [Int32], to: folder("labels.npy"))
        try folder.write("5\n5\n7\n9\n", "truth.txt")
        return folder
    }

    @Test func `figures are those of scikit-learn, under their published names`() throws {
        let folder = try folder()
        let run = try CoterieProcess(["evaluate", folder("labels.npy"), folder("truth.txt"), "--json"])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        let figures = try #require(try run.json() as? [String: Double])
        // sklearn.metrics of [0, 0, 1, 1] against [5, 5, 7, 9].
        let expected = [
            "acc": 0.75, "nmi": 0.8, "nmi_geometric": 0.816_496_580_927_726, "ari": 0.571_428_571_428_571_4,
            "ami": 0.571_428_571_428_571_6, "purity": 0.75, "bcubed_precision": 0.75, "bcubed_recall": 1,
        ]
        for (name, value) in expected {
            #expect(abs((figures[name] ?? -9) - value) < 1e-12, "\(name)")
        }
        #expect(Set(figures.keys).isSuperset(of: ["precision", "recall", "f1"]))
    }

    @Test func `without --json there is an aligned table`() throws {
        let folder = try folder()
        let run = try CoterieProcess(["evaluate", folder("labels.npy"), folder("truth.txt")])
        let lines = run.output.split(separator: "\n")
        #expect(Set(lines.map(\.count)).count == 1)
        #expect(lines.contains { $0.hasPrefix("acc ") && $0.hasSuffix(" 0.7500") })
        #expect(lines.contains { $0.hasPrefix("clusters ") && $0.hasSuffix(" 2") })
    }

    @Test func `lengths that differ are bad data, a missing file is none`() throws {
        let folder = try folder()
        try folder.write("1\n2\n", "short.txt")
        let short = try CoterieProcess(["evaluate", folder("labels.npy"), folder("short.txt")])
        #expect(short.status == 65)
        #expect(short.errorLines.count == 1)
        #expect(short.errors.contains("4 labels, 2 true classes"))
        let missing = try CoterieProcess(["evaluate", folder("labels.npy"), folder("none.txt")])
        #expect(missing.status == 66)
        #expect(missing.errorLines.count == 1)
    }

    @Test(.enabled(if: Patience.mayLimitFiles, Patience.limitsFiles))
    func `output that nobody reads is no failure, output that cannot be written is`() throws {
        let folder = try folder()
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/coterie"
        let command = "'\(program)' evaluate '\(folder("labels.npy"))' '\(folder("truth.txt"))'"
        // The pipe has no reader left when the program begins.
        #expect(try shell("( sleep 0.2; \(command); echo $? > '\(folder("code"))' ) | true") == 0)
        #expect(try String(contentsOfFile: folder("code"), encoding: .utf8) == "0\n")
        // A file that may not grow: the signal of that must not end the program.
        let full = folder("full")
        let limited = "head -c 4096 /dev/zero > '\(full)'; ulimit -f 1; \(command) >> '\(full)' 2> /dev/null"
        #expect(try shell(limited) == 74)
        #expect(try shell("\(command) > /dev/full 2> '\(folder("errors"))'") == 74)
        #expect(try String(contentsOfFile: folder("errors"), encoding: .utf8).hasPrefix("coterie: cannot write: "))
    }

    private func shell(_ command: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
