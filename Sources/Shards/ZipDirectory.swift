/// The directory of an `.npz` file: a zip archive of `.npy` files, which `np.savez` stores as they are and
/// `np.savez_compressed` deflates.
///
/// Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.5.3
struct ZipDirectory {
    /// One `.npy` file of the archive.
    struct Entry: Equatable {
        /// The name without `.npy`.
        var key: String
        /// The name as the archive has it.
        var name: [UInt8]
        var isEncrypted: Bool
        /// 0 for stored as is, 8 for deflated.
        var method: UInt16
        var checksum: UInt32
        var storedByteCount: UInt64
        var byteCount: UInt64
        var headerOffset: UInt64
    }

    let entries: [Entry]
    private let place: String

    /// A directory larger than this is not numpy's.
    private static let largestDirectory = 1 << 26

    /// Reads the directory at the end of the archive.
    ///
    /// - Throws: `.badData` if the file is not a zip archive in one piece.
    init(of file: MappedFile) throws(ShardError) {
        place = file.path
        let location = try ZipEnd(of: file)
        guard location.directory.count <= Self.largestDirectory else {
            throw ShardError(.badData, "a zip directory too large to read", at: place, fix: Self.remedy)
        }
        var reader = ByteReader(file.bytes(in: location.directory))
        var entries: [Entry] = []
        while reader.remaining > 0 {
            guard let entry = Self.entry(&reader) else {
                throw ShardError(.badData, "damaged zip directory", at: place, fix: Self.remedy)
            }
            entries.append(entry)
        }
        guard UInt64(entries.count) == location.entryCount else {
            throw ShardError(.badData, "damaged zip directory", at: place, fix: Self.remedy)
        }
        self.entries = entries.filter { $0.name.suffix(4).elementsEqual(".npy".utf8) }
        guard Set(self.entries.map(\.key)).count == self.entries.count else {
            throw ShardError(.badData, "two arrays of one name", at: place, fix: Self.remedy)
        }
    }

    fileprivate static let remedy = "write it again with np.savez"

    /// The array with that key, or the only one.
    func array(named key: String?) throws(ShardError) -> Entry {
        entries[try ArrayNames(place: place, keys: entries.map(\.key)).index(of: key)]
    }

    /// Reads one entry; nil if it is cut short or not one.
    private static func entry(_ reader: inout ByteReader) -> Entry? {
        guard
            reader.integer(UInt32.self) == 0x0201_4B50,
            reader.take(4) != nil,
            let flags = reader.integer(UInt16.self),
            let method = reader.integer(UInt16.self),
            reader.take(4) != nil,
            let checksum = reader.integer(UInt32.self),
            let storedByteCount = reader.integer(UInt32.self),
            let byteCount = reader.integer(UInt32.self),
            let nameLength = reader.integer(UInt16.self),
            let extraLength = reader.integer(UInt16.self),
            let commentLength = reader.integer(UInt16.self),
            reader.take(8) != nil,
            let headerOffset = reader.integer(UInt32.self),
            let name = reader.take(Int(nameLength)),
            let extra = reader.take(Int(extraLength)),
            reader.take(Int(commentLength)) != nil
        else { return nil }
        var entry = Entry(
            key: String(decoding: name.dropLast(4), as: UTF8.self),
            name: Array(name),
            isEncrypted: flags & 1 != 0,
            method: method,
            checksum: checksum,
            storedByteCount: UInt64(storedByteCount),
            byteCount: UInt64(byteCount),
            headerOffset: UInt64(headerOffset)
        )
        return entry.widen(with: Array(extra)) ? entry : nil
    }
}

extension ZipDirectory.Entry {
    /// Replaces every number that did not fit in 32 bits by the one in the zip64 field; false if that one is missing.
    fileprivate mutating func widen(with extra: [UInt8]) -> Bool {
        let tooLarge = UInt64(UInt32.max)
        guard byteCount == tooLarge || storedByteCount == tooLarge || headerOffset == tooLarge else { return true }
        var fields = ByteReader(extra)
        while let identifier = fields.integer(UInt16.self), let length = fields.integer(UInt16.self) {
            guard let field = fields.take(Int(length)) else { return false }
            guard identifier == 1 else { continue }
            var numbers = ByteReader(Array(field))
            for number in [\Self.byteCount, \.storedByteCount, \.headerOffset] where self[keyPath: number] == tooLarge {
                guard let wide = numbers.integer(UInt64.self) else { return false }
                self[keyPath: number] = wide
            }
            return true
        }
        return false
    }

    /// The bytes of the `.npy` file in the archive.
    ///
    /// - Throws: `.badData` if they are encrypted or compressed in another way than zlib's, or do not lie inside the
    ///   archive.
    func array(in file: MappedFile) throws(ShardError) -> StoredArray {
        let place = "\(file.path):\(key)"
        guard [0, Self.deflated].contains(method), !isEncrypted else {
            throw ShardError(
                .badData,
                isEncrypted ? "encrypted array" : "an array compressed by another method (\(method)) than zlib's",
                at: place,
                fix: "save with np.savez or np.savez_compressed"
            )
        }
        guard isPossible, let start = dataOffset(in: file), let count = Int(exactly: storedByteCount),
            count <= file.byteCount - start, let byteCount = Int(exactly: byteCount)
        else {
            throw ShardError(.badData, "damaged or truncated zip archive", at: place, fix: ZipDirectory.remedy)
        }
        return StoredArray(
            in: file,
            range: start..<start + count,
            deflated: method == Self.deflated ? .init(byteCount: byteCount, checksum: checksum) : nil,
            place: place
        )
    }

    private static let deflated: UInt16 = 8

    /// Whether so many bytes can be stored in so few: memory is reserved by what the archive says.
    private var isPossible: Bool {
        guard method == Self.deflated else { return byteCount == storedByteCount }
        return byteCount == 0 || (byteCount - 1) / UInt64(Inflation.largestRatio) < storedByteCount
    }

    /// Where the local header ends; nil if there is none for this entry.
    private func dataOffset(in file: MappedFile) -> Int? {
        guard let offset = Int(exactly: headerOffset), offset < file.byteCount else { return nil }
        let longest = 30 + name.count
        var reader = ByteReader(file.bytes(in: offset..<min(file.byteCount, offset + min(longest, file.byteCount))))
        guard
            reader.integer(UInt32.self) == 0x0403_4B50,
            reader.take(22) != nil,
            let nameLength = reader.integer(UInt16.self),
            let extraLength = reader.integer(UInt16.self),
            Int(nameLength) == name.count,
            reader.take(name.count)?.elementsEqual(name) == true
        else { return nil }
        let start = offset + longest + Int(extraLength)
        return start <= file.byteCount ? start : nil
    }
}
