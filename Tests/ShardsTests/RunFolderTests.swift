import Foundation
import Glibc
import Testing

@testable import Shards

struct RunFolderTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func refuse(
        _ path: String,
        _ words: String...,
        overwrite: Bool = false,
        location: SourceLocation = #_sourceLocation
    ) {
        expectRefusal(.cannotCreate, path, words[0], "choose another -o", location: location) {
            () throws(ShardError) in _ = try RunFolder.create(at: path, overwrite: overwrite)
        }
    }

    @Test func `A folder is made with those it lies in`() throws {
        let run = try RunFolder.create(at: folder("runs/today/one/"), overwrite: false)
        #expect(run.isNew)
        #expect(run.path == folder("runs/today/one"))
        #expect(run.path(for: "labels.npy") == folder("runs/today/one/labels.npy"))
        try NumpyWriter.write([1] as [Int32], to: run.path(for: "labels.npy"))
        #expect(try folder.bytes("runs/today/one/labels.npy").count == 132)
    }

    @Test func `A new folder has a number after its name where the name is taken`() throws {
        let runs = try (0..<3).map { _ in try RunFolder.createNew(at: folder("runs/one")) }
        #expect(runs.map(\.path) == [folder("runs/one"), folder("runs/one-2"), folder("runs/one-3")])
        #expect(runs.map(\.isNew) == [true, true, true])
    }

    @Test func `A folder that a run made can be removed by it`() throws {
        let run = try RunFolder.create(at: folder("run"), overwrite: false)
        try folder.write([1], "run/x")
        try run.remove()
        #expect(try folder.names.isEmpty)
    }

    @Test func `A folder that was there is never removed`() throws {
        try FileManager.default.createDirectory(atPath: folder("run"), withIntermediateDirectories: false)
        let run = try RunFolder.create(at: folder("run"), overwrite: false)
        #expect(!run.isNew)
        try run.remove()
        #expect(try folder.names == ["run"])
    }

    @Test func `A folder with something in it is refused and left alone`() throws {
        try folder.write([1], "run/mine")
        refuse(folder("run"), "not empty")
        expectRefusal(.cannotCreate, "--overwrite") { () throws(ShardError) in
            _ = try RunFolder.create(at: folder("run"), overwrite: false)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder("run")) == ["mine"])
    }

    @Test func `The lock of a run that ended does not keep others out`() throws {
        do {
            _ = try RunFolder.create(at: folder("run"), overwrite: false)
        }
        _ = try RunFolder.create(at: folder("run"), overwrite: false)
        try folder.write([1], "run/labels.npy")
        refuse(folder("run"), "not empty")
    }

    @Test func `Old results go only when new ones take their place`() throws {
        for name in ["labels.npy", "centroids.npy", "run.json", "notes.txt", "events.jsonl"] {
            try folder.write([1], "run/\(name)")
        }
        let run = try RunFolder.create(at: folder("run"), overwrite: true)
        #expect(try folder.bytes("run/centroids.npy") == [1])
        try run.removeOldResults(keeping: ["labels.npy", "neighbors.npy"])
        let names = try FileManager.default.contentsOfDirectory(atPath: run.path).sorted()
        #expect(names == [".lock", "events.jsonl", "labels.npy", "notes.txt"])
    }

    @Test func `A second coordinator is kept out`() throws {
        let run = try RunFolder.create(at: folder("run"), overwrite: false)
        refuse(run.path, "in use by another coordinator")
        refuse(run.path, "in use by another coordinator", overwrite: true)
        try folder.write([1], "run/labels.npy")
        refuse(run.path, "in use by another coordinator")
        expectRefusal(.cannotCreate, "in use") { () throws(ShardError) in _ = try RunFolder.open(at: run.path) }
        withExtendedLifetime(run) {}
    }

    @Test func `An interrupted run is opened again`() throws {
        try folder.write([1], "run/journal")
        let run = try RunFolder.open(at: folder("run/"))
        #expect(!run.isNew && run.path == folder("run"))
        expectRefusal(.noInput, "no such run folder", folder("none"), "check the path") { () throws(ShardError) in
            _ = try RunFolder.open(at: folder("none"))
        }
    }

    @Test func `A file in the way is refused`() throws {
        try folder.write([1], "file")
        refuse(folder("file"), "a file where a folder is needed")
        expectRefusal(.cannotCreate, folder("file"), "choose another -o") { () throws(ShardError) in
            _ = try RunFolder.create(at: folder("file/inner/run"), overwrite: false)
        }
    }

    @Test func `A file system that takes no folders is named`() {
        refuse("/proc/coterie-run", "cannot create")
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may write everywhere"))
    func `A folder that may not be written to is refused`() throws {
        try FileManager.default.createDirectory(atPath: folder("run"), withIntermediateDirectories: false)
        #expect(unsafe chmod(folder("run"), 0o500) == 0)
        refuse(folder("run"), "permission denied")
        refuse(folder("run/inner"), "permission denied")
    }

    @Test func `The digest is what sha256sum would print of its own lines`() throws {
        let run = try RunFolder.create(at: folder("run"), overwrite: false)
        try folder.write(Array("abc".utf8), "run/labels.npy")
        try folder.write([], "run/centroids.npy")
        // sha256sum centroids.npy labels.npy | sha256sum
        let expected = "2d22783bed890788586dbc513ef73c72a3d5a606a2bd481d610016a119956981"
        #expect(try run.resultDigest(of: ["labels.npy", "centroids.npy"]) == expected)
        #expect(try run.resultDigest(of: ["centroids.npy", "labels.npy"]) == expected)
        expectRefusal(.noInput, "none.npy") { () throws(ShardError) in _ = try run.resultDigest(of: ["none.npy"]) }
    }
}
