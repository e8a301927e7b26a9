/// Rows and lists of rows that have been taken out of an answer, on the way to where they belong.
struct RowDelivery: Sendable {
    var rows: [(name: String, pieces: RowPieces)]
    var lists: [(name: String, lists: RowLists)]

    func deliver(to sink: (any RowSink)?) throws {
        guard let sink else { return }
        for (name, lists) in lists {
            for piece in lists.pieces {
                try sink.merge(piece.lists, field: name, firstRow: piece.firstRow)
            }
        }
        for (name, rows) in rows {
            for piece in rows.pieces {
                try sink.write(piece.values, field: name, firstRow: piece.firstRow)
            }
        }
    }
}

extension Partial {
    mutating func takeDelivery() -> RowDelivery { RowDelivery(rows: takeRows(), lists: takeLists()) }

    /// Moves the rows and the lists of rows that have arrived to where they belong.
    package mutating func deliverRows(to sink: (any RowSink)?) throws {
        guard sink != nil else { return }
        try takeDelivery().deliver(to: sink)
    }
}
