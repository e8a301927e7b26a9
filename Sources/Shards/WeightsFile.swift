import Tensors

/// Numbers that say how much each row counts: a 1-D `.npy` of any type of number, or text with one on each line.
package enum WeightsFile {
    /// - Throws: `.noInput` if the file cannot be opened; `.badData` that names the line or row for a weight that is not a
    ///   finite number of at least 0, and for an array of another shape or type.
    package static func read(_ path: String) throws(ShardError) -> [Double] {
        let file = try MappedFile(path: path)
        guard file.byteCount > 0 else {
            throw ShardError(.badData, "empty file", at: path, fix: "write one weight for each row")
        }
        let isArray =
            path.hasSuffix(".npy")
            || NumpyHeader.hasMagic(file.bytes(in: 0..<min(file.byteCount, NumpyHeader.longestPrefix)))
        let weights = isArray ? try readArray(file) : try readText(file)
        for (row, weight) in weights.enumerated() where !(weight >= 0 && weight.isFinite) {
            throw ShardError(
                .badData,
                "a weight of \(weight)",
                at: "\(path), \(isArray ? "row \(row)" : "line \(row + 1)")",
                fix: "give finite weights of at least 0"
            )
        }
        return weights
    }

    private static func readText(_ file: MappedFile) throws(ShardError) -> [Double] {
        var weights: [Double] = []
        let text = String(decoding: file.bytes(in: 0..<file.byteCount), as: UTF8.self)
        var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }[...]
        while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
        for (index, line) in lines.enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 1, let weight = Double(words[0]) else {
                throw ShardError(
                    .badData,
                    "not a number",
                    at: "\(file.path), line \(index + 1)",
                    fix: "write one per line, as np.savetxt(path, x) does"
                )
            }
            weights.append(weight)
        }
        return weights
    }

    private static func readArray(_ file: MappedFile) throws(ShardError) -> [Double] {
        let header = try NumpyHeader(in: file, range: 0..<file.byteCount, at: file.path)
        // One column is what a run keeps for its workers.
        guard header.shape.count == 1 || header.shape.dropFirst() == [1] else {
            throw ShardError(
                .badData,
                "\(header.shape.count) dimensions where 1 is needed",
                at: file.path,
                fix: "save x.ravel()"
            )
        }
        guard let type = ElementType(rawValue: header.descriptor) else {
            // Integers of 64 bits, which are no rows.
            guard ["<i8", "<u8"].contains(header.descriptor) else {
                throw ShardError(
                    .badData,
                    "weights that are not numbers (\(header.descriptor.shortened))",
                    at: file.path,
                    fix: "save x.astype('<f8')"
                )
            }
            return try LabelsFile.read(file.path).map { Double($0) }
        }
        let count = header.shape[0]
        try MatrixShape(place: file.path, lengths: header.shape)
            .checkSize(rows: count, rowByteCount: type.byteCount, byteCount: file.byteCount - header.dataOffset)
        var weights = [Double](repeating: 0, count: count)
        file.withBytes(in: header.dataOffset..<header.dataOffset + count * type.byteCount) { bytes in
            var span = weights.mutableSpan
            Conversion.widen(bytes, of: type, into: &span)
        }
        return weights
    }
}
