/// The bytes of an `.npy` array inside a file: as they are, or deflated.
struct StoredArray {
    /// What inflated bytes must be.
    struct Deflated: Equatable {
        let byteCount: Int
        /// The CRC-32 that the archive gives.
        let checksum: UInt32
    }

    let file: MappedFile
    /// The file, with the name of the array in it, for messages.
    let place: String
    /// Where the bytes are in the file.
    let range: Range<Int>
    /// Nil for bytes as they are.
    let deflated: Deflated?

    /// An array that is all of a file.
    init(of file: MappedFile) {
        self.init(in: file, range: 0..<file.byteCount, deflated: nil, place: file.path)
    }

    init(in file: MappedFile, range: Range<Int>, deflated: Deflated?, place: String) {
        self.file = file
        self.place = place
        self.range = range
        self.deflated = deflated
    }

    var isCompressed: Bool { deflated != nil }

    /// The size of the array with its header.
    var byteCount: Int { deflated?.byteCount ?? range.count }

    /// A copy of the first bytes, as many as there are up to `count`.
    ///
    /// - Throws: `.badData` if they cannot be inflated.
    func beginning(_ count: Int) throws(ShardError) -> [UInt8] {
        guard isCompressed else { return file.bytes(in: range.prefix(count)) }
        var bytes = [UInt8](repeating: 0, count: min(count, byteCount))
        var span = bytes.mutableSpan
        try inflate(into: &span)
        return bytes
    }

    /// Memory that holds all of the bytes, and where in it they begin.
    ///
    /// - Throws: `.badData` if they cannot be inflated or are not those that were deflated; what
    ///   `MappedFile.init(decoding:)` throws.
    func memory() throws(ShardError) -> (MappedFile, Int) {
        guard let deflated else { return (file, range.lowerBound) }
        let memory = try MappedFile(decoding: place, byteCount: byteCount) { (destination) throws(ShardError) in
            let checksum = try inflate(into: &destination)
            guard checksum == deflated.checksum else { throw damaged("its checksum is another") }
        }
        return (memory, 0)
    }

    /// Fills `destination` with the first bytes, and gives their CRC-32.
    @discardableResult
    private func inflate(into destination: inout MutableSpan<UInt8>) throws(ShardError) -> UInt32 {
        do {
            return try file.withBytes(in: range) { (source) throws(Inflation.Failure) in
                try Inflation.inflate(source, into: &destination, isWhole: destination.count == byteCount)
            }
        } catch {
            throw damaged(error.reason)
        }
    }

    private func damaged(_ reason: String) -> ShardError {
        ShardError(.badData, "damaged compressed array, \(reason)", at: place, fix: "copy the file or write it again")
    }
}

extension Range<Int> {
    /// The first numbers of a range, as many as there are up to `count`.
    fileprivate func prefix(_ count: Int) -> Range<Int> {
        lowerBound..<Swift.min(upperBound, lowerBound + count)
    }
}
