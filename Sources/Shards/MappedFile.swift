import Glibc

/// A whole file in memory, or what was decoded from one; read-only and unmapped when the last owner lets go.
///
/// Bytes are lent to a closure as a span and cannot be kept. Files are taken to be immutable: one that another program
/// cuts short while it is mapped ends the process with SIGBUS, as with every mapping.
final class MappedFile: Sendable {
    let path: String
    let byteCount: Int
    let identity: FileIdentity
    /// What was known of the file when it was opened; nil for what was decoded, which belongs to this process alone.
    private let status: OpenFile.Status?

    /// Where the mapping begins, as a number: the memory is read-only for the life of this object, so any thread may
    /// read it, and a number, unlike a pointer, is Sendable.
    ///
    /// Zero for an empty file, which cannot be mapped.
    private let address: UInt

    /// Maps a regular file.
    ///
    /// - Throws: `.noInput` if there is none, if it may not be read or is not a regular file; `.inputOutput` if the
    ///   system cannot open or map it.
    init(path: String) throws(ShardError) {
        self.path = path
        let status: OpenFile.Status
        do {
            // Opening a FIFO would otherwise wait for somebody to write to it.
            let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
            status = try file.status()
            address = try status.isRegular ? Self.map(file, status.byteCount) : 0
        } catch  where error == MappingLimit.reached {
            throw MappingLimit.refusal(of: path)
        } catch {
            throw error.opening(path)
        }
        self.status = status
        byteCount = status.byteCount
        identity = status.identity
        guard status.isRegular else { throw Self.notRegular(path, status) }
    }

    /// Takes over a mapping, which is unmapped with this object; nil for no bytes.
    init(path: String, identity: FileIdentity, _ memory: UnsafeMutableRawBufferPointer) {
        self.path = path
        self.identity = identity
        byteCount = memory.count
        status = nil
        address = UInt(bitPattern: memory.baseAddress)
    }

    deinit {
        if let start = unsafe UnsafeMutableRawPointer(bitPattern: address) {
            unsafe munmap(start, byteCount)
            if status != nil { MappingLimit.release() }
        }
    }

    /// Whether the path still leads to this file, and nobody has written to it since.
    var isUnchanged: Bool { status == nil || (try? OpenFile.Status(ofPath: path)) == status }

    private static func map(_ file: borrowing OpenFile, _ byteCount: Int) throws(SystemFailure) -> UInt {
        guard byteCount > 0 else { return 0 }
        guard MappingLimit.claim() else { throw MappingLimit.reached }
        let start = unsafe mmap(nil, byteCount, PROT_READ, MAP_SHARED, file.descriptor, 0)
        guard let start = unsafe start, unsafe start != MAP_FAILED else {
            let number = errno
            MappingLimit.release()
            throw SystemFailure(number: number)
        }
        return UInt(bitPattern: start)
    }

    private static func notRegular(_ path: String, _ status: OpenFile.Status) -> ShardError {
        status.isDirectory
            ? ShardError(.noInput, "a folder where a file is needed", at: path, fix: "name a file in it")
            : ShardError(
                .noInput,
                "not a regular file",
                at: path,
                fix: "write it to a file first: pipes are not mapped"
            )
    }

    /// Lends the bytes of a range that lies inside the file.
    func withBytes<Answer, Failure: Error>(
        in range: Range<Int>,
        _ body: (RawSpan) throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "\(range) is outside \(path)")
        let start = unsafe UnsafeRawPointer(bitPattern: address)
        let whole = unsafe UnsafeRawBufferPointer(start: start, count: byteCount)
        return try body(unsafe UnsafeRawBufferPointer(rebasing: whole[range]).bytes)
    }

    /// A copy of a small range, for headers.
    func bytes(in range: Range<Int>) -> [UInt8] {
        withBytes(in: range) { span in unsafe span.withUnsafeBytes { unsafe [UInt8]($0) } }
    }

    /// Tells the system how a range will be read.
    ///
    /// Advice only: a refusal changes nothing but speed.
    func advise(_ advice: Advice, for range: Range<Int>) {
        let page = sysconf(Int32(_SC_PAGESIZE))
        let first = range.lowerBound / page * page
        guard !range.isEmpty, let start = unsafe UnsafeMutableRawPointer(bitPattern: address + UInt(first)) else {
            return
        }
        unsafe madvise(start, range.upperBound - first, advice.value)
    }
}

/// How rows will be read, for the system's read-ahead.
package enum Advice: Sendable {
    /// Soon: read them in now.
    case willNeed
    /// From the first to the last, once.
    case sequential
    /// Here and there.
    case random
    /// No more for now: the pages may go.
    case notNeeded

    fileprivate var value: Int32 {
        switch self {
        case .willNeed: MADV_WILLNEED
        case .sequential: MADV_SEQUENTIAL
        case .random: MADV_RANDOM
        case .notNeeded: MADV_DONTNEED
        }
    }
}
