import Tensors

/// The memory that k-means will hold, in bytes, beside the program itself and the pages of the mapped files.
///
/// With K clusters of d dimensions, N rows and W workers:
///
/// - a worker: `16·K·d` for two sets of centroids, as they came and packed; `8·K·d` for the sums of its clusters and
///   three times as much while an answer is sent; `20·N/W` for two labels, two scores and the factor of each row it works
///   on; and one tile of float32 rows;
/// - the coordinator: `4 · 8·K·d` for the sums so far and those that arrive, as bytes and as numbers, and `8·K·d` for two
///   sets of centroids.
///
/// On 1,281,167 × 512 rows, K = 1,000 and two workers a worker held 48 MiB where this predicts 36 MiB: the program itself
/// takes the rest.
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

    init(rows: Int, dimensions: Int, clusters: Int, workers: Int) {
        let centroids = Self.product(4, clusters, dimensions)
        let sums = Self.product(8, clusters, dimensions)
        let share = Self.product(20, (rows - 1) / workers + 1)
        let tile = Self.product(4, min(rows, Assignment.tileRows), dimensions)
        self.clusters = clusters
        self.workers = workers
        worker = Self.sum(Self.product(4, centroids), Self.product(4, sums), share, tile)
        coordinator = Self.sum(Self.product(4, sums), Self.product(2, centroids))
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
