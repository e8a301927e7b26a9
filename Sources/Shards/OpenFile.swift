import Foundation
import Glibc

/// An open file descriptor, closed when the value dies.
///
/// The system calls of this module are here and in `MappedFile`.
struct OpenFile: ~Copyable, Sendable {
    /// What is known of a file without reading it.
    struct Status: Equatable {
        var isRegular: Bool
        var isDirectory: Bool
        var byteCount: Int
        var identity: FileIdentity
        /// Nanoseconds of the system's clock when the bytes were changed last.
        var modified: Int
    }

    let descriptor: Int32

    /// Opens with `flags`, and with mode 666 less the user's mask where the file is made.
    init(_ path: String, _ flags: Int32) throws(SystemFailure) {
        descriptor = try SystemFailure.retrying { unsafe open(path, flags | O_CLOEXEC, 0o666) }
    }

    /// Opens an output, and makes it if it is not there.
    ///
    /// Errors speak of `place`.
    init(creating path: String, _ flags: Int32, at place: String) throws(ShardError) {
        do {
            try self.init(path, flags | O_CREAT)
        } catch {
            throw error.creating(place)
        }
    }

    /// Makes a file without a name, which nobody else can open and which is gone when it is closed and unmapped.
    init(withoutNameIn folder: String) throws(SystemFailure) {
        let path = folder.appendingPathComponent(".coterie-\(UUID().uuidString)")
        descriptor = try SystemFailure.retrying { unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
        unsafe unlink(path)
    }

    deinit {
        close(descriptor)
    }

    func status() throws(SystemFailure) -> Status {
        var status = stat()
        _ = try SystemFailure.retrying { unsafe fstat(descriptor, &status) }
        return Status(status)
    }

    /// Writes all bytes at the end of what was written, however many calls that takes.
    func write(_ bytes: RawSpan) throws(SystemFailure) {
        try unsafe Self.writeAll(bytes) { rest, _ in unsafe Glibc.write(descriptor, rest.baseAddress, rest.count) }
    }

    /// Writes all bytes at `offset` from the beginning of the file.
    func write(_ bytes: RawSpan, at offset: Int) throws(SystemFailure) {
        try unsafe Self.writeAll(bytes) { rest, done in
            unsafe pwrite(descriptor, rest.baseAddress, rest.count, offset + done)
        }
    }

    /// Makes calls that write from the beginning of what is left until nothing is.
    static func writeAll(
        _ bytes: RawSpan,
        _ call: (UnsafeRawBufferPointer, _ done: Int) -> Int
    ) throws(SystemFailure) {
        var done = 0
        while done < bytes.byteCount {
            let count = try unsafe bytes.withUnsafeBytes { (all) throws(SystemFailure) -> Int in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: all[done...])
                return try SystemFailure.retrying { unsafe call(rest, done) }
            }
            // A write of some bytes that takes none would go on for ever.
            guard count > 0 else { throw SystemFailure(number: EIO) }
            done += count
        }
    }

    /// Reads bytes from `offset` on until `destination` is full.
    func read(into destination: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemFailure) {
        var done = 0
        while done < destination.count {
            let count = try SystemFailure.retrying {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: destination[done...])
                return unsafe pread(descriptor, rest.baseAddress, rest.count, offset + done)
            }
            // Bytes that were asked for are there, unless somebody has cut the file short.
            guard count > 0 else { throw SystemFailure(number: EIO) }
            done += count
        }
    }

    /// The byte at `offset`; nil beyond the end.
    func byte(at offset: Int) throws(SystemFailure) -> UInt8? {
        var byte: UInt8 = 0
        let count = try SystemFailure.retrying { unsafe pread(descriptor, &byte, 1, offset) }
        return count == 1 ? byte : nil
    }

    /// Makes the file `byteCount` bytes long with its blocks reserved, so that a full disk is found now.
    func reserve(_ byteCount: Int) throws(SystemFailure) {
        var number: Int32
        repeat {
            number = posix_fallocate(descriptor, 0, byteCount)
        } while number == EINTR
        guard number == 0 else { throw SystemFailure(number: number) }
    }

    /// Waits until the bytes are on the disk.
    func synchronize() throws(SystemFailure) {
        _ = try SystemFailure.retrying { fsync(descriptor) }
    }
}

/// What makes two paths the same file.
struct FileIdentity: Hashable, Sendable {
    var device: UInt
    var inode: UInt
}

extension OpenFile.Status {
    fileprivate init(_ status: stat) {
        let kind = status.st_mode & S_IFMT
        isRegular = kind == S_IFREG
        isDirectory = kind == S_IFDIR
        byteCount = Int(status.st_size)
        identity = FileIdentity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
        modified = status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec
    }

    /// The status of what a path leads to; nil if there is nothing.
    init?(ofPath path: String) throws(SystemFailure) {
        var status = stat()
        do {
            _ = try SystemFailure.retrying { unsafe stat(path, &status) }
        } catch  where error.number == ENOENT || error.number == ENOTDIR {
            return nil
        }
        self.init(status)
    }
}

extension SystemFailure {
    /// Calls again while a signal interrupts; throws `errno` when the call answers -1.
    static func retrying<Answer: SignedInteger>(_ call: () -> Answer) throws(SystemFailure) -> Answer {
        while true {
            let answer = call()
            if answer != -1 { return answer }
            let number = errno
            if number != EINTR { throw SystemFailure(number: number) }
        }
    }
}
