package import Tensors

/// The nearest neighbours of rows as far as they are known, in one piece for each block that has any.
///
/// Pieces of the same rows merge by (score, index), so that any order and grouping gives the same lists.
package struct RowLists: Sendable, Equatable {
    /// What the pieces of an answer must look like.
    package struct Layout: Sendable, Equatable {
        /// Rows that may have lists.
        package var rows: Int
        /// Rows of a piece but perhaps the last.
        package var blockRows: Int
        /// The most entries of a row.
        package var k: Int
        /// Entries are of the rows 0 ..< candidates.
        package var candidates: Int
        /// Rows that any task of the round may have found neighbours for; other rows are answered for by the task of
        /// their own block.
        package var sharedRows: Range<Int>

        package init(rows: Int, blockRows: Int, k: Int, candidates: Int, sharedRows: Range<Int>) {
            self.rows = rows
            self.blockRows = blockRows
            self.k = k
            self.candidates = candidates
            self.sharedRows = sharedRows
        }

        /// How many rows the piece has that begins at a row; nil where none does.
        func rows(from first: Int) -> Int? {
            guard (0..<rows).contains(first), first.isMultiple(of: blockRows) else { return nil }
            return min(blockRows, rows - first)
        }
    }

    package struct Piece: Sendable, Equatable {
        package var firstRow: Int
        package var lists: NeighborLists
    }

    package let layout: Layout
    /// By first row, ascending.
    package private(set) var pieces: [Piece] = []

    package init(_ layout: Layout) {
        self.layout = layout
    }

    /// Adds lists of the rows from `firstRow` on to those that are there.
    package mutating func merge(_ lists: NeighborLists, firstRow: Int) {
        precondition(layout.rows(from: firstRow) == lists.rows && layout.k == lists.k, "lists of other rows")
        let place = pieces.firstIndex { $0.firstRow >= firstRow } ?? pieces.endIndex
        if place < pieces.endIndex, pieces[place].firstRow == firstRow {
            pieces[place].lists.merge(lists)
        } else {
            pieces.insert(Piece(firstRow: firstRow, lists: lists), at: place)
        }
    }

    package mutating func merge(_ other: RowLists) {
        precondition(layout == other.layout, "lists of different layouts cannot be merged")
        for piece in other.pieces { merge(piece.lists, firstRow: piece.firstRow) }
    }

    /// Whether an answer for the blocks of `range` may speak of the piece that begins at a row.
    func admits(rowsFrom first: Int, inAnswerFor range: Range<Int>) -> Bool {
        layout.sharedRows.contains(first) || range.contains(first)
    }
}

// As arrays.
extension RowLists {
    /// The first rows of the pieces; then, of all pieces, the entries of each row, their indices and their scores.
    func arrays(named name: String) -> [NamedArray] {
        let scores = pieces.flatMap(\.lists.scores)
        return [
            NamedArray(name + ".first", pieces.map { Int64($0.firstRow) }),
            NamedArray(name + ".counts", pieces.flatMap(\.lists.counts)),
            NamedArray(name + ".indices", pieces.flatMap(\.lists.indices)),
            NamedArray(name + ".scores", shape: [scores.count], .float32(scores)),
        ]
    }

    /// Lists from the arrays of a peer.
    /// - Throws: `ClusteringError` or `TensorError` where they are not lists of that layout.
    init(_ layout: Layout, first: [Int64], counts: [Int32], indices: [Int32], scores: [Float]) throws {
        self.init(layout)
        var rest = (counts: counts[...], indices: indices[...], scores: scores[...])
        for (row, previous) in zip(first, [-1] + first) {
            guard row > previous, let rows = layout.rows(from: Int(row)), rows <= rest.counts.count else {
                throw Self.malformed
            }
            let counts = Array(rest.counts.prefix(rows))
            let total = counts.reduce(0) { $0 + Int($1) }
            guard counts.allSatisfy({ $0 >= 0 }), total <= rest.indices.count, total <= rest.scores.count else {
                throw Self.malformed
            }
            let lists = try NeighborLists(
                rows: rows,
                k: layout.k,
                indexRange: 0..<layout.candidates,
                counts: counts,
                indices: Array(rest.indices.prefix(total)),
                scores: Array(rest.scores.prefix(total))
            )
            pieces.append(Piece(firstRow: Int(row), lists: lists))
            rest.counts.removeFirst(rows)
            rest.indices.removeFirst(total)
            rest.scores.removeFirst(total)
        }
        guard rest.counts.isEmpty, rest.indices.isEmpty, rest.scores.isEmpty else { throw Self.malformed }
    }

    private static let malformed = ClusteringError(
        .internalError,
        "lists not as expected; run the same version of coterie everywhere"
    )
}
