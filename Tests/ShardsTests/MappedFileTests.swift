import Foundation
import Glibc
import Testing

@testable import Shards

struct MappedFileTests {
    @Test func `Bytes are lent and copied`() throws {
        let folder = try TemporaryFolder()
        let file = try MappedFile(path: folder.write(Array(0...255), "x"))
        #expect(file.byteCount == 256)
        #expect(file.bytes(in: 7..<10) == [7, 8, 9])
        #expect(file.bytes(in: 256..<256) == [])
        #expect(file.withBytes(in: 3..<200) { $0.byteCount } == 197)
        for advice in [Advice.willNeed, .sequential, .random, .notNeeded] {
            file.advise(advice, for: 100..<200)
            #expect(file.bytes(in: 100..<101) == [100])
        }
    }

    @Test func `A file may be removed while it is mapped`() throws {
        let folder = try TemporaryFolder()
        let file = try MappedFile(path: folder.write([1, 2, 3], "x"))
        try FileManager.default.removeItem(atPath: folder("x"))
        #expect(file.bytes(in: 0..<3) == [1, 2, 3])
    }

    @Test func `An empty file has no bytes`() throws {
        let folder = try TemporaryFolder()
        let file = try MappedFile(path: folder.write([], "x"))
        #expect(file.byteCount == 0)
        #expect(file.bytes(in: 0..<0) == [])
        file.advise(.willNeed, for: 0..<0)
    }

    @Test func `A missing file is refused`() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], "file")
        expectRefusal(.noInput, "no such file", folder("none"), "check the path") { () throws(ShardError) in
            _ = try MappedFile(path: folder("none"))
        }
        expectRefusal(.noInput, "no such file", "file/none") { () throws(ShardError) in
            _ = try MappedFile(path: folder("file/none"))
        }
    }

    @Test func `A folder is refused`() throws {
        let folder = try TemporaryFolder()
        expectRefusal(.noInput, "a folder where a file is needed", folder.path) { () throws(ShardError) in
            _ = try MappedFile(path: folder.path)
        }
    }

    @Test func `A pipe and a device are refused at once`() throws {
        let folder = try TemporaryFolder()
        #expect(unsafe mkfifo(folder("pipe"), 0o600) == 0)
        for path in [folder("pipe"), "/dev/null"] {
            expectRefusal(.noInput, "not a regular file", path) { () throws(ShardError) in
                _ = try MappedFile(path: path)
            }
        }
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
    func `A file that may not be read is refused`() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], "x")
        #expect(unsafe chmod(folder("x"), 0) == 0)
        expectRefusal(.noInput, "permission denied", folder("x")) { () throws(ShardError) in
            _ = try MappedFile(path: folder("x"))
        }
    }

    @Test func `Reasons of failures become codes`() {
        #expect(SystemFailure(number: EACCES).opening("x").code == .noInput)
        #expect(SystemFailure(number: EACCES).opening("x").message.contains("permission denied: x; make it readable"))
        #expect(SystemFailure(number: EMFILE).opening("x").code == .inputOutput)
        #expect(SystemFailure(number: EIO).opening("x").code == .inputOutput)
        #expect(SystemFailure(number: EACCES).creating("x").code == .cannotCreate)
        #expect(SystemFailure(number: EROFS).creating("x").message.contains("read-only"))
        #expect(SystemFailure(number: ENOSPC).creating("x").code == .inputOutput)
        #expect(SystemFailure(number: EDQUOT).writing("x").message.contains("disk quota"))
        #expect(SystemFailure(number: EFBIG).writing("x").message.contains("ulimit -f"))
    }

    @Test func `A message stays on one line`() {
        let error = ShardError(.badData, "no\nway", at: "a\u{1B}[31m\r\u{85}b", fix: "go\ton")
        #expect(error.message == #"no\u{a}way: a\u{1b}[31m\u{d}\u{85}b; go\u{9}on"#)
    }
}
