import Tensors

// How an answer becomes arrays that can be sent, and how it is made again and held to the shape that was expected.

extension Partial {
    /// The arrays that hold this answer, in the order of its fields.
    package func arrays() -> [NamedArray] {
        zip(names, fields).flatMap { name, field -> [NamedArray] in
            switch field {
            case .sums(let sums): sums.arrays(named: name)
            case .total(let total): [NamedArray(name, total.parts)]
            case .counts(let counts): [NamedArray(name, counts)]
            case .best(let lists): lists.arrays(named: name)
            case .rows(let rows): rows.arrays(named: name)
            case .lists(let lists): lists.arrays(named: name)
            case .floatTree(let tree): tree.arrays(named: name) { .float32($0) }
            case .doubleTree(let tree): tree.arrays(named: name) { .float64($0) }
            }
        }
    }

    /// An answer from the arrays of a peer.
    /// - Parameter template: an empty partial of the round, which says what shape is expected.
    /// - Throws: `ClusteringError.Code.internalError` where the arrays are not an answer to that round.
    package init(arrays: [NamedArray], template: Partial) throws {
        var reader = ArrayReader(arrays)
        var fields: [(name: String, field: Field)] = []
        for (name, field) in zip(template.names, template.fields) {
            fields.append((name, try reader.field(name, template: field)))
        }
        try reader.finish()
        self.init(fields)
    }
}

extension FixedPointSums {
    /// The totals of the first level, those of the others that are not 0 with their places, and the counts.
    fileprivate func arrays(named name: String) -> [NamedArray] {
        let fine = fineTotals
        return [
            NamedArray(name, shape: [rows, columns], .int64(coarseTotals)),
            NamedArray(name + ".fine.places", fine.places),
            NamedArray(name + ".fine", fine.totals),
            NamedArray(name + ".counts", counts),
        ]
    }
}

extension BestLists {
    /// The lists as three arrays: entries of each group, scores and indices.
    fileprivate func arrays(named name: String) -> [NamedArray] {
        let lists = (0..<groups).map { self[$0] }
        return [
            NamedArray(name + ".counts", lists.map { Int64($0.count) }),
            NamedArray(name + ".scores", lists.flatMap { $0.map(\.score) }),
            NamedArray(name + ".indices", lists.flatMap { $0.map { Int64($0.index) } }),
        ]
    }
}

extension RowPieces {
    /// The first rows of the pieces, then the values of each piece.
    fileprivate func arrays(named name: String) -> [NamedArray] {
        [NamedArray(name + ".first", pieces.map { Int64($0.firstRow) })]
            + pieces.map { NamedArray(name, shape: [$0.values.count], $0.values) }
    }
}

/// Takes arrays one after the other.
private struct ArrayReader {
    private var remaining: ArraySlice<NamedArray>

    init(_ arrays: [NamedArray]) {
        remaining = arrays[...]
    }

    mutating func field(_ name: String, template: Partial.Field) throws -> Partial.Field {
        switch template {
        case .sums(let sums):
            return .sums(try fixedPointSums(name, like: sums))
        case .total:
            return .total(try ExactTotal(parts: next(name).integers()))
        case .counts(let counts):
            return .counts(try next(name).integers(count: counts.count))
        case .best(let lists):
            return .best(try bestLists(name, like: lists))
        case .rows:
            return .rows(try rowPieces(name))
        case .lists(let lists):
            return .lists(try rowLists(name, like: lists))
        case .floatTree(let tree):
            let places = try next(name + ".nodes").integers()
            guard case .float32(let values) = try next(name).values else { throw unexpected(name) }
            return .floatTree(try TreeSums(like: tree, places: places, values: values))
        case .doubleTree(let tree):
            let places = try next(name + ".nodes").integers()
            return .doubleTree(try TreeSums(like: tree, places: places, values: next(name).doubles()))
        }
    }

    private mutating func fixedPointSums(_ name: String, like template: FixedPointSums) throws -> FixedPointSums {
        let coarse = try next(name).integers(count: template.rows * template.columns)
        let places = try next(name + ".fine.places").integers()
        let fine = try next(name + ".fine").integers(count: places.count)
        return try FixedPointSums(
            rows: template.rows,
            columns: template.columns,
            rule: template.rule,
            coarseTotals: coarse,
            fineTotals: (places, fine),
            counts: next(name + ".counts").integers(count: template.rows)
        )
    }

    private mutating func bestLists(_ name: String, like template: BestLists) throws -> BestLists {
        let counts = try next(name + ".counts").integers(count: template.groups)
        guard counts.allSatisfy({ 0...Int64(template.capacity) ~= $0 }) else { throw unexpected(name) }
        let total = Int(counts.reduce(0, +))
        let scores = try next(name + ".scores").doubles(count: total)
        let indices = try next(name + ".indices").integers(count: total)
        guard scores.allSatisfy({ !$0.isNaN }), indices.allSatisfy({ $0 >= 0 }) else { throw unexpected(name) }
        var lists = template
        var place = 0
        for (group, count) in counts.enumerated() {
            for _ in 0..<count {
                lists.offer(score: scores[place], index: Int(indices[place]), to: group)
                place += 1
            }
        }
        return lists
    }

    private mutating func rowPieces(_ name: String) throws -> RowPieces {
        let first = try next(name + ".first").integers()
        var pieces = RowPieces()
        for (row, previous) in zip(first, [-1] + first) {
            guard row > previous else { throw unexpected(name) }
            pieces.insert(.init(firstRow: Int(row), values: try next(name).values))
        }
        return pieces
    }

    private mutating func rowLists(_ name: String, like template: RowLists) throws -> RowLists {
        let first = try next(name + ".first").integers()
        let counts = try next(name + ".counts")
        let indices = try next(name + ".indices")
        let scores = try next(name + ".scores")
        guard case .int32(let counts) = counts.values, case .int32(let indices) = indices.values,
            case .float32(let scores) = scores.values
        else { throw unexpected(name) }
        do {
            return try RowLists(template.layout, first: first, counts: counts, indices: indices, scores: scores)
        } catch {
            throw unexpected(name)
        }
    }

    func finish() throws {
        guard remaining.isEmpty else { throw unexpected(remaining.first?.name ?? "") }
    }

    private mutating func next(_ name: String) throws -> NamedArray {
        guard let array = remaining.first, array.name == name else { throw unexpected(name) }
        remaining.removeFirst()
        return array
    }

    private func unexpected(_ name: String) -> ClusteringError {
        ClusteringError(.internalError, "answer not as expected: \(name); run the same version of coterie everywhere")
    }
}
