import Shards
import Tensors

@testable import Clustering

/// A float32 search of all rows and what is made of it, without rounds and files.
final class SettledSearch {
    let program: Neighbors
    private let memory = NeighborsMemory()
    private var certification = Certification()
    private let lists: [(firstRow: Int, lists: NeighborLists)]

    /// Rows whose lists were searched again.
    var searchedAgain: Int { certification.inFloat + certification.inDouble }
    /// Those of them of which every pair was scored in float64.
    var searchedInDouble: Int { certification.inDouble }

    /// Searches in one block.
    init(_ data: SampleData, k: Int, _ metric: NeighborMetric) throws {
        program = try Neighbors(settings: .init(k: k, metric: metric), dataset: data.dataset(blockRows: 4096))
        var search = NeighborSearch(path: .best)
        let queries = try memory.band(0..<program.dataset.blockCount, of: program)
        var found: [(firstRow: Int, lists: NeighborLists)] = []
        for block in queries {
            var reservoir = NeighborReservoir(rows: block.rows, k: program.candidateCount)
            for number in 0..<program.dataset.blockCount {
                let rows = try memory.pack(program.dataset.block(number), of: program.dataset, for: program)
                let all = Array(0..<Int32(block.rows))
                search.search(all[...], of: block, among: rows, includeSelf: false, into: &reservoir)
            }
            found.append((block.firstRow, reservoir.lists()))
        }
        lists = found
    }

    /// The lists of all rows.
    /// - Parameter disturb: what another processor might have found for a row instead, best first.
    func settled(
        disturb: (_ row: Int, [(index: Int32, score: Float)]) -> [(index: Int32, score: Float)] = { $1 }
    ) throws -> (indices: [[Int]], values: [[Float]]) {
        let dataset = program.dataset
        let k = program.settings.k
        let norms = PairScores.norms(of: dataset.read(rows: 0..<dataset.rows).span, columns: dataset.columns)
        var settling = ListSettling(program, k: k, greatestNorm: norms.max() ?? 0, memory)
        var result: (indices: [[Int]], values: [[Float]]) = ([], [])
        for (firstRow, lists) in lists {
            let rows = firstRow..<firstRow + lists.rows
            let settled = try settling.lists(
                of: .init(values: dataset.read(rows: rows), own: rows.map(Int32.init)),
                { row in
                    let found = disturb(row, Array(zip(lists.indices(ofRow: row), lists.scores(ofRow: row))))
                    return ListSettling.Candidates(
                        indices: found.map(\.index)[...],
                        furtherScores: found.map(\.score).dropFirst(k),
                        areAll: found.count == program.mostNeighbors
                    )
                }
            )
            for row in 0..<lists.rows {
                result.indices.append(settled.indices[row * k..<(row + 1) * k].map(Int.init))
                result.values.append(Array(settled.values[row * k..<(row + 1) * k]))
            }
        }
        certification.add(settling.certification)
        return result
    }
}
