package import Tensors

/// Values of rows, in pieces that start at their rows and do not overlap.
package struct RowPieces: Sendable, Equatable {
    package struct Piece: Sendable, Equatable {
        /// The first row, counted over the whole dataset.
        package var firstRow: Int
        /// Rows × as many values as a row has.
        package var values: NamedArray.Values

        package init(firstRow: Int, values: NamedArray.Values) {
            self.firstRow = firstRow
            self.values = values
        }
    }

    /// By first row, ascending.
    package private(set) var pieces: [Piece] = []

    package init() {}

    /// Adds a piece, anywhere.
    package mutating func insert(_ piece: Piece) {
        let place = pieces.firstIndex { $0.firstRow > piece.firstRow } ?? pieces.endIndex
        precondition(place == 0 || pieces[place - 1].firstRow < piece.firstRow, "rows \(piece.firstRow) came twice")
        pieces.insert(piece, at: place)
    }

    package mutating func merge(_ other: RowPieces) {
        for piece in other.pieces { insert(piece) }
    }
}

/// Where the rows of a round's answers go as they arrive, so that no process holds all of them.
package protocol RowSink: AnyObject {
    /// Takes values of the rows from `firstRow` on, for the field of this name. Pieces come in any order, each once.
    func write(_ values: NamedArray.Values, field: String, firstRow: Int) throws

    /// Takes lists of the rows from `firstRow` on. Those of the same rows may come many times, each with what was found in
    /// other blocks.
    func merge(_ lists: NeighborLists, field: String, firstRow: Int) throws
}

extension RowSink {
    /// Refuses lists, for programs that make none.
    package func merge(_ lists: NeighborLists, field: String, firstRow: Int) throws {
        throw ClusteringError(.internalError, "lists without a place: \(field) at row \(firstRow); report this")
    }
}
