package import Tensors

extension NamedArray: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        let name: String = try reader.read()
        let shape: [Int] = try reader.readNumbers()
        let values: Values
        switch try reader.read(Int.self) {
        case 0: values = .float32(try reader.readNumbers())
        case 1: values = .float64(try reader.readNumbers())
        case 2: values = .int32(try reader.readNumbers())
        case 3: values = .int64(try reader.readNumbers())
        default: throw ClusteringError.modelUnreadable
        }
        try Self.check(shape, holds: values.count)
        self.init(name, shape: shape, values)
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(name)
        writer.write(numbers: shape)
        switch values {
        case .float32(let numbers): writer.write(kind: 0, numbers)
        case .float64(let numbers): writer.write(kind: 1, numbers)
        case .int32(let numbers): writer.write(kind: 2, numbers)
        case .int64(let numbers): writer.write(kind: 3, numbers)
        }
    }

    fileprivate static func check(_ shape: [Int], holds count: Int) throws {
        var product = 1
        for length in shape {
            let (next, isTooLarge) = product.multipliedReportingOverflow(by: length)
            guard length >= 0, !isTooLarge else { throw ClusteringError.modelUnreadable }
            product = next
        }
        guard product == count else { throw ClusteringError.modelUnreadable }
    }
}

extension ModelWriter {
    fileprivate mutating func write(kind: Int, _ numbers: [some RawNumber]) {
        write(kind)
        write(numbers: numbers)
    }
}

extension Parameter: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        self.init(try reader.read(NamedArray.self), version: try reader.read())
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(array)
        writer.write(version)
    }
}

extension Matrix: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        let (rows, columns) = (try reader.read(Int.self), try reader.read(Int.self))
        let values: [Float] = try reader.readNumbers()
        try NamedArray.check([rows, columns], holds: values.count)
        self.init(rows: rows, columns: columns, values: values)
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(rows)
        writer.write(columns)
        writer.write(numbers: values)
    }
}

extension FixedPoint: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        let (bound, quantum) = (try reader.read(Double.self), try reader.read(Double.self))
        // The number of terms, raised to a power of two, as the quantum was made of it.
        guard let terms = Int(exactly: quantum / bound * 0x1p52), terms >= 1 else {
            throw ClusteringError.modelUnreadable
        }
        try self.init(bound: bound, terms: terms)
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(bound)
        writer.write(quantum)
    }
}

extension FixedPointSums: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        let (rows, columns) = (try reader.read(Int.self), try reader.read(Int.self))
        let fixedPoint: FixedPoint = try reader.read()
        let sums: [Double] = try reader.readNumbers()
        try NamedArray.check([rows, columns], holds: sums.count)
        try self.init(
            rows: rows,
            columns: columns,
            fixedPoint: fixedPoint,
            sums: sums,
            counts: try reader.readNumbers()
        )
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(rows)
        writer.write(columns)
        writer.write(fixedPoint)
        writer.write(numbers: sums)
        writer.write(numbers: counts)
    }
}

extension BestLists.Entry: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        self.init(score: try reader.read(), index: try reader.read())
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(score)
        writer.write(index)
    }
}
