import Synchronization
import Tensors

/// The neighbours of every row of the dataset in the space of every input, for means over all of them; METHODS §17.3.
///
/// Where each batch is the whole dataset, the partner of a row need not be one neighbour: it is the mean prediction of
/// all of them, which takes the noise of drawing out of the slopes.
package struct ExpectedNeighbors: Sendable {
    /// Of each input: rows × neighbours.
    let parameters: [Parameter]

    /// Versions of a model count from 1 and never come to these, and a pipeline can still multiply them.
    private static let firstVersion: UInt64 = 1 << 48

    static func name(ofInput input: Int) -> String { "neighbors of input \(input)" }

    /// - Parameter rows: of the dataset.
    package init(_ sources: [any NeighborSource], rows: Int) {
        parameters = sources.enumerated().map { input, source in
            let numbers = (0..<rows).flatMap { row in
                (0..<source.count).map { Int32(source.neighbor($0, ofRow: row)) }
            }
            let array = NamedArray(Self.name(ofInput: input), shape: [rows, source.count], .int32(numbers))
            return Parameter(array, version: Self.firstVersion + UInt64(input))
        }
    }
}

/// The lists of one input, both ways.
struct NeighborGraph: Sendable {
    private let count: Int
    private let neighbors: [Int32]
    /// The rows that have a row among their neighbours: where each row's begin, and all of them, ascending.
    private let starts: [Int]
    private let sources: [Int32]

    init(_ array: NamedArray, rows: Int) throws(ClusteringError) {
        guard case .int32(let neighbors) = array.values, array.shape.count == 2, array.shape[0] == rows,
            array.shape[1] >= 1, neighbors.allSatisfy({ 0..<Int32(rows) ~= $0 })
        else {
            throw ClusteringError(.internalError, "neighbours not of this dataset: \(array.name); report this")
        }
        count = array.shape[1]
        self.neighbors = neighbors
        var starts = [Int](repeating: 0, count: rows + 1)
        for row in neighbors { starts[Int(row) + 1] += 1 }
        for row in 0..<rows { starts[row + 1] += starts[row] }
        var next = starts
        var sources = [Int32](repeating: 0, count: neighbors.count)
        for (place, row) in neighbors.enumerated() {
            sources[next[Int(row)]] = Int32(place / count)
            next[Int(row)] += 1
        }
        self.starts = starts
        self.sources = sources
    }

    /// The mean over each row's neighbours of `values`, all rows × clusters.
    func means(of values: [Float], clusters: Int, rows: Range<Int>) -> Matrix {
        sums(of: values, clusters: clusters, rows: rows) { neighbors[$0 * count..<($0 + 1) * count] }
    }

    /// What flows back through `means`: from slopes of the means, all rows × clusters, to those of the values.
    func transposedMeans(of slopes: [Float], clusters: Int, rows: Range<Int>) -> Matrix {
        sums(of: slopes, clusters: clusters, rows: rows) { sources[starts[$0]..<starts[$0 + 1]] }
    }

    /// Each row's list is added up in its order.
    private func sums(
        of values: [Float],
        clusters: Int,
        rows: Range<Int>,
        _ list: (Int) -> ArraySlice<Int32>
    ) -> Matrix {
        var result: [Float] = []
        result.reserveCapacity(rows.count * clusters)
        for row in rows {
            var sum = [Float](repeating: 0, count: clusters)
            for other in list(row) {
                let start = Int(other) * clusters
                for cluster in 0..<clusters { sum[cluster] += values[start + cluster] }
            }
            for cluster in 0..<clusters { result.append(sum[cluster] / Float(count)) }
        }
        return Matrix(rows: rows.count, columns: clusters, values: result)
    }
}

/// What the rounds with expected neighbours read: the graphs, and what all rows have shared.
struct SharedPredictions {
    private let graphs: [NeighborGraph]
    /// Of each head: rows × clusters.
    private let predictions: [[Float]]
    private let slopes: [[Float]]

    static func predictionsName(_ head: Int) -> String { "predictions of head \(head)" }
    static func slopesName(_ head: Int) -> String { "slopes of head \(head)" }

    /// - Returns: nil where the round has no expected neighbours.
    init?(_ round: Round, roles: [HeadRole], rows: Int, memory: HeadMemory) throws {
        guard round.parameters.contains(where: { $0.array.name == ExpectedNeighbors.name(ofInput: 0) }) else {
            return nil
        }
        let inputs = roles.reduce(0) { max($0, $1.input) } + 1
        graphs = try memory.graphs {
            try (0..<inputs).map {
                try NeighborGraph(round.parameter(ExpectedNeighbors.name(ofInput: $0)).array, rows: rows)
            }
        }
        func shared(_ name: (Int) -> String) throws -> [[Float]] {
            guard round.parameters.contains(where: { $0.array.name == name(0) }) else { return [] }
            return try roles.enumerated().map {
                try round.parameter(name($0)).array.floats(count: rows * $1.shape.clusters)
            }
        }
        predictions = try shared(Self.predictionsName)
        slopes = try shared(Self.slopesName)
    }

    /// The predictions of some rows of a head, and below them the mean predictions of their neighbours.
    func paired(_ head: Int, _ role: HeadRole, _ own: Matrix, rows: Range<Int>) -> Matrix {
        let means = graphs[role.input].means(of: predictions[head], clusters: own.columns, rows: rows)
        return Matrix(rows: 2 * own.rows, columns: own.columns, values: own.values + means.values)
    }

    /// What the predictions of some rows of a head contribute to the loss as neighbours of others.
    func extra(_ head: Int, _ role: HeadRole, rows: Range<Int>) -> Matrix {
        graphs[role.input].transposedMeans(of: slopes[head], clusters: role.shape.clusters, rows: rows)
    }
}
