package import Tensors

/// A task's answer, or several merged.
///
/// It is made of fields of a closed set of kinds, each of which merges exactly: in any order, any grouping and on any
/// machine with the same bits. Programs therefore never touch the wire format, and merging is written once.
package struct Partial: Sendable, Equatable {
    package enum Field: Sendable, Equatable {
        /// Exact sums of rows by cluster.
        case sums(FixedPointSums)
        /// An exact sum of numbers.
        case total(ExactTotal)
        /// Integers, added.
        case counts([Int64])
        /// The k best of each group by (score, index); with k = 1 the minimum or maximum by key.
        case best(BestLists)
        /// Values of rows in the dataset's order.
        case rows(RowPieces)
        /// The k nearest of each row.
        case lists(RowLists)
        /// Sums without a bound, taken over the round's tasks in the order of one binary tree.
        case floatTree(TreeSums<Float>)
        case doubleTree(TreeSums<Double>)
    }

    package private(set) var names: [String]
    package private(set) var fields: [Field]

    package init(_ fields: [(name: String, field: Field)]) {
        names = fields.map(\.name)
        self.fields = fields.map(\.field)
    }

    /// The position of a field, to be looked up once and used in hot loops.
    package func index(of name: String) -> Int {
        guard let index = names.firstIndex(of: name) else {
            preconditionFailure("a partial of \(names) has no field \(name)")
        }
        return index
    }

    package func field(_ name: String) -> Field { fields[index(of: name)] }

    // The next eight lend a field to be changed in place. The partial holds a stand-in meanwhile, so that the field has one
    // owner and a change does not copy megabytes.

    package mutating func withSums<Value>(_ index: Int, _ body: (inout FixedPointSums) throws -> Value) rethrows
        -> Value
    {
        guard case .sums(var sums) = fields[index] else { preconditionFailure("\(names[index]) is not sums") }
        fields[index] = .counts([])
        defer { fields[index] = .sums(sums) }
        return try body(&sums)
    }

    package mutating func withCounts<Value>(_ index: Int, _ body: (inout [Int64]) throws -> Value) rethrows -> Value {
        guard case .counts(var counts) = fields[index] else { preconditionFailure("\(names[index]) is not counts") }
        fields[index] = .counts([])
        defer { fields[index] = .counts(counts) }
        return try body(&counts)
    }

    package mutating func withBest<Value>(_ index: Int, _ body: (inout BestLists) throws -> Value) rethrows -> Value {
        guard case .best(var lists) = fields[index] else { preconditionFailure("\(names[index]) is not lists") }
        fields[index] = .counts([])
        defer { fields[index] = .best(lists) }
        return try body(&lists)
    }

    package mutating func withRows<Value>(_ index: Int, _ body: (inout RowPieces) throws -> Value) rethrows -> Value {
        guard case .rows(var rows) = fields[index] else { preconditionFailure("\(names[index]) is not rows") }
        fields[index] = .counts([])
        defer { fields[index] = .rows(rows) }
        return try body(&rows)
    }

    package mutating func withLists<Value>(_ index: Int, _ body: (inout RowLists) throws -> Value) rethrows -> Value {
        guard case .lists(var lists) = fields[index] else {
            preconditionFailure("\(names[index]) is not lists of rows")
        }
        fields[index] = .counts([])
        defer { fields[index] = .lists(lists) }
        return try body(&lists)
    }

    mutating func withFloatTree(_ index: Int, _ body: (inout TreeSums<Float>) -> Void) {
        guard case .floatTree(var tree) = fields[index] else { preconditionFailure("\(names[index]) is not a tree") }
        fields[index] = .counts([])
        defer { fields[index] = .floatTree(tree) }
        body(&tree)
    }

    mutating func withDoubleTree(_ index: Int, _ body: (inout TreeSums<Double>) -> Void) {
        guard case .doubleTree(var tree) = fields[index] else { preconditionFailure("\(names[index]) is not a tree") }
        fields[index] = .counts([])
        defer { fields[index] = .doubleTree(tree) }
        body(&tree)
    }

    package mutating func withTotal<Value>(_ index: Int, _ body: (inout ExactTotal) throws -> Value) rethrows -> Value {
        guard case .total(var total) = fields[index] else { preconditionFailure("\(names[index]) is not a total") }
        fields[index] = .counts([])
        defer { fields[index] = .total(total) }
        return try body(&total)
    }

    /// Adds another answer of the same shape.
    package mutating func merge(_ other: Partial) {
        precondition(names == other.names, "partials of \(names) and \(other.names) cannot be merged")
        for index in fields.indices {
            fields[index].merge(other.fields[index])
        }
    }

    /// Refuses rows that are not of the blocks which an answer is for: they would stand in for rows of others.
    /// - Throws: `ClusteringError.Code.internalError`.
    package func checkRows(areWithin range: Range<Int>) throws(ClusteringError) {
        for (name, field) in zip(names, fields) {
            let stray: Int?
            switch field {
            case .rows(let rows):
                stray = rows.pieces.first { !range.contains($0.firstRow) || $0.values.count == 0 }?.firstRow
            case .lists(let lists):
                stray = lists.pieces.first { !lists.admits(rowsFrom: $0.firstRow, inAnswerFor: range) }?.firstRow
            default: stray = nil
            }
            if let stray {
                throw ClusteringError(
                    .internalError,
                    "rows of other blocks: \(name) at row \(stray); run the same version everywhere"
                )
            }
        }
    }

    /// Takes the rows out of the partial, so that they can be written to where they belong instead of being kept.
    package mutating func takeRows() -> [(name: String, pieces: RowPieces)] {
        var taken: [(name: String, pieces: RowPieces)] = []
        for index in fields.indices {
            guard case .rows(let pieces) = fields[index], !pieces.pieces.isEmpty else { continue }
            taken.append((names[index], pieces))
            fields[index] = .rows(RowPieces())
        }
        return taken
    }

    /// Takes the lists of rows out of the partial, for the same end.
    mutating func takeLists() -> [(name: String, lists: RowLists)] {
        var taken: [(name: String, lists: RowLists)] = []
        for index in fields.indices {
            guard case .lists(let lists) = fields[index], !lists.pieces.isEmpty else { continue }
            taken.append((names[index], lists))
            fields[index] = .lists(RowLists(lists.layout))
        }
        return taken
    }
}

