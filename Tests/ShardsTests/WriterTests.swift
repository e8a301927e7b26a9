import Foundation
import Glibc
import Testing

@testable import Shards

struct AtomicFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `A file takes its name when it is committed`() throws {
        let file = try AtomicFile(path: folder("x"))
        #expect(try folder.names == [".x.partial-\(getpid())"])
        try file.write(unsafe [UInt8]([1, 2]).span.bytes)
        try file.write(unsafe [UInt8]([3]).span.bytes)
        try file.commit()
        #expect(try folder.names == ["x"])
        #expect(try folder.bytes("x") == [1, 2, 3])
    }

    @Test func `A file that is given up leaves what was there`() throws {
        try AtomicFile.write("old", to: folder("x"))
        do {
            let file = try AtomicFile(path: folder("x"))
            try file.write(unsafe [UInt8]([1]).span.bytes)
        }
        #expect(try folder.names == ["x"])
        #expect(try folder.bytes("x") == Array("old".utf8))
    }

    @Test func `A file replaces another, and what a dead process left aside`() throws {
        try folder.write([9, 9, 9, 9], ".x.partial-\(getpid())")
        try AtomicFile.write("old", to: folder("x"))
        try AtomicFile.write([1, 2], to: folder("x"))
        #expect(try folder.names == ["x"])
        #expect(try folder.bytes("x") == [1, 2])
    }

    @Test func `A failed rename removes the file aside`() throws {
        try folder.write([1], "x/inner")
        expectRefusal(.inputOutput, "cannot write", folder("x"), "choose another -o") { () throws(ShardError) in
            try AtomicFile.write([1], to: folder("x"))
        }
        #expect(try folder.names == ["x"])
    }

    @Test func `A folder that is not there cannot be written to`() throws {
        expectRefusal(.cannotCreate, "cannot create", folder("none/x"), "choose another -o") { () throws(ShardError) in
            try AtomicFile.write([1], to: folder("none/x"))
        }
    }

    @Test func `A full disk is named`() throws {
        expectRefusal(.inputOutput, "no space left on the device", "/dev/full", "free some space") {
            () throws(ShardError) in try AppendLog(path: "/dev/full").append("line")
        }
        let full = try OpenFile("/dev/full", O_WRONLY)
        let bytes: [UInt8] = [1, 2, 3]
        #expect(throws: SystemFailure(number: ENOSPC)) { try full.write(unsafe bytes.span.bytes) }
        #expect(throws: SystemFailure(number: ENOSPC)) { try full.write(unsafe bytes.span.bytes, at: 5) }
    }

    @Test func `Writes that take a few bytes, or are interrupted, go on`() throws {
        let bytes = [UInt8](0..<100)
        var received: [UInt8] = []
        var calls = 0
        try unsafe OpenFile.writeAll(bytes.span.bytes) { rest, done in
            #expect(done == received.count)
            calls += 1
            errno = EINTR
            guard !calls.isMultiple(of: 3) else { return -1 }
            unsafe received.append(contentsOf: rest.prefix(7))
            return min(7, rest.count)
        }
        #expect(received == bytes)
    }

    @Test func `A write that takes nothing ends as a failure`() {
        let bytes: [UInt8] = [1]
        #expect(throws: SystemFailure(number: EIO)) {
            try unsafe OpenFile.writeAll(bytes.span.bytes) { _, _ in 0 }
        }
    }

    @Test func `Paths are split at the last name`() {
        #expect("a/b/c".splitAtLastComponent == ("a/b", "c"))
        #expect("/c".splitAtLastComponent == ("/", "c"))
        #expect("c".splitAtLastComponent == (".", "c"))
    }
}

struct NumpyWriterTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `A matrix is read back`() throws {
        let values: [Float] = [1, -2.5, .infinity, 4, 0, 6]
        try NumpyWriter.write(values, rows: 3, columns: 2, to: folder("x.npy"))
        let bytes = try folder.bytes("x.npy")
        #expect(bytes.count == 128 + 24)
        #expect(Array(bytes[128...]) == FileBytes.float32(values))
        let dataset = try Dataset(path: folder("x.npy"))
        #expect(dataset.rows == 3 && dataset.read(rows: 0..<3) == values)
        #expect(try folder.names == ["x.npy"])
    }

    @Test func `Vectors of integers are read back`() throws {
        try NumpyWriter.write([1, -2, .max] as [Int32], to: folder("a.npy"))
        try NumpyWriter.write([1, -2, .min] as [Int64], to: folder("b.npy"))
        #expect(try LabelsFile.read(folder("a.npy")) == [1, -2, Int64(Int32.max)])
        #expect(try LabelsFile.read(folder("b.npy")) == [1, -2, .min])
        let header = try NumpyHeader(parsing: folder.bytes("a.npy"), at: "a.npy")
        #expect(header.descriptor == "<i4" && header.shape == [3])
    }

    @Test func `Nothing is left behind where nothing can be written`() throws {
        expectRefusal(.cannotCreate, folder("none/x.npy"), "choose another -o") { () throws(ShardError) in
            try NumpyWriter.write([1] as [Float], rows: 1, columns: 1, to: folder("none/x.npy"))
        }
        #expect(try folder.names.isEmpty)
    }
}

