extension Dataset {
    /// A dataset of some of the rows, as if no others were there; it shares the mappings.
    ///
    /// It is for work inside a job whose coordinator and workers select alike: a path does not name it.
    ///
    /// - Parameters:
    ///   - rows: numbers of rows, ascending, at least one, inside `0..<self.rows`.
    ///   - blockRows: between 1 and `largestBlockRows`.
    package func selecting(_ rows: [Int], blockRows: Int) -> Dataset {
        precondition((1...Self.largestBlockRows).contains(blockRows), "\(blockRows) rows in a block")
        precondition(zip(rows, rows.dropFirst()).allSatisfy { $0 < $1 }, "rows out of order")
        guard let first = rows.first, let last = rows.last, first >= 0, last < self.rows else {
            preconditionFailure("a selection of no rows, or of others than 0..<\(self.rows)")
        }
        var selected = self
        selected.selection = selection.map { known in rows.map { known[$0] } } ?? rows
        selected.rows = rows.count
        selected.blockRows = blockRows
        return selected
    }
}
