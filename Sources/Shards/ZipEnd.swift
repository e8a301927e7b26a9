/// The record at the end of a zip archive that says where its directory is.
struct ZipEnd {
    /// Where the directory is in the file.
    let directory: Range<Int>
    let entryCount: UInt64

    private static let recordLength = 22
    private static let longestComment = 0xFFFF

    init(of file: MappedFile) throws(ShardError) {
        guard let found = Self.find(in: file) else {
            throw ShardError(
                .badData,
                "not an .npz file, or cut short",
                at: file.path,
                fix: "copy it again, or write it again with np.savez"
            )
        }
        self = found
    }

    private init(directory: Range<Int>, entryCount: UInt64) {
        self.directory = directory
        self.entryCount = entryCount
    }

    /// Looks backwards for a record whose comment ends with the file.
    private static func find(in file: MappedFile) -> ZipEnd? {
        let start = max(0, file.byteCount - recordLength - longestComment)
        let tail = file.bytes(in: start..<file.byteCount)
        for position in stride(from: tail.count - recordLength, through: 0, by: -1) where tail[position] == 0x50 {
            var reader = ByteReader(tail, at: position)
            guard let end = Self.read(&reader, in: file, recordOffset: start + position) else { continue }
            return end
        }
        return nil
    }

    private static func read(_ reader: inout ByteReader, in file: MappedFile, recordOffset: Int) -> ZipEnd? {
        guard
            reader.integer(UInt32.self) == 0x0605_4B50,
            reader.take(6) != nil,
            let count = reader.integer(UInt16.self),
            let length = reader.integer(UInt32.self),
            let offset = reader.integer(UInt32.self),
            let commentLength = reader.integer(UInt16.self),
            reader.remaining == Int(commentLength)
        else { return nil }
        if count == UInt16.max || length == UInt32.max || offset == UInt32.max {
            return wide(in: file, recordOffset: recordOffset)
        }
        return ZipEnd(offset: UInt64(offset), length: UInt64(length), count: UInt64(count), before: recordOffset)
    }

    /// Reads the zip64 record, which a locator just before the short record points at.
    private static func wide(in file: MappedFile, recordOffset: Int) -> ZipEnd? {
        guard recordOffset >= 20 else { return nil }
        var locator = ByteReader(file.bytes(in: recordOffset - 20..<recordOffset))
        guard
            locator.integer(UInt32.self) == 0x0706_4B50,
            locator.take(4) != nil,
            let place = locator.integer(UInt64.self).flatMap({ Int(exactly: $0) }),
            place <= recordOffset - 20 - 56
        else { return nil }
        var record = ByteReader(file.bytes(in: place..<place + 56))
        guard
            record.integer(UInt32.self) == 0x0606_4B50,
            record.take(28) != nil,
            let count = record.integer(UInt64.self),
            let length = record.integer(UInt64.self),
            let offset = record.integer(UInt64.self)
        else { return nil }
        return ZipEnd(offset: offset, length: length, count: count, before: place)
    }

    /// A directory that lies wholly before the record that names it.
    private init?(offset: UInt64, length: UInt64, count: UInt64, before end: Int) {
        guard let start = Int(exactly: offset), let length = Int(exactly: length), start <= end, length <= end - start
        else { return nil }
        self.init(directory: start..<start + length, entryCount: count)
    }
}