struct NumpyRowsWriterTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: 0..<5 as Range<UInt64>)
    func `Blocks may come in any order and more than once`(seed: UInt64) throws {
        let values = (0..<300).map(Float.init)
        var generator = SeededGenerator(state: seed)
        var blocks = stride(from: 0, to: 100, by: 7).map { $0..<min(100, $0 + 7) }
        blocks = (blocks + blocks.prefix(4)).shuffled(using: &generator)
        var writer = try NumpyRowsWriter<Float>(path: folder("x.npy"), rows: 100, columns: 3)
        for rows in blocks {
            try writer.write(Array(values[rows.lowerBound * 3..<rows.upperBound * 3]), atRow: rows.lowerBound)
        }
        #expect(try !folder.names.contains("x.npy"))
        try writer.commit()
        #expect(try folder.names == ["x.npy"])
        try NumpyWriter.write(values, rows: 100, columns: 3, to: folder("y.npy"))
        #expect(try folder.bytes("x.npy") == folder.bytes("y.npy"))
    }

    @Test func `Rows are read back as they were written last`() throws {
        var writer = try NumpyRowsWriter<Int32>(path: folder("x.npy"), rows: 4, columns: 2)
        try writer.write([5, 6, 7, 8], atRow: 2)
        try writer.write([9, 9], atRow: 3)
        #expect(try writer.read(rows: 1..<4) == [0, 0, 5, 6, 9, 9])
        #expect(try writer.read(rows: 2..<2) == [])
    }

    @Test func `A vector is written row by row`() throws {
        var writer = try NumpyRowsWriter<Int64>(path: folder("x.npy"), rows: 3, columns: nil)
        try writer.write([7, 8], atRow: 1)
        try writer.write([6], atRow: 0)
        try writer.commit()
        #expect(try LabelsFile.read(folder("x.npy")) == [6, 7, 8])
    }

    @Test func `A writer that is given up leaves nothing`() throws {
        do {
            var writer = try NumpyRowsWriter<Int32>(path: folder("x.npy"), rows: 3, columns: 1)
            try writer.write([1], atRow: 0)
        }
        #expect(try folder.names.isEmpty)
    }

    @Test func `An array no disk has room for is refused at once`() throws {
        expectRefusal(.inputOutput, "cannot write", folder("x.npy"), "choose another -o") { () throws(ShardError) in
            _ = try NumpyRowsWriter<Float>(path: folder("x.npy"), rows: 1 << 60, columns: 1)
        }
        #expect(try folder.names.isEmpty)
    }

    @Test func `A hole in the result is never committed`() async {
        await #expect(processExitsWith: .failure) {
            let folder = try TemporaryFolder()
            var writer = try NumpyRowsWriter<Int32>(path: folder("x.npy"), rows: 3, columns: 1)
            try writer.write([1, 2], atRow: 0)
            try? FileManager.default.removeItem(atPath: folder.path)
            try writer.commit()
        }
    }
}

struct AppendLogTests {
    @Test func `Lines are added after those that are there`() throws {
        let folder = try TemporaryFolder()
        let path = folder("events.jsonl")
        do {
            let log = try AppendLog(path: path)
            try log.append("one")
            try log.append("")
        }
        try AppendLog(path: path).append("two")
        #expect(try folder.bytes("events.jsonl") == Array("one\n\ntwo\n".utf8))
        try AppendLog(path: path, emptying: true).append("three")
        #expect(try folder.bytes("events.jsonl") == Array("three\n".utf8))
    }

    @Test func `A line cut off by a crash goes`() throws {
        let folder = try TemporaryFolder()
        try AppendLog(path: folder.write(Array("one\ntw".utf8), "x")).append("three")
        #expect(try folder.bytes("x") == Array("one\nthree\n".utf8))
        try AppendLog(path: folder.write(Array("tw".utf8), "y")).append("three")
        #expect(try folder.bytes("y") == Array("three\n".utf8))
    }

    @Test func `A log that cannot be made is refused`() throws {
        let folder = try TemporaryFolder()
        expectRefusal(.cannotCreate, folder("none/x"), "choose another -o") { () throws(ShardError) in
            _ = try AppendLog(path: folder("none/x"))
        }
        expectRefusal(.cannotCreate, "is a directory", folder.path) { () throws(ShardError) in
            _ = try AppendLog(path: folder.path)
        }
    }
}
