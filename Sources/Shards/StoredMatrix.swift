import Tensors

/// The kinds of file a matrix is read from.
package enum DataFormat: String, Sendable, Codable {
    case numpy = "npy"
    case numpyArchive = "npz"
    case safetensors
}

/// One matrix where it lies in a mapped file: rows one after the other, little-endian, perhaps not aligned.
struct StoredMatrix: Sendable {
    let file: MappedFile
    let format: DataFormat
    /// The name of the array inside the file, where the format has names.
    let key: String?
    /// Where the first row begins in the file, in bytes.
    let offset: Int
    let rows: Int
    let columns: Int
    let elementType: ElementType

    var rowByteCount: Int { columns * elementType.byteCount }

    /// The file, with the name of the array in it.
    var place: String { key.map { "\(file.path):\($0)" } ?? file.path }

    /// Where in the file the bytes of some of its rows are.
    func byteRange(ofRows rows: Range<Int>) -> Range<Int> {
        offset + rows.lowerBound * rowByteCount..<offset + rows.upperBound * rowByteCount
    }

    /// Opens the matrix that a path and perhaps a key name.
    ///
    /// The format is known by the extension.
    ///
    /// - Throws: `.noInput` if the file cannot be opened, `.badData` if it holds no such matrix or not a whole one.
    init(_ location: DataLocation) throws(ShardError) {
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
                fix: "save the matrix with np.save under a name that ends in .npy"
            )
        }
    }

    init(numpy file: MappedFile) throws(ShardError) {
        try self.init(
            array: 0..<file.byteCount,
            in: file,
            format: .numpy,
            key: nil,
            name: file.path
        )
    }

    init(archive file: MappedFile, key: String?) throws(ShardError) {
        let entry = try ZipDirectory(of: file).array(named: key)
        try self.init(
            array: entry.data(in: file),
            in: file,
            format: .numpyArchive,
            key: entry.key,
            name: "\(file.path):\(entry.key)"
        )
    }

    /// The matrix of an `.npy` array that is all of `range`.
    private init(
        array range: Range<Int>,
        in file: MappedFile,
        format: DataFormat,
        key: String?,
        name: String
    ) throws(ShardError) {
        guard !range.isEmpty else {
            throw ShardError(.badData, "empty file", at: name, fix: "write it again with np.save")
        }
        let header = try NumpyHeader(in: file, range: range, at: name)
        let shape = MatrixShape(place: name, lengths: header.shape)
        self.file = file
        self.format = format
        self.key = key
        offset = range.lowerBound + header.dataOffset
        elementType = try ElementType(numpy: header.descriptor, at: name)
        (rows, columns) = try shape.matrix(
            of: elementType,
            isFortranOrder: header.isFortranOrder,
            byteCount: range.upperBound - offset
        )
    }

    init(safetensors file: MappedFile, key: String?) throws(ShardError) {
        let directory = try SafetensorsDirectory(of: file)
        let tensor = try directory.tensor(named: key)
        let place = "\(file.path):\(tensor.key)"
        self.file = file
        self.key = tensor.key
        format = .safetensors
        offset = tensor.data.lowerBound
        elementType = try ElementType(safetensors: tensor.elementType, at: place)
        (rows, columns) = try MatrixShape(place: place, lengths: tensor.shape).matrix(
            of: elementType,
            isFortranOrder: false,
            byteCount: tensor.data.count
        )
    }
}

extension ElementType {
    /// The type of a numpy array, if Coterie computes with it.
    fileprivate init(numpy descriptor: String, at place: String) throws(ShardError) {
        // numpy itself has no bfloat16.
        if let type = ElementType(rawValue: descriptor), type != .bfloat16 {
            self = type
            return
        }
        let (what, remedy) =
            switch descriptor.drop(while: { "<>|=".contains($0) }) {
            case "O":
                ("Python objects, which are never unpickled", "save numbers: np.save(path, np.stack(x).astype('<f4'))")
            case "i8", "u8":
                ("integers of 64 bits, more than float64 holds", "save x.astype('<f8'), exact up to 2^53")
            default: ("a type of number that is not read", "save x.astype('<f4')")
            }
        throw ShardError(.badData, "\(what) (\(descriptor.shortened))", at: place, fix: remedy)
    }

    /// The type of a tensor, if Coterie computes with it.
    fileprivate init(safetensors name: String, at place: String) throws(ShardError) {
        switch name {
        case "F16": self = .float16
        case "F32": self = .float32
        case "F64": self = .float64
        default:
            throw ShardError(
                .badData,
                "tensors of \(name.shortened) are not read, only F16, F32 and F64",
                at: place,
                fix: "save tensor.float()"
            )
        }
    }
}
