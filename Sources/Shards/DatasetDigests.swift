/// What is in a dataset's files, read once more than the work on it reads them: their SHA-256 for the record, and the
/// digests of the stretches of rows in the very same bytes.
package struct DatasetDigests: Sendable, Equatable {
    /// Of each file, as `sha256sum` prints it.
    package private(set) var sha256: [String] = []
    private var stretches: [UInt64]

    /// Opens the files anew by their paths and reads them from beginning to end.
    ///
    /// - Throws: `.badData` if a file is not as large as it was when the dataset was opened, or no longer holds such a matrix;
    ///   `.noInput` or `.inputOutput` if it cannot be opened.
    package init(of dataset: Dataset) throws(ShardError) {
        let watch = dataset.watch
        stretches = [UInt64](repeating: 0, count: watch.stretchCount)
        for (number, matrix) in watch.rows.matrices.enumerated() {
            let again = try Self.open(watch.locations[number], insteadOf: matrix)
            sha256.append(read(again, watch.rows.firstRows[number], stretchRows: watch.stretchRows))
        }
    }

    private static func open(
        _ location: DataLocation,
        insteadOf matrix: StoredMatrix
    ) throws(ShardError) -> StoredMatrix {
        let again: StoredMatrix
        do {
            again = try StoredMatrix(location)
        } catch {
            throw error.code == .badData ? changed(at: matrix.place) : error
        }
        let isAlike = again.source.byteCount == matrix.source.byteCount && again.rows == matrix.rows
        guard isAlike && again.offset == matrix.offset else { throw changed(at: matrix.place) }
        return again
    }

    /// Reads one file, of which the row `firstRow` of the dataset is the first; and where its rows were decoded, those too.
    private mutating func read(_ matrix: StoredMatrix, _ firstRow: Int, stretchRows: Int) -> String {
        let file = matrix.source
        file.advise(.sequential, for: 0..<file.byteCount)
        var digest = Digest()
        var done = 0
        var row = firstRow
        while row < firstRow + matrix.rows {
            let stretch = row / stretchRows
            let end = min((stretch + 1) * stretchRows, firstRow + matrix.rows)
            let range = matrix.byteRange(ofRows: row - firstRow..<end - firstRow)
            matrix.memory.withBytes(in: range) { stretches[stretch] = RowDigest.of($0, after: stretches[stretch]) }
            if matrix.memory === file {
                file.withBytes(in: done..<range.upperBound) { digest.update($0) }
                done = range.upperBound
            }
            row = end
        }
        file.withBytes(in: done..<file.byteCount) { digest.update($0) }
        return digest.hexadecimal()
    }

    /// Checks that this is what processes have read of the dataset, and that the files are still what was opened.
    ///
    /// - Parameter readings: of any datasets.
    /// - Throws: `.badData` that names the rows that differ, or the file that does.
    package func verify(_ readings: [RowReading], of dataset: Dataset) throws(ShardError) {
        let watch = dataset.watch
        for reading in readings where reading.dataset == watch.dataset {
            guard stretches.indices.contains(reading.stretch), stretches[reading.stretch] == reading.digest else {
                let rows = watch.rows(ofStretch: min(reading.stretch, watch.stretchCount - 1))
                throw Self.changed(at: watch.rows.place(of: rows))
            }
        }
        // Somebody may have written to a file after it was read here; whoever wrote the same bytes did no harm.
        guard let touched = watch.rows.matrices.first(where: { !$0.source.isUnchanged }) else { return }
        guard try DatasetDigests(of: dataset) == self else { throw Self.changed(at: touched.place) }
    }

    private static func changed(at place: String) -> ShardError {
        ShardError(
            .badData,
            "the data changed while the job ran",
            at: place,
            fix: "start the job again when nothing writes to it"
        )
    }
}
