import Shards

/// The memory that k-means will hold, in bytes, beside the program itself and the pages of the mapped files.
///
/// With K clusters of d dimensions, N rows, W workers and blocks of B rows:
///
/// - a worker: `4·K·d` for the packed centroids, `8·K·d` for the sums of its clusters, `12·N/W` for the label and
///   factor of each row it works on, and `4·B·d` for one block as float32;
/// - the coordinator: `2 · 8·K·d` for the sums so far and those that arrive, and `4·K·d` for the centroids.
struct MemoryEstimate: Equatable, Encodable {
    let clusters: Int
    let workers: Int
    let worker: Int
    let coordinator: Int

    private enum CodingKeys: String, CodingKey {
        case clusters = "k"
        case workers
        case worker = "worker_bytes"
        case coordinator = "coordinator_bytes"
    }

    init(rows: Int, dimensions: Int, blockRows: Int, clusters: Int, workers: Int) {
        let centroids = Self.product(4, clusters, dimensions)
        let sums = Self.product(8, clusters, dimensions)
        let share = Self.product(12, (rows - 1) / workers + 1)
        let tile = Self.product(4, min(rows, blockRows), dimensions)
        self.clusters = clusters
        self.workers = workers
        worker = Self.sum(centroids, sums, share, tile)
        coordinator = Self.sum(sums, sums, centroids)
    }

    /// A product too large for memory and for an integer is the greatest integer: the answer is the same, too much.
    private static func product(_ factors: Int...) -> Int {
        factors.reduce(1) { product, factor in
            let (result, overflow) = product.multipliedReportingOverflow(by: factor)
            return overflow ? .max : result
        }
    }

    private static func sum(_ terms: Int...) -> Int {
        terms.reduce(0) { sum, term in
            let (result, overflow) = sum.addingReportingOverflow(term)
            return overflow ? .max : result
        }
    }
}
