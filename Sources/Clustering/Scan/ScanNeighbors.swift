/// Where a scan's neighbours come from: the coordinator's alone, since workers are told which rows to read.
package enum ScanNeighbors: Sendable {
    case given(any NeighborSource)
    case found(FoundNeighbors)

    /// Where lists go while they are being found; nil where they are given.
    func store(for search: Neighbors) throws -> NeighborStore? {
        switch self {
        case .given: nil
        case .found(let neighbors): try neighbors.store(for: .scan, search)
        }
    }

    /// The lists, once they are all there.
    /// - Throws: `ShardError` where they cannot be read, `ClusteringError` where they are of other rows.
    func source(rows: Int) throws -> any NeighborSource {
        switch self {
        case .given(let source): source
        case .found(let neighbors): try neighbors.source(.scan, rows: rows)
        }
    }

    /// Those of them that views left.
    func semanticSource(rows: Int) throws -> any NeighborSource {
        guard case .found(let neighbors) = self else {
            throw ClusteringError(.internalError, "given neighbours have no views; report this")
        }
        return try neighbors.semanticSource(rows: rows)
    }
}
