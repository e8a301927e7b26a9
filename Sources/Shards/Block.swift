/// A numbered range of rows of a dataset: the unit of work, merging and recovery.
package struct Block: Sendable, Hashable {
    /// From 0, in the order of rows.
    package let number: Int
    /// Rows of the dataset, counted over all files; never empty.
    package let rows: Range<Int>

    package init(number: Int, rows: Range<Int>) {
        self.number = number
        self.rows = rows
    }
}

extension Dataset {
    /// How many blocks there are; the last may have fewer rows than the others.
    package var blockCount: Int { (rows - 1) / blockRows + 1 }

    /// The block of a number below `blockCount`.
    package func block(_ number: Int) -> Block {
        precondition((0..<blockCount).contains(number), "block \(number) of \(blockCount)")
        return Block(number: number, rows: number * blockRows..<min(rows, (number + 1) * blockRows))
    }
}
