import Foundation
import Testing

@testable import Shards

/// Bad input is found before work starts: the right exit code, one line, and nothing left behind.
struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let status: Int32
        /// Part of what is said.
        let says: String
        let arguments: [String]
        /// Makes the input in the folder in which the program runs.
        var prepare: @Sendable (TestFolder) throws -> Void = { _ in }

        var testDescription: String { name }
    }

    /// 40 rows of 4 columns.
    private static let sound = SampleEmbeddings.values(rows: 40, columns: 4)

    private static func matrix(
        _ descriptor: String = "<f4",
        shape: String = "(40, 4)",
        cut: Int = 0,
        _ change: @escaping @Sendable (inout [Float]) -> Void = { _ in }
    ) -> @Sendable (TestFolder) throws -> Void {
        { folder in
            var values = sound.map(Float.init)
            change(&values)
            let text = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': \(shape), }\n"
            let header = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
            let data = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
            }
            try folder.write((header + data).dropLast(cut), "x.npy")
        }
    }

    private static func data(
        _ name: String,
        _ says: String,
        status: Int32 = 65,
        more: [String] = [],
        _ prepare: @escaping @Sendable (TestFolder) throws -> Void
    ) -> Case {
        Case(name: name, status: status, says: says, arguments: ["x.npy", "-k", "3"] + more, prepare: prepare)
    }

    private static func bytes(_ bytes: [UInt8]) -> @Sendable (TestFolder) throws -> Void {
        { try $0.write(bytes, "x.npy") }
    }

    private static func file(
        _ name: String,
        _ text: String
    ) -> @Sendable (TestFolder) throws -> Void {
        { folder in
            try matrix()(folder)
            try folder.write(text, name)
        }
    }

    private static func centroids(
        rows: Int,
        columns: Int,
        _ change: @escaping @Sendable (inout [Double]) -> Void = { _ in }
    ) -> @Sendable (TestFolder) throws -> Void {
        { folder in
            try matrix()(folder)
            var values = SampleEmbeddings.values(rows: rows, columns: columns)
            change(&values)
            try SampleEmbeddings.write(values, columns: columns, to: folder("c.npy"))
        }
    }

    static let damaged: [Case] = [
        data("missing", "no such file", status: 66) { _ in },
        data("empty file", "x.npy", bytes([])),
        data("text", "x.npy", bytes(Array("hello".utf8))),
        data("other magic", "x.npy", bytes(Array("NOPE".utf8) + [UInt8](repeating: 0, count: 200))),
        data("header beyond the end", "x.npy", bytes([0x93] + Array("NUMPY".utf8) + [1, 0, 0xFF, 0xFF])),
        data("unknown version", "x.npy", bytes([0x93] + Array("NUMPY".utf8) + [9, 0, 0, 0])),
        data("truncated", "x.npy", matrix(cut: 10)),
        data("more rows than bytes", "x.npy", matrix(shape: "(41, 4)")),
        data("fewer rows than bytes", "x.npy", matrix(shape: "(39, 4)")),
        data("rows without number", "x.npy", matrix(shape: "(4611686018427387904, 4)")),
        data("negative rows", "x.npy", matrix(shape: "(-40, 4)")),
        data("objects", "|O", matrix("|O")),
        data("integers of 64 bits", "<i8", matrix("<i8", shape: "(40, 2)")),
        data("one dimension", "x.npy", matrix(shape: "(160,)")),
        data("three dimensions", "x.npy", matrix(shape: "(10, 4, 4)")),
        data("no rows", "x.npy", matrix(shape: "(0, 4)", cut: 640)),
        data("no columns", "x.npy", matrix(shape: "(40, 0)", cut: 640)),
    ]

    static let values: [Case] = [
        data("NaN", "x.npy row 17", matrix { $0[17 * 4 + 2] = .nan }),
        data("infinity", "x.npy row 39", matrix { $0[39 * 4] = -.infinity }),
        data("zero row", "x.npy row 5", matrix { $0.replaceSubrange(20..<24, with: [0, 0, 0, 0]) }),
        data("NaN in a later file", "b.npy row 1", more: []) { folder in
            try SampleEmbeddings.write(sound, columns: 4, to: folder("x.npy/a.npy"))
            try SampleEmbeddings.write([1, 2, 3, 4, 5, .nan, 7, 8], columns: 4, to: folder("x.npy/b.npy"))
        },
        Case(name: "K > N", status: 65, says: "41", arguments: ["x.npy", "-k", "41"], prepare: matrix()),
        data("centroids of another K", "4 × 4", more: ["--init", "c.npy"], centroids(rows: 4, columns: 4)),
        data("centroids of another width", "3 × 5", more: ["--init", "c.npy"], centroids(rows: 3, columns: 5)),
        data(
            "centroids with NaN",
            "centroids row 1",
            more: ["--init", "c.npy"],
            centroids(rows: 3, columns: 4) { $0[5] = .nan }
        ),
        data("centroids missing", "c.npy", status: 66, more: ["--init", "c.npy"], matrix()),
    ]

    static let folders: [Case] = [
        data("empty folder", "x.npy") {
            try FileManager.default.createDirectory(atPath: $0("x.npy"), withIntermediateDirectories: true)
        },
        data("unequal widths", "4 columns") { folder in
            try SampleEmbeddings.write(sound, columns: 4, to: folder("x.npy/a.npy"))
            try SampleEmbeddings.write(sound, columns: 8, to: folder("x.npy/b.npy"))
        },
        data("unequal types", "<f2") { folder in
            try SampleEmbeddings.write(sound, columns: 4, to: folder("x.npy/a.npy"))
            try SampleEmbeddings.write(sound, columns: 4, as: .float16, to: folder("x.npy/b.npy"))
        },
        data("one file twice", "two names") { folder in
            try SampleEmbeddings.write(sound, columns: 4, to: folder("x.npy/a.npy"))
            try FileManager.default.createSymbolicLink(
                atPath: folder("x.npy/b.npy"),
                withDestinationPath: folder("x.npy/a.npy")
            )
        },
        Case(
            name: "key in an npy file",
            status: 65,
            says: "x.npy",
            arguments: ["x.npy:a", "-k", "3"],
            prepare: matrix()
        ),
        Case(
            name: "damaged safetensors",
            status: 65,
            says: "x.safetensors",
            arguments: ["x.safetensors:a", "-k", "3"]
        ) { try $0.write([UInt8](repeating: 0xFF, count: 64), "x.safetensors") },
        Case(name: "damaged npz", status: 65, says: "x.npz", arguments: ["x.npz:a", "-k", "3"]) {
            try $0.write("PK no archive", "x.npz")
        },
    ]

    static let settings: [Case] = [
        data("truth missing", "t.txt", status: 66, more: ["--truth", "t.txt"], matrix()),
        data("weights missing", "no such file", status: 66, more: ["--weights", "w.txt"], matrix()),
        data("too few weights", "weights for 40 rows", more: ["--weights", "w.txt"], file("w.txt", "1\n2\n")),
        data("weight below zero", "line 2", more: ["--weights", "w.txt"], file("w.txt", "1\n-2\n")),
        data(
            "fewer weights than clusters",
            "fewer rows with a weight",
            more: ["--weights", "w.txt"],
            file("w.txt", "1\n1\n" + String(repeating: "0\n", count: 38))
        ),
        data("truth too short", "2 labels for 40 rows", more: ["--truth", "t.txt"], file("t.txt", "1\n2\n")),
        data("truth of words", "t.txt, line 3", more: ["--truth", "t.txt"], file("t.txt", "1\n2\nx\n")),
        data("images missing", "img", status: 66, more: ["--images", "img"], matrix()),
        data("settings missing", "c.yaml", status: 66, more: ["--config", "c.yaml"], matrix()),
        data("settings that are no YAML", "c.yaml", status: 64, more: ["--config", "c.yaml"], file("c.yaml", "a: [")),
        data("unknown setting", "did you mean", status: 64, more: ["--config", "c.yaml"], file("c.yaml", "sead: 1\n")),
        Case(name: "K = 0", status: 64, says: "-k", arguments: ["x.npy", "-k", "0"], prepare: matrix()),
    ]

    private static func flags(_ fleet: String) -> [String] {
        fleet == "fleet" ? ["--workers", "2", "--block-rows", "8"] : ["--in-process"]
    }

    private func expectRefusal(_ test: Case, _ fleet: String) throws {
        let folder = try TestFolder()
        try test.prepare(folder)
        // The last of two flags of a name counts.
        let arguments =
            ["kmeans"] + test.arguments + (test.arguments.contains("--init") ? [] : ["--init", "random"])
            + Self.flags(fleet) + ["--no-progress", "-o", "out"]
        let run = try CoterieProcess(arguments, in: folder.path, timeout: 20)
        run.expectFailure(test.status, "\(test.name)")
        #expect(run.errors.contains(test.says), "\(run.errors)")
        #expect(run.errors.contains("; "), "no remedy: \(run.errors)")
        #expect(run.output.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: folder("out")))
    }

    @Test(arguments: damaged)
    func `damaged files are refused before work starts`(test: Case) throws {
        try expectRefusal(test, "fleet")
    }

    @Test(arguments: values, ["fleet", "alone"])
    func `values that cannot be used are named by file and row`(test: Case, fleet: String) throws {
        try expectRefusal(test, fleet)
    }

    @Test(arguments: folders)
    func `folders and archives that make no matrix are refused`(test: Case) throws {
        try expectRefusal(test, "alone")
    }

    @Test(arguments: settings)
    func `what goes with the data is looked at first`(test: Case) throws {
        try expectRefusal(test, "fleet")
    }
}

