import Foundation
import Glibc
import Tensors

extension MappedFile {
    /// Bytes up to which decoded rows are held in memory; more are held in a file.
    static let mostInMemory = 1 << 26

    /// What is made of a file whose rows cannot be mapped, for this process alone.
    ///
    /// Up to 64 MiB are held in memory. More go to a file without a name in `TMPDIR`, of which the system keeps in memory what
    /// is in use, as of every mapped file. Its room on the disk is reserved first.
    ///
    /// - Parameters:
    ///   - place: the file it is made of, for messages.
    ///   - byteCount: what `fill` writes.
    ///   - folder: where a file is made for more than `mostInMemory`.
    /// - Throws: `.cannotCreate` if `TMPDIR` takes no file, `.inputOutput` if there is no room; what `fill` throws.
    convenience init(
        decoding place: String,
        byteCount: Int,
        mostInMemory: Int = mostInMemory,
        in folder: String = temporaryFolder,
        _ fill: (inout MutableSpan<UInt8>) throws(ShardError) -> Void
    ) throws(ShardError) {
        let memory: UnsafeMutableRawBufferPointer
        do {
            unsafe memory = try Self.reserve(byteCount, in: byteCount > mostInMemory ? folder : nil)
        } catch {
            throw error.decoding(place, byteCount: byteCount, in: folder)
        }
        // From here on the mapping has an owner, which lets go of it when filling fails.
        unsafe self.init(path: place, identity: FileIdentity(device: 0, inode: 0), memory)
        guard byteCount > 0 else { return }
        var bytes = unsafe memory.bindMemory(to: UInt8.self).mutableSpan
        try fill(&bytes)
        unsafe mprotect(memory.baseAddress, byteCount, PROT_READ)
    }

    /// A shared mapping in either case: advice to forget pages then never loses what they hold.
    private static func reserve(
        _ byteCount: Int,
        in folder: String?
    ) throws(SystemFailure) -> UnsafeMutableRawBufferPointer {
        guard byteCount > 0 else { return unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0) }
        guard let folder else { return try unsafe map(byteCount, MAP_ANONYMOUS, -1) }
        let file = try OpenFile(withoutNameIn: folder)
        try file.reserve(byteCount)
        return try unsafe map(byteCount, 0, file.descriptor)
    }

    private static func map(
        _ byteCount: Int,
        _ flags: Int32,
        _ descriptor: Int32
    ) throws(SystemFailure) -> UnsafeMutableRawBufferPointer {
        let start = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED | flags, descriptor, 0)
        guard unsafe start != MAP_FAILED else { throw SystemFailure(number: errno) }
        return unsafe UnsafeMutableRawBufferPointer(start: start, count: byteCount)
    }

    static var temporaryFolder: String {
        ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    }

    /// The rows of a matrix that is stored column by column from `start` on, one after the other.
    ///
    /// - Throws: what `init(decoding:)` throws.
    func transposed(
        from start: Int,
        rows: Int,
        columns: Int,
        elementByteCount: Int
    ) throws(ShardError) -> MappedFile {
        let byteCount = rows * columns * elementByteCount
        return try MappedFile(decoding: path, byteCount: byteCount) { (destination) throws(ShardError) in
            withBytes(in: start..<start + byteCount) { source in
                Conversion.transpose(source, rows: rows, columns: columns, into: &destination)
            }
        }
    }
}

extension SystemFailure {
    /// The failure as one of making room for decoded rows.
    fileprivate func decoding(_ place: String, byteCount: Int, in folder: String) -> ShardError {
        switch number {
        case ENOSPC, EDQUOT, EFBIG, ENOMEM:
            ShardError(
                .inputOutput,
                "no room in \(folder) to decode \(byteCount) bytes (\(reason))",
                at: place,
                fix: "set TMPDIR to a folder with more, or save it uncompressed in C order"
            )
        default:
            ShardError(
                .cannotCreate,
                "cannot create a temporary file (\(reason))",
                at: folder,
                fix: "set TMPDIR to a folder that can be written"
            )
        }
    }
}
