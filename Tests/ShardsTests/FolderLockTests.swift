import Foundation
import Glibc
import Testing

@testable import Shards

struct FolderLockTests {
    @Test func `the refusal says who holds the folder`() throws {
        let folder = try TemporaryFolder()
        let first = try RunFolder.create(at: folder("run"), overwrite: false)
        let error = #expect(throws: ShardError.self) { _ = try RunFolder.open(at: folder("run")) }
        #expect(error?.code == .cannotCreate)
        let host = ProcessInfo.processInfo.hostName
        #expect(error?.message.contains("in use by another coordinator (process \(getpid()) on \(host) since ") == true)
        withExtendedLifetime(first) {}
    }

    @Test func `asking who holds the folder takes nothing from anybody`() throws {
        let folder = try TemporaryFolder()
        #expect(try RunFolder.holder(of: folder.path) == nil)
        do {
            let run = try RunFolder.create(at: folder("run"), overwrite: false)
            for _ in 0..<3 {
                let holder = try #require(try RunFolder.holder(of: folder("run")))
                #expect(holder.process == getpid())
                #expect(holder.host == ProcessInfo.processInfo.hostName)
            }
            withExtendedLifetime(run) {}
        }
        #expect(try RunFolder.holder(of: folder("run")) == nil)
        _ = try RunFolder.open(at: folder("run"))
    }

    @Test func `a lock whose file says nothing is a lock all the same`() throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(at: folder("run"), overwrite: false)
        try Data("not JSON".utf8).write(to: URL(fileURLWithPath: folder("run") + "/.lock"), options: [])
        #expect(try RunFolder.holder(of: folder("run")) == LockHolder())
        let error = #expect(throws: ShardError.self) { _ = try RunFolder.open(at: folder("run")) }
        #expect(error?.message.contains("in use by another coordinator: ") == true)
        withExtendedLifetime(run) {}
    }

    @Test func `the record of a dead holder is replaced`() throws {
        let folder = try TemporaryFolder()
        let old =
            #"{"host":"a-machine-with-a-very-long-name-\#(String(repeating: "x", count: 200))","pid":1,"since":"never"}"#
        _ = try folder.write(Array(old.utf8), ".lock")
        let run = try RunFolder.open(at: folder.path)
        #expect(try RunFolder.holder(of: folder.path)?.process == getpid())
        withExtendedLifetime(run) {}
    }

    @Test func `the lock is of a byte range, away from what the file says`() throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(at: folder("run"), overwrite: false)
        let inode = try #require(try OpenFile.Status(ofPath: folder("run") + "/.lock")).identity.inode
        let locks = try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n")
        let own = try #require(locks.first { $0.contains(":\(inode) ") })
        #expect(own.contains("OFDLCK") && own.contains("WRITE"))
        #expect(own.hasSuffix(" 1073741824 1073741824"))
        withExtendedLifetime(run) {}
    }

    @Test(arguments: [ENOLCK, EOPNOTSUPP, ENOSYS])
    func `a file system without locks is told from one that is locked`(number: Int32) {
        #expect(FolderLock.meansNoLocks(number))
        #expect(!FolderLock.meansNoLocks(EAGAIN))
    }
}
