import Foundation
import Glibc

/// The lock of a run's folder, which ends with the value however the process dies, and says who holds it.
///
/// It is a lock of the open file description (`F_OFD_SETLK`) on one byte far behind the text. That is a byte-range lock,
/// which NFS clients ask the server for, and the kernel takes it back when the process dies. A lock of the whole file
/// would on some network file systems keep others from reading who holds it. Where a file system cannot lock, as an NFS
/// server without its lock service, there is an error and no run: two coordinators would spoil each other's results. A
/// mount with `nolock` or `local_lock` keeps locks to one machine, which cannot be told from here.
struct FolderLock: ~Copyable, Sendable {
    /// Who holds a lock, as far as the file says.
    struct Owner: Codable, Equatable {
        var host: String
        var pid: Int32
        /// In ISO 8601.
        var since: String

        var text: String { "process \(pid) on \(host) since \(since)" }
    }

    private static let byte = off_t(1) << 30
    // From <fcntl.h>, which shows them to C programs that ask for GNU's extensions only.
    private static let get: Int32 = 36
    private static let set: Int32 = 37

    private let file: OpenFile

    /// Takes the lock and writes down who has it.
    ///
    /// - Parameter place: what errors speak of.
    /// - Throws: `.cannotCreate` where somebody else holds it or the file system has no locks.
    init(path: String, at place: String) throws(ShardError) {
        let file = try OpenFile(creating: path, O_RDWR, at: place)
        try Self.take(file, path, place)
        Self.writeOwner(to: file)
        self.file = file
    }

    private static func take(_ file: borrowing OpenFile, _ path: String, _ place: String) throws(ShardError) {
        let isFree: Bool
        do {
            isFree = try take(file)
        } catch  where meansNoLocks(error.number) {
            throw noLocks(place, error)
        } catch {
            throw error.creating(place)
        }
        guard !isFree else { return }
        let owner = owner(in: path).map { " (\($0.text))" } ?? ""
        throw ShardError(
            .cannotCreate,
            "in use by another coordinator\(owner)",
            at: place,
            fix: "wait for it or choose another -o"
        )
    }

    /// Whether somebody holds the lock at a path, and who; asking takes nothing from anybody.
    ///
    /// - Returns: nil where the lock is free or there is none.
    /// - Throws: `.inputOutput` where it cannot be told.
    static func holder(of path: String, at place: String) throws(ShardError) -> LockHolder? {
        do {
            guard try OpenFile.Status(ofPath: path) != nil else { return nil }
            let file = try OpenFile(path, O_RDONLY)
            var request = request(Int16(F_WRLCK))
            _ = try SystemFailure.retrying { unsafe fcntl(file.descriptor, get, &request) }
            guard request.l_type != Int16(F_UNLCK) else { return nil }
        } catch  where Self.meansNoLocks(error.number) {
            throw noLocks(place, error)
        } catch {
            throw error.opening(path)
        }
        let owner = owner(in: path)
        return LockHolder(host: owner?.host, process: owner?.pid, since: owner?.since)
    }

    private static func take(_ file: borrowing OpenFile) throws(SystemFailure) -> Bool {
        var request = request(Int16(F_WRLCK))
        do {
            _ = try SystemFailure.retrying { unsafe fcntl(file.descriptor, set, &request) }
            return true
        } catch  where error.number == EAGAIN || error.number == EACCES {
            return false
        }
    }

    private static func request(_ kind: Int16) -> flock {
        var request = flock()
        request.l_type = kind
        request.l_whence = Int16(SEEK_SET)
        request.l_start = byte
        request.l_len = 1
        // The kernel wants 0 here for locks of a description.
        request.l_pid = 0
        return request
    }

    static func meansNoLocks(_ number: Int32) -> Bool {
        [ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL].contains(number)
    }

    private static func noLocks(_ place: String, _ failure: SystemFailure) -> ShardError {
        ShardError(
            .cannotCreate,
            "the file system has no locks (\(failure.reason))",
            at: place,
            fix: "choose -o on another one, or start the lock service of the NFS server (rpc.statd, lockd)"
        )
    }

    /// For people only: that it cannot be written, as on a full disk, takes nothing from the lock.
    private static func writeOwner(to file: borrowing OpenFile) {
        let owner = Owner(
            host: ProcessInfo.processInfo.hostName,
            pid: getpid(),
            since: Date.now.formatted(.iso8601)
        )
        guard let text = try? JSONEncoder().encode(owner) else { return }
        let bytes = Array(text) + [UInt8(ascii: "\n")]
        guard ftruncate(file.descriptor, 0) == 0 else { return }
        try? file.write(unsafe bytes.span.bytes, at: 0)
    }

    private static func owner(in path: String) -> Owner? {
        FileManager.default.contents(atPath: path).flatMap { try? JSONDecoder().decode(Owner.self, from: $0) }
    }
}

/// Who holds the lock of a run's folder; nil what is not known.
package struct LockHolder: Sendable, Equatable {
    package var host: String?
    package var process: Int32?
    /// In ISO 8601.
    package var since: String?
}
