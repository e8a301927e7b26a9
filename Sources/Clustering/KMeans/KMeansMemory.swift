import Synchronization
import Tensors

/// What a worker keeps between rounds of k-means, for every block it has seen: at most two assignments, the distances
/// of one seeding, the factors that make rows unit vectors, and the rows' heads.
package final class KMeansMemory: Sendable {
    /// All blocks together keep no more heads than this; those of other blocks are made in every assignment.
    private static let mostHeadBytes = 144 << 20

    private struct Blocks {
        var known: [Int: BlockMemory] = [:]
        var headBytes = 0
    }

    private let blocks = Mutex(Blocks())
    /// The directions that heads are made in.
    let frames = HeadFrames()

    /// Takes out what is known of a block; to be given back with `keep`.
    func take(_ block: Int) -> BlockMemory {
        blocks.withLock { blocks in
            let memory = blocks.known.removeValue(forKey: block) ?? BlockMemory()
            blocks.headBytes -= memory.heads?.bytes ?? 0
            return memory
        }
    }

    func keep(_ memory: BlockMemory, of block: Int) {
        var memory = memory
        blocks.withLock { blocks in
            let bytes = memory.heads?.bytes ?? 0
            if blocks.headBytes + bytes > Self.mostHeadBytes { memory.heads = nil }
            blocks.headBytes += memory.heads?.bytes ?? 0
            blocks.known[block] = memory
        }
    }
}

struct BlockMemory: Sendable {
    /// What makes each row a unit vector of float32; empty until measured.
    var factors: [Float] = []
    /// The same in Double.
    var exactFactors: [Double] = []
    /// Of the rows, in the frame of the last assignment.
    var heads: RowHeads?
    /// The latest last.
    private(set) var assigned: [AssignedRows] = []
    var seeding = SeedingRows()

    /// The assignment to the centroids of a version.
    func assigned(to version: UInt64) -> AssignedRows? {
        assigned.last { $0.version == version }
    }

    mutating func keep(_ rows: AssignedRows) {
        assigned.removeAll { $0.version == rows.version }
        // The bounds of the one before are carried no further.
        for index in assigned.indices { assigned[index].forgetBounds() }
        assigned = assigned.suffix(1) + [rows]
    }

    /// The rows' heads in a frame, those that are there; nil where there is no frame.
    mutating func takeHeads(in frame: HeadFrame?, count: Int) -> RowHeads? {
        let kept = heads.take()
        guard let frame else { return nil }
        if let kept, kept.identifier == frame.identifier { return kept }
        return RowHeads(in: frame, count: count)
    }
}

/// The rows of a block with their nearest centroids.
struct AssignedRows: Sendable {
    /// Of the centroids.
    let version: UInt64
    private(set) var labels: [Int32] = []
    /// What else is known of the rows, as in `KnownRows`; empty where nothing is.
    private var bounds: [Float] = []
    private var scores: [Double] = []

    init(version: UInt64) { self.version = version }

    mutating func append(_ rows: KnownRows) {
        labels += rows.labels
        bounds += rows.bounds
        scores += rows.scores
    }

    mutating func append(_ labels: [Int32]) { self.labels += labels }

    /// Keeps the labels alone.
    mutating func forgetBounds() { (bounds, scores) = ([], []) }

    /// What is known of some of the rows.
    func part(_ range: Range<Int>) -> KnownRows {
        if labels.isEmpty { return KnownRows(count: range.count) }
        let some = Array(labels[range])
        guard !bounds.isEmpty else { return KnownRows(labels: some) }
        return KnownRows(labels: some, bounds: Array(bounds[range]), scores: Array(scores[range]))
    }
}
