import Tensors

/// The kinds of file a matrix is read from.
package enum DataFormat: String, Sendable, Codable {
    case numpy = "npy"
    case numpyArchive = "npz"
    case safetensors
}

/// One matrix where it lies in mapped memory: rows one after the other, perhaps not aligned.
///
/// That memory is the file's own where the format allows it, and else a decoded copy: what is compressed, or stored column
/// by column, has no rows to map.
struct StoredMatrix: Sendable {
    /// The file on disk.
    let source: MappedFile
    let format: DataFormat
    /// The name of the array inside the file, where the format has names.
    let key: String?
    /// Where the rows lie: `source`, or what was decoded from it.
    let memory: MappedFile
    /// Where the first row begins in `memory`, in bytes.
    let offset: Int
    /// Zero for an empty shard, whose columns count for nothing.
    let rows: Int
    let columns: Int
    let elementType: ElementType
    /// Whether the file has columns before rows.
    let isFortranOrder: Bool
    let isCompressed: Bool

    var rowByteCount: Int { columns * elementType.byteCount }

    /// The file, with the name of the array in it.
    var place: String { key.map { "\(source.path):\($0)" } ?? source.path }

    /// Where in `memory` the bytes of some of its rows are.
    func byteRange(ofRows rows: Range<Int>) -> Range<Int> {
        offset + rows.lowerBound * rowByteCount..<offset + rows.upperBound * rowByteCount
    }

    /// Opens the matrix that a path and perhaps a key name.
    ///
    /// The format is known by the extension.
    ///
    /// - Throws: `.noInput` if the file cannot be opened, `.badData` if it holds no such matrix or not a whole one,
    ///   `.cannotCreate` or `.inputOutput` if there is no room to decode it.
    init(_ location: DataLocation) throws(ShardError) {
        if location.isSafetensorsIndex {
            self = try Self(SafetensorsIndex(path: location.path).location(of: location.key))
            return
        }
        switch location.fileExtension {
        case "npy":
            try location.refuseKey()
            try self.init(numpy: MappedFile(path: location.path))
        case "npz":
            try self.init(archive: MappedFile(path: location.path), key: location.key)
        case "safetensors":
            try self.init(safetensors: MappedFile(path: location.path), key: location.key)
        default:
            throw ShardError(
                .badData,
                "neither .npy, .npz nor .safetensors",
                at: location.path,
                fix: ForeignFormat.remedy(for: location.fileExtension)
                    ?? "save the matrix with np.save under a name that ends in .npy"
            )
        }
    }

    init(numpy file: MappedFile) throws(ShardError) {
        try self.init(StoredArray(of: file), in: file, format: .numpy, key: nil)
    }

    init(archive file: MappedFile, key: String?) throws(ShardError) {
        let entry = try ZipDirectory(of: file).array(named: key)
        try self.init(entry.array(in: file), in: file, format: .numpyArchive, key: entry.key)
    }

    /// The matrix of an `.npy` array.
    private init(
        _ array: StoredArray,
        in file: MappedFile,
        format: DataFormat,
        key: String?
    ) throws(ShardError) {
        guard array.byteCount > 0 else {
            throw ShardError(.badData, "empty file", at: array.place, fix: "write it again with np.save")
        }
        let header = try NumpyHeader(parsing: array.beginning(NumpyHeader.longest), at: array.place)
        source = file
        self.format = format
        self.key = key
        elementType = try ElementType(numpy: header.descriptor, at: array.place)
        (rows, columns) = try MatrixShape(place: array.place, lengths: header.shape)
            .matrix(of: elementType, byteCount: array.byteCount - header.dataOffset)
        isFortranOrder = header.isFortranOrder
        isCompressed = array.isCompressed
        let (memory, start) = try array.memory()
        // A single row or column is the same in both orders.
        if isFortranOrder, rows > 1, columns > 1 {
            self.memory = try memory.transposed(
                from: start + header.dataOffset,
                rows: rows,
                columns: columns,
                elementByteCount: elementType.byteCount
            )
            offset = 0
        } else {
            self.memory = memory
            offset = start + header.dataOffset
        }
    }

    init(safetensors file: MappedFile, key: String?) throws(ShardError) {
        let directory = try SafetensorsDirectory(of: file)
        let tensor = try directory.tensor(named: key)
        let place = "\(file.path):\(tensor.key)"
        source = file
        memory = file
        self.key = tensor.key
        format = .safetensors
        offset = tensor.data.lowerBound
        isFortranOrder = false
        isCompressed = false
        elementType = try ElementType(safetensors: tensor.elementType, at: place)
        (rows, columns) = try MatrixShape(place: place, lengths: tensor.shape)
            .matrix(of: elementType, byteCount: tensor.data.count)
    }
}
