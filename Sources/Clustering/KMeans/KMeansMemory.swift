import Synchronization

/// What a worker keeps between rounds of k-means, for every block it has seen: at most two assignments, the distances
/// of one seeding, and the factors that make rows unit vectors.
package final class KMeansMemory: Sendable {
    private let blocks = Mutex<[Int: BlockMemory]>([:])

    /// Takes out what is known of a block; to be given back with `keep`.
    func take(_ block: Int) -> BlockMemory {
        blocks.withLock { $0.removeValue(forKey: block) } ?? BlockMemory()
    }

    func keep(_ memory: BlockMemory, of block: Int) {
        blocks.withLock { $0[block] = memory }
    }
}

struct BlockMemory: Sendable {
    /// What makes each row a unit vector of float32; empty until measured.
    var factors: [Float] = []
    /// The same in Double.
    var exactFactors: [Double] = []
    /// The latest last.
    private(set) var assigned: [AssignedRows] = []
    var seeding = SeedingRows()

    /// The assignment to the centroids of a version.
    func assigned(to version: UInt64) -> AssignedRows? {
        assigned.last { $0.version == version }
    }

    mutating func keep(_ rows: AssignedRows) {
        assigned.removeAll { $0.version == rows.version }
        assigned = assigned.suffix(1) + [rows]
    }
}

/// The rows of a block with their nearest centroids.
struct AssignedRows: Sendable {
    /// Of the centroids.
    let version: UInt64
    var labels: [Int32] = []
}
