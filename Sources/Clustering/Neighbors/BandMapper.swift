import Shards
import Tensors

/// The round `band`: compares blocks with those of a band.
struct BandMapper: Mapper {
    static let kind = "band"

    private let program: Neighbors
    private let memory: NeighborsMemory
    /// Blocks of the rows that get lists.
    private let band: Range<Int>
    private let packedBand: [PackedRows]
    /// Of the rows from the band's first on; nil where every pair is wanted.
    private let thresholds: [Float]?
    private var search: NeighborSearch
    /// What this thread has found for the band's blocks, given at the end.
    private var found: [NeighborReservoir?]

    init(_ program: Neighbors, _ round: Round, _ memory: NeighborsMemory) throws {
        self.program = program
        self.memory = memory
        band = try program.bandBlocks(of: round)
        packedBand = try memory.band(band, of: program)
        search = NeighborSearch(path: try .selected)
        found = Array(repeating: nil, count: band.count)
        guard round.parameters.contains(where: { $0.array.name == Neighbors.thresholdsName }) else {
            thresholds = nil
            return
        }
        let rows = program.listed.rows - program.rows(of: band).lowerBound
        guard case .float32(let values) = try round.parameter(Neighbors.thresholdsName).array.values,
            values.count == rows
        else {
            throw ClusteringError(.internalError, "thresholds not of this round; run the same version everywhere")
        }
        thresholds = values
    }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        let packed = try memory.pack(block, of: program.dataset, for: program)
        if program.queries != nil { return answerQueries(from: packed) }
        guard band.contains(block.number) else { return compare(packed, into: &partial) }
        let place = block.number - band.lowerBound
        var own = takeReservoir(place)
        for other in 0..<place { search(other, packed, &own) }
        search.search(
            within: packedBand[place],
            candidates: packed,
            includeSelf: program.settings.includesSelf,
            into: &own
        )
        found[place] = own
    }

    mutating func finish(into partial: inout Partial) throws {
        for place in found.indices {
            guard var reservoir = found[place].take() else { continue }
            let lists = reservoir.lists()
            partial.withLists(0) { $0.merge(lists, firstRow: packedBand[place].firstRow) }
        }
    }

    /// Compares a block behind the band with all of it.
    private mutating func compare(_ packed: PackedRows, into partial: inout Partial) {
        var own = NeighborReservoir(rows: packed.rows, k: program.candidateCount, thresholds: thresholds(of: packed))
        for place in packedBand.indices { search(place, packed, &own) }
        let lists = own.lists()
        partial.withLists(1) { $0.merge(lists, firstRow: packed.firstRow) }
    }

    private mutating func answerQueries(from packed: PackedRows) {
        for place in packedBand.indices {
            var reservoir = takeReservoir(place)
            search.search(packedBand[place], among: packed, into: &reservoir)
            found[place] = reservoir
        }
    }

    /// Compares a block of the band with a later block, always in this order.
    private mutating func search(_ place: Int, _ packed: PackedRows, _ own: inout NeighborReservoir) {
        var reservoir = takeReservoir(place)
        search.search(packedBand[place], packed, into: &reservoir, &own)
        found[place] = reservoir
    }

    /// Out of its place, so that it has one owner while it grows.
    private mutating func takeReservoir(_ place: Int) -> NeighborReservoir {
        let packed = packedBand[place]
        return found[place].take()
            ?? NeighborReservoir(rows: packed.rows, k: program.candidateCount, thresholds: thresholds(of: packed))
    }

    private func thresholds(of packed: PackedRows) -> [Float]? {
        let first = packed.firstRow - packedBand[0].firstRow
        return thresholds.map { Array($0[first..<first + packed.rows]) }
    }
}
