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

extension SumRule: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        let (bound, leastBit) = (try reader.read(Double.self), try reader.read(Double.self))
        let terms = try reader.read(Int.self)
        guard leastBit > 0, 1...(1 << 38) ~= terms else { throw ClusteringError.modelUnreadable }
        try self.init(bound: bound, leastBit: leastBit, terms: terms, isRounded: try reader.read())
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(bound)
        writer.write(leastBit)
        writer.write(terms)
        writer.write(isRounded)
    }
}

extension FixedPointSums: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        let (rows, columns) = (try reader.read(Int.self), try reader.read(Int.self))
        let rule: SumRule = try reader.read()
        let coarse: [Int64] = try reader.readNumbers()
        try NamedArray.check([rows, columns], holds: coarse.count)
        try self.init(
            rows: rows,
            columns: columns,
            rule: rule,
            coarseTotals: coarse,
            fineTotals: (try reader.readNumbers(), try reader.readNumbers()),
            counts: try reader.readNumbers()
        )
    }

    package func write(to writer: inout ModelWriter) {
        let fine = fineTotals
        writer.write(rows)
        writer.write(columns)
        writer.write(rule)
        writer.write(numbers: coarseTotals)
        writer.write(numbers: fine.places)
        writer.write(numbers: fine.totals)
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
