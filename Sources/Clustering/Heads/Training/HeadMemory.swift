import Synchronization
import Tensors

/// What a worker keeps of the pieces of a step between its rounds, up to a limit; what is not kept is computed again.
package final class HeadMemory: Sendable {
    private struct State {
        var pieces: [Int: PieceState] = [:]
        var byteCount = 0
        var graphs: [NeighborGraph]?
    }

    private static let limit = 192 << 20

    private let state = Mutex(State())

    /// Takes out what is known of a piece in a step; what is known of an earlier one goes.
    func take(_ piece: Int, version: UInt64) -> PieceState? {
        state.withLock { state in
            guard let found = state.pieces.removeValue(forKey: piece) else { return nil }
            state.byteCount -= found.byteCount
            return found.version == version ? found : nil
        }
    }

    /// The graphs of the job's neighbours, made once.
    func graphs(_ make: () throws -> [NeighborGraph]) rethrows -> [NeighborGraph] {
        try state.withLock { state in
            if let graphs = state.graphs { return graphs }
            let graphs = try make()
            state.graphs = graphs
            return graphs
        }
    }

    func keep(_ piece: PieceState, of number: Int) {
        state.withLock { state in
            if let old = state.pieces.removeValue(forKey: number) { state.byteCount -= old.byteCount }
            if state.byteCount + piece.byteCount > Self.limit {
                // Pieces of earlier steps may be other workers' by now.
                state.pieces = state.pieces.filter { $0.value.version == piece.version }
                state.byteCount = state.pieces.reduce(0) { $0 + $1.value.byteCount }
            }
            guard state.byteCount + piece.byteCount <= Self.limit else { return }
            state.byteCount += piece.byteCount
            state.pieces[number] = piece
        }
    }
}

/// One piece of a batch on its way through the heads.
///
/// In all matrices the rows of the anchors come first, then those of their partners, if these are rows.
struct PieceState: Sendable {
    enum Stage: Int, Comparable, Sendable {
        case empty
        /// `hidden` holds what the first layers put out, without their bias.
        case entered
        /// `hidden` holds that normalised, `outputs` the probabilities.
        case predicted
        /// `outputs` holds the loss's slopes with respect to the logits, `slopes` those with respect to the normalised values
        /// times their gains.
        case sloped

        static func < (one: Stage, other: Stage) -> Bool { one.rawValue < other.rawValue }
    }

    /// The step's.
    let version: UInt64
    var stage = Stage.empty
    /// Of each input: rows × columns.
    var inputs: [Matrix] = []
    /// Of each head: rows × width, and nothing for a linear head.
    var hidden: [Matrix] = []
    /// Of each head with a hidden layer: what its last layer reads, rows × width. Made of `hidden` where it is not here.
    var features: [Int: Matrix] = [:]
    /// Of each head: rows × clusters.
    var outputs: [Matrix] = []
    /// Of each head: rows × width, and nothing for a linear head.
    var slopes: [Matrix] = []

    /// Lets go of what is cheap to make again, or not needed by the rounds that follow.
    mutating func shrink() {
        if stage == .sloped {
            outputs = []
            features = [:]
        }
        if byteCount > Self.largestWithInputs {
            inputs = []
            features = [:]
        }
    }

    private static let largestWithInputs = 8 << 20

    var byteCount: Int {
        [inputs, hidden, Array(features.values), outputs, slopes].joined().reduce(0) {
            $0 + $1.values.count * MemoryLayout<Float>.stride
        }
    }
}