/// Places that results cannot be written to.
struct BadOutputTests {
    private func folder() throws -> TestFolder {
        let folder = try TestFolder()
        try SampleEmbeddings.write(SampleEmbeddings.values(rows: 600, columns: 4), columns: 4, to: folder("x.npy"))
        return folder
    }

    private func run(
        _ output: String,
        in folder: TestFolder,
        fleet: [String] = ["--workers", "1"],
        shell: String? = nil
    ) throws -> CoterieProcess {
        try CoterieProcess(
            ["kmeans", "x.npy", "-k", "3", "--init", "random", "--no-progress", "-o", output] + fleet,
            in: folder.path,
            shell: shell
        )
    }

    @Test func `a folder that is not empty is left as it is`() throws {
        let folder = try folder()
        try folder.write("mine", "out/labels.npy")
        try run("out", in: folder).expectFailure(73)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder("out")) == ["labels.npy"])
        #expect(try String(contentsOfFile: folder("out/labels.npy"), encoding: .utf8) == "mine")
    }

    @Test func `a place that is no folder, or where none can be, is refused`() throws {
        let folder = try folder()
        try folder.write("mine", "file")
        try run("file", in: folder).expectFailure(73)
        try run("file/deeper", in: folder).expectFailure(73)
        try run("/proc/nope/out", in: folder).expectFailure(73)
        #expect(try String(contentsOfFile: folder("file"), encoding: .utf8) == "mine")
    }

    @Test func `a folder in use by another run is refused`() throws {
        let folder = try folder()
        let first = try RunningCoterie(
            try LongJob(isEndless: true).arguments + ["--workers", "1", "-o", folder("out")]
        )
        RunOutput(folder("out")).waitForRounds(1)
        try run("out", in: folder).expectFailure(73)
        first.send(SIGINT)
        #expect(try first.end().status == 75)
    }

    @Test(
        .enabled(if: Patience.mayLimitFiles, Patience.limitsFiles),
        arguments: [["--workers", "2"], ["--in-process"]]
    )
    func `a limit on the size of files ends the job and leaves nothing`(fleet: [String]) throws {
        let folder = try folder()
        let run = try run("out", in: folder, fleet: fleet, shell: "ulimit -f 1; exec \"$@\"")
        run.expectFailure(74)
        #expect(run.errors.contains("larger than the system allows"))
        #expect(!FileManager.default.fileExists(atPath: folder("out")))
    }

    @Test(.enabled(if: Patience.mayLimitFiles, Patience.limitsFiles))
    func `a limit that only a later file meets takes the earlier ones back`() throws {
        let folder = try folder()
        try FileManager.default.createDirectory(atPath: folder("out"), withIntermediateDirectories: true)
        // Labels of 2.5 KiB fit, clusters.json and the report do not.
        let run = try run("out", in: folder, shell: "ulimit -f 3; exec \"$@\"")
        run.expectFailure(74)
        #expect(RunOutput(folder("out")).results.allSatisfy { !$0.contains("partial") })
        #expect(!FileManager.default.fileExists(atPath: folder("out/run.json")))
    }

    /// Whether this process may mount a file system that nobody else sees.
    private static let mayMount: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["-m", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test(.enabled(if: mayMount, "mounting a small file system needs privileges"), arguments: [8, 64])
    func `a full disk ends the job with 74 and leaves nothing half`(kibibytes: Int) throws {
        let folder = try TestFolder()
        try SampleEmbeddings.write(SampleEmbeddings.values(rows: 9000, columns: 4), columns: 4, to: folder("x.npy"))
        try FileManager.default.createDirectory(atPath: folder("disk"), withIntermediateDirectories: true)
        // Labels of 35 KiB fit the larger one; what follows them does not.
        let job = "\"$@\"; status=$?; find disk -type f ! -name .lock > seen; exit $status"
        let mount = "mount -t tmpfs -o size=\(kibibytes)k tmpfs disk && \(job)"
        let run = try run("disk/out", in: folder, shell: "unshare -m bash -c '\(mount)' bash \"$@\"")
        run.expectFailure(74)
        #expect(run.errors.contains("no space left"))
        let seen = try String(contentsOfFile: folder("seen"), encoding: .utf8)
        #expect(!seen.contains("partial") && !seen.contains("run.json"), "\(seen)")
    }
}
