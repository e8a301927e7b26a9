import Tensors

extension Partial {
    /// The one group of lists whose indices number rows, or things of which there are `count`.
    /// - Throws: `ClusteringError.Code.internalError` where an index is beyond them: the answer may come from a peer.
    func bestIndices(_ name: String, below count: Int) throws(ClusteringError) -> ArraySlice<BestLists.Entry> {
        let entries = best(name)[0]
        guard entries.allSatisfy({ $0.index < count }) else { throw Self.beyondRows(name) }
        return entries
    }

    /// The values of a field of whole numbers that number rows, in the order of the rows they came from.
    /// - Throws: as `bestIndices`.
    func rowNumbers(_ name: String, below count: Int) throws(ClusteringError) -> [Int] {
        guard case .rows(let rows) = field(name) else { preconditionFailure("\(name) is not a field of rows") }
        var numbers: [Int] = []
        for piece in rows.pieces {
            guard case .int64(let values) = piece.values, values.allSatisfy({ 0..<Int64(count) ~= $0 }) else {
                throw Self.beyondRows(name)
            }
            numbers += values.map(Int.init)
        }
        return numbers
    }

    /// The float32 values of a field of rows, in the order of the rows they came from.
    /// - Throws: as `bestIndices`, where they are not so many.
    func floatRows(_ name: String, count: Int) throws(ClusteringError) -> [Float] {
        guard case .rows(let rows) = field(name) else { preconditionFailure("\(name) is not a field of rows") }
        var numbers: [Float] = []
        for piece in rows.pieces {
            guard case .float32(let values) = piece.values else { throw Self.beyondRows(name) }
            numbers += values
        }
        guard numbers.count == count else { throw Self.beyondRows(name) }
        return numbers
    }

    private static func beyondRows(_ name: String) -> ClusteringError {
        ClusteringError(.internalError, "answer not as expected: \(name) names no row; run the same version everywhere")
    }
}
