/// Integer labels, one for each row of a dataset: a 1-D `.npy` of any integer type, or text with one on each line.
package enum LabelsFile {
    /// Reads LABELS or TRUTH.
    ///
    /// - Throws: `.noInput` if the file cannot be opened; `.badData` that names the line or row if a label is not an
    ///   integer of 64 bits, if there are none, or if the array has another shape or type.
    package static func read(_ path: String) throws(ShardError) -> [Int64] {
        let file = try MappedFile(path: path)
        guard file.byteCount > 0 else {
            throw ShardError(.badData, "empty file", at: path, fix: "write one label for each row")
        }
        let beginning = file.bytes(in: 0..<min(file.byteCount, NumpyHeader.longestPrefix))
        if path.hasSuffix(".npy") || NumpyHeader.hasMagic(beginning) {
            return try readArray(file)
        }
        return try readText(file)
    }
}

extension LabelsFile {
    private static func readText(_ file: MappedFile) throws(ShardError) -> [Int64] {
        var labels: [Int64] = []
        var lines = file.bytes(in: 0..<file.byteCount).split(
            separator: UInt8(ascii: "\n"),
            omittingEmptySubsequences: false
        )
        // What follows the last line feed is not a line; a blank line before that is forgiven.
        if lines.last?.isEmpty == true { lines.removeLast() }
        if let last = lines.last, trimmed(last).isEmpty { lines.removeLast() }
        for (index, line) in lines.enumerated() {
            guard let label = Int64(String(decoding: trimmed(line), as: UTF8.self)) else {
                throw ShardError(
                    .badData,
                    "not an integer",
                    at: "\(file.path), line \(index + 1)",
                    fix: "write one per line, as np.savetxt(path, x, fmt='%d') does"
                )
            }
            labels.append(label)
        }
        guard !labels.isEmpty else {
            throw ShardError(.badData, "no labels", at: file.path, fix: "write one label for each row")
        }
        return labels
    }

    /// The line without white space at either end, such as the carriage return of other systems.
    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        let start = line.drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) } ?? start.startIndex - 1
        return start[start.startIndex..<end + 1]
    }
}

extension LabelsFile {
    private static func readArray(_ file: MappedFile) throws(ShardError) -> [Int64] {
        let header = try NumpyHeader(in: file, range: 0..<file.byteCount, at: file.path)
        let kind = try IntegerKind(header.descriptor, at: file.path)
        guard header.shape.count == 1 else {
            throw ShardError(
                .badData,
                "\(header.shape.count) dimensions where 1 is needed",
                at: file.path,
                fix: "save x.ravel()"
            )
        }
        let count = header.shape[0]
        try MatrixShape(place: file.path, lengths: header.shape)
            .checkSize(rows: count, rowByteCount: kind.byteCount, byteCount: file.byteCount - header.dataOffset)
        guard count > 0 else {
            throw ShardError(.badData, "no labels", at: file.path, fix: "write one label for each row")
        }
        return try labels(count, kind, from: header.dataOffset, in: file)
    }

    private static func labels(
        _ count: Int,
        _ kind: IntegerKind,
        from offset: Int,
        in file: MappedFile
    ) throws(ShardError) -> [Int64] {
        let chunk = 1 << 16
        var labels: [Int64] = []
        labels.reserveCapacity(count)
        for first in stride(from: 0, to: count, by: chunk) {
            let end = min(count, first + chunk)
            let bytes = file.bytes(in: offset + first * kind.byteCount..<offset + end * kind.byteCount)
            for start in stride(from: 0, to: bytes.count, by: kind.byteCount) {
                guard let label = kind.value(bytes[start..<start + kind.byteCount]) else {
                    throw ShardError(
                        .badData,
                        "a label beyond 2^63",
                        at: "\(file.path), row \(labels.count)",
                        fix: "save x.astype('<i8')"
                    )
                }
                labels.append(label)
            }
        }
        return labels
    }
}

/// An integer type of numpy.
private struct IntegerKind {
    let byteCount: Int
    let isSigned: Bool

    init(_ descriptor: String, at place: String) throws(ShardError) {
        let known = ["|i1": (1, true), "<i2": (2, true), "<i4": (4, true), "<i8": (8, true)]
            .merging(["|u1": (1, false), "<u2": (2, false), "<u4": (4, false), "<u8": (8, false)]) { first, _ in first }
            .merging(["|b1": (1, false)]) { first, _ in first }
        guard let (byteCount, isSigned) = known[descriptor] else {
            let what =
                switch descriptor.prefix(2) {
                case "|O": "Python objects, which are never unpickled"
                case ">i", ">u": "big-endian integers"
                default: "labels that are not integers"
                }
            throw ShardError(.badData, "\(what) (\(descriptor.shortened))", at: place, fix: "save x.astype('<i8')")
        }
        self.byteCount = byteCount
        self.isSigned = isSigned
    }

    /// The integer that little-endian bytes stand for; nil if it needs more than 63 bits and a sign.
    func value(_ bytes: ArraySlice<UInt8>) -> Int64? {
        let pattern = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard isSigned else { return Int64(exactly: pattern) }
        let unused = 64 - 8 * bytes.count
        return Int64(bitPattern: pattern << unused) >> unused
    }
}