extension Partial {
    package func sums(_ name: String) -> FixedPointSums {
        guard case .sums(let sums) = field(name) else { preconditionFailure("\(name) is not a field of sums") }
        return sums
    }

    package func total(_ name: String) -> Double {
        guard case .total(let total) = field(name) else { preconditionFailure("\(name) is not a total") }
        return total.value
    }

    package func counts(_ name: String) -> [Int64] {
        guard case .counts(let counts) = field(name) else { preconditionFailure("\(name) is not a field of counts") }
        return counts
    }

    package func best(_ name: String) -> BestLists {
        guard case .best(let lists) = field(name) else { preconditionFailure("\(name) is not a field of lists") }
        return lists
    }
}

extension Partial.Field {
    mutating func merge(_ other: Partial.Field) {
        switch (self, other) {
        case (.sums(var mine), .sums(let theirs)):
            self = .counts([])  // so that `mine` is the only owner, and merging copies nothing
            mine.merge(theirs)
            self = .sums(mine)
        case (.total(var mine), .total(let theirs)):
            self = .counts([])
            mine.merge(theirs)
            self = .total(mine)
        case (.counts(var mine), .counts(let theirs)):
            self = .counts([])
            precondition(mine.count == theirs.count, "\(mine.count) counts and \(theirs.count)")
            for index in mine.indices { mine[index] += theirs[index] }
            self = .counts(mine)
        case (.best(var mine), .best(let theirs)):
            self = .counts([])
            mine.merge(theirs)
            self = .best(mine)
        case (.rows(var mine), .rows(let theirs)):
            self = .counts([])
            mine.merge(theirs)
            self = .rows(mine)
        case (.lists(var mine), .lists(let theirs)):
            self = .counts([])
            mine.merge(theirs)
            self = .lists(mine)
        case (.floatTree(var mine), .floatTree(let theirs)):
            self = .counts([])
            mine.merge(theirs)
            self = .floatTree(mine)
        case (.doubleTree(var mine), .doubleTree(let theirs)):
            self = .counts([])
            mine.merge(theirs)
            self = .doubleTree(mine)
        default:
            preconditionFailure("fields of different kinds cannot be merged")
        }
    }
}
