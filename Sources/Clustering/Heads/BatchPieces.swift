import Shards

/// How a batch is cut into the tasks of its rounds: by position, and by its size alone.
enum BatchPieces {
    private static let smallestPiece = 128
    private static let largestPiece = 4096
    /// Until pieces would be too large.
    private static let mostPieces = 16

    /// The size of an epoch's steps where they are to be equal: a few rows that are left over would be a batch whose statistics
    /// say little.
    static func evenBatchSize(atMost most: Int, of rows: Int) -> Int {
        let steps = (rows - 1) / min(most, rows) + 1
        return (rows - 1) / steps + 1
    }

    /// A power of two, so that the tree over them is complete.
    static func count(ofBatch rows: Int) -> Int {
        let wanted = min(max(rows / smallestPiece, 1), mostPieces)
        let floor = 1 << (Int.bitWidth - 1 - wanted.leadingZeroBitCount)
        var pieces = floor
        while rows > pieces * largestPiece { pieces *= 2 }
        return pieces
    }

    /// A piece, its rows counted within the batch.
    static func piece(_ number: Int, ofBatch rows: Int) -> Block {
        let pieces = count(ofBatch: rows)
        return Block(number: number, rows: number * rows / pieces..<(number + 1) * rows / pieces)
    }
}
