import Tensors

/// Integer labels, one for each row of a dataset: an `.npy` of one dimension or one column, or text with one on each line.
///
/// Numbers that are stored as floats count where they are whole: `np.savetxt` writes `6.000000000000000000e+00`.
package enum LabelsFile {
    /// Reads LABELS or TRUTH.
    ///
    /// - Throws: `.noInput` if the file cannot be opened; `.badData` that names the line or row if a label is not a
    ///   whole number of 64 bits, if there are none, or if the array has another shape or type.
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
            guard let label = wholeNumber(trimmed(line)) else {
                throw ShardError(
                    .badData,
                    "not a whole number",
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

    /// The integer that a line stands for, or the float that is one; nil for anything else.
    private static func wholeNumber(_ line: ArraySlice<UInt8>) -> Int64? {
        let text = String(decoding: line, as: UTF8.self)
        if let integer = Int64(text) { return integer }
        // Digits, a point and an exponent: neither the hexadecimal numbers nor the words that Double also takes.
        guard line.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }), let value = Double(text)
        else { return nil }
        // Further out, what was written is rounded, perhaps to a whole number.
        return abs(value) <= 0x1p53 ? Int64(exactly: value) : nil
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
        let type = try LabelType(header.descriptor, at: file.path)
        guard header.shape.count == 1 || (header.shape.count == 2 && header.shape[1] == 1) else {
            throw ShardError(
                .badData,
                "\(header.shape.count) dimensions where 1 is needed",
                at: file.path,
                fix: "save x.ravel()"
            )
        }
        let count = header.shape[0]
        try MatrixShape(place: file.path, lengths: header.shape)
            .checkSize(rows: count, rowByteCount: type.byteCount, byteCount: file.byteCount - header.dataOffset)
        guard count > 0 else {
            throw ShardError(.badData, "no labels", at: file.path, fix: "write one label for each row")
        }
        return try labels(count, type, from: header.dataOffset, in: file)
    }

    private static func labels(
        _ count: Int,
        _ type: LabelType,
        from offset: Int,
        in file: MappedFile
    ) throws(ShardError) -> [Int64] {
        let chunk = 1 << 16
        var labels: [Int64] = []
        labels.reserveCapacity(count)
        for first in stride(from: 0, to: count, by: chunk) {
            let end = min(count, first + chunk)
            let bytes = file.bytes(in: offset + first * type.byteCount..<offset + end * type.byteCount)
            for start in stride(from: 0, to: bytes.count, by: type.byteCount) {
                guard let label = type.value(bytes[start..<start + type.byteCount]) else {
                    throw ShardError(
                        .badData,
                        "a label that is not a whole number below 2^63",
                        at: "\(file.path), row \(labels.count)",
                        fix: "give labels as integers, x.astype('<i8')"
                    )
                }
                labels.append(label)
            }
        }
        return labels
    }
}

/// A type of numpy's that labels may be stored in.
private struct LabelType {
    private let type: NumpyType
    var byteCount: Int { type.byteCount }

    init(_ descriptor: String, at place: String) throws(ShardError) {
        guard let type = NumpyType(descriptor) else {
            let what =
                descriptor.hasSuffix("O")
                ? "Python objects, which are never unpickled" : "labels that are not numbers"
            throw ShardError(.badData, "\(what) (\(descriptor.shortened))", at: place, fix: "save x.astype('<i8')")
        }
        self.type = type
    }

    /// The label that stored bytes stand for; nil if it is not whole or needs more than 63 bits and a sign.
    func value(_ bytes: ArraySlice<UInt8>) -> Int64? {
        let pattern = (type.isBigEndian ? Array(bytes) : bytes.reversed()).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch type.kind {
        case .bool: return pattern == 0 ? 0 : 1
        case .unsigned: return Int64(exactly: pattern)
        case .signed:
            let unused = 64 - 8 * bytes.count
            return Int64(bitPattern: pattern << unused) >> unused
        case .float: return Int64(exactly: Self.float(pattern, byteCount: bytes.count))
        }
    }

    private static func float(_ pattern: UInt64, byteCount: Int) -> Double {
        switch byteCount {
        case 2: half(UInt16(pattern))
        case 4: Double(Float(bitPattern: UInt32(pattern)))
        default: Double(bitPattern: pattern)
        }
    }

    private static func half(_ bits: UInt16) -> Double {
        var value = [0.0]
        var span = value.mutableSpan
        Conversion.widen(unsafe [bits].span.bytes, of: .float16, into: &span)
        return value[0]
    }
}
