package import Tensors

/// The rows of one matrix, spread over mapped files and cut into numbered blocks that never change.
///
/// Rows are counted over all files in their natural order. The files stay mapped as long as any copy of the value
/// lives; copies share the mappings, and any thread may read.
package struct Dataset: Sendable {
    /// How the files were found.
    package enum Layout: String, Sendable {
        /// The path named one file.
        case file
        /// The path named a folder of `.npy` or `.safetensors` files.
        case folder
        /// The path named a clip-retrieval folder; its `img_emb` was read.
        case clipRetrieval = "clip-retrieval"
    }

    /// The rows of a block unless the user says otherwise.
    package static let defaultBlockRows = 4096

    /// The most rows a block may have.
    package static let largestBlockRows = 1 << 20

    /// The path as it was given, with its key.
    package let path: String
    package let layout: Layout

    /// Rows of all files together, or as many as were selected; at least 1.
    package internal(set) var rows: Int

    /// Numbers in a row; at least 1, the same in all files.
    package let columns: Int

    /// How the numbers are stored, the same in all files that have rows.
    package let elementType: ElementType

    /// Rows of every block but perhaps the last.
    package internal(set) var blockRows: Int

    /// The rows of the files that this dataset is of, ascending; nil where it is of all.
    var selection: [Int]?

    /// What is taken from every row when it is read as float32; empty for nothing.
    var middle: [Double] = []

    /// The files in the order of their rows.
    package let files: [DatasetFile]

    /// Names in the folder that are not part of the dataset, for the listing; hidden files are not among them.
    package let ignored: [String]

    /// The datasets whose rows stand side by side in this one's, of as many columns each; empty for an ordinary dataset.
    let sides: [Dataset]

    /// The rows as they are stored, and what has been read of them.
    let stored: StoredRows
    let watch: RowWatch

    var matrices: [StoredMatrix] { stored.matrices }

    /// Opens DATA as the command line takes it: a file, `FILE:KEY`, or a folder.
    ///
    /// - Parameters:
    ///   - path: an `.npy` file, `FILE.npz:KEY`, `FILE.safetensors:KEY`, `FILE.safetensors.index.json:KEY`, a folder of `.npy`
    ///     files, a clip-retrieval folder, or a folder of `.safetensors` files, with a key or where each has one tensor.
    ///   - blockRows: between 1 and `largestBlockRows`; part of the identity of every result.
    /// - Throws: `.noInput` if something cannot be opened; `.badData` if a file is not a whole matrix of an `ElementType`, if
    ///   the files differ in columns or type, if a file is there twice, or if there is no row; `.cannotCreate` or
    ///   `.inputOutput` if there is no room to decode a file.
    package init(path: String, blockRows: Int = Dataset.defaultBlockRows) throws(ShardError) {
        try self.init(path: path, blockRows: blockRows, knownAs: nil, ledger: .process)
    }

    /// - Parameters:
    ///   - name: the path by which others know the dataset; nil for this one in full.
    ///   - ledger: where what is read of the rows is taken down.
    package init(
        path: String,
        blockRows: Int,
        knownAs name: String?,
        ledger: ReadingLedger
    ) throws(ShardError) {
        precondition((1...Self.largestBlockRows).contains(blockRows), "\(blockRows) rows in a block")
        let location = try DataLocation(resolving: path)
        let folder = try Self.folder(at: location)
        let locations = folder?.files ?? [location]
        if let opened = ledger.watch(ofPath: path, blockRows: blockRows, knownAs: name, at: locations) {
            watch = opened
        } else {
            watch = try Self.open(locations, ofPath: path, blockRows: blockRows, knownAs: name, ledger)
        }
        stored = watch.rows
        let matrices = stored.matrices
        let first = matrices.first { $0.rows > 0 } ?? matrices[0]
        self.path = path
        self.blockRows = blockRows
        sides = []
        layout = folder?.layout ?? .file
        ignored = folder?.ignored ?? []
        columns = first.columns
        elementType = first.elementType
        files = matrices.map(DatasetFile.init)
        rows = stored.count
    }

    private static func open(
        _ locations: [DataLocation],
        ofPath path: String,
        blockRows: Int,
        knownAs name: String?,
        _ ledger: ReadingLedger
    ) throws(ShardError) -> RowWatch {
        var matrices: [StoredMatrix] = []
        matrices.reserveCapacity(locations.count)
        for location in locations { matrices.append(try StoredMatrix(location)) }
        guard let first = matrices.first(where: { $0.rows > 0 }) else {
            throw MatrixShape.empty(rows: 0, columns: matrices[0].columns, at: matrices[0].place)
        }
        try checkAgreement(of: matrices, with: first)
        let watch = RowWatch(
            dataset: Self.name(of: matrices, path: name ?? absolute(path), blockRows: blockRows),
            StoredRows(matrices),
            at: locations,
            blockRows: blockRows,
            ledger: ledger
        )
        ledger.add(watch, ofPath: path, blockRows: blockRows, knownAs: name)
        return watch
    }

    /// Rows of several datasets side by side, each still where it lies; cut as the first is.
    ///
    /// - Throws: `.badData` where they differ in rows or columns.
    package init(sideBySide sides: [Dataset]) throws(ShardError) {
        let first = sides[0]
        for other in sides.dropFirst() where other.rows != first.rows || other.columns != first.columns {
            throw ShardError(
                .badData,
                "\(first.rows) × \(first.columns) beside \(other.rows) × \(other.columns)",
                at: "\(first.path) and \(other.path)",
                fix: "give files of the same rows"
            )
        }
        self.sides = sides
        path = sides.map(\.path).joined(separator: " beside ")
        layout = first.layout
        rows = first.rows
        columns = sides.count * first.columns
        elementType = first.elementType
        blockRows = first.blockRows
        files = sides.flatMap(\.files)
        ignored = []
        stored = first.stored
        watch = first.watch
    }

    /// How many parts of equal length a row has: 1 unless the dataset is of others side by side.
    package var rowParts: Int { max(sides.count, 1) }

    /// The folder a location names; nil if it names a file.
    private static func folder(at location: DataLocation) throws(ShardError) -> DatasetFolder? {
        let status: OpenFile.Status?
        do {
            status = try OpenFile.Status(ofPath: location.path)
        } catch {
            throw error.opening(location.path)
        }
        guard status?.isDirectory == true else { return nil }
        return try DatasetFolder(at: location)
    }

    /// Checks that the files make up one matrix; those without rows agree with any.
    private static func checkAgreement(
        of matrices: [StoredMatrix],
        with first: StoredMatrix
    ) throws(ShardError) {
        var seen: [FileIdentity: String] = [:]
        for matrix in matrices {
            let both = "\(first.place) and \(matrix.place)"
            guard matrix.columns == first.columns || matrix.rows == 0 else {
                throw ShardError(
                    .badData,
                    "\(first.columns) columns in one file and \(matrix.columns) in another",
                    at: both,
                    fix: "keep one kind of embedding in a folder"
                )
            }
            guard matrix.elementType == first.elementType || matrix.rows == 0 else {
                throw ShardError(
                    .badData,
                    "\(first.elementType.rawValue) in one file and \(matrix.elementType.rawValue) in another",
                    at: both,
                    fix: "save all files with the same x.astype(...)"
                )
            }
            if let other = seen.updateValue(matrix.place, forKey: matrix.source.identity) {
                throw ShardError(
                    .badData,
                    "duplicate files, two names for one file",
                    at: "\(other) and \(matrix.place)",
                    fix: "remove one of the links"
                )
            }
        }
    }
}

/// One file of a dataset.
package struct DatasetFile: Sendable, Equatable {
    /// The path without the key.
    package internal(set) var path: String
    /// The name of the array in the file, where the format has names.
    package let key: String?
    /// Zero for an empty shard.
    package internal(set) var rows: Int
    /// The size of the whole file on disk.
    package internal(set) var byteCount: Int
    package let elementType: ElementType
    package let format: DataFormat
    /// Whether the file has columns before rows.
    package let isFortranOrder: Bool
    package let isCompressed: Bool

    /// The last component of the path.
    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    init(_ matrix: StoredMatrix) {
        path = matrix.source.path
        key = matrix.key
        rows = matrix.rows
        byteCount = matrix.source.byteCount
        elementType = matrix.elementType
        format = matrix.format
        isFortranOrder = matrix.isFortranOrder
        isCompressed = matrix.isCompressed
    }
}
