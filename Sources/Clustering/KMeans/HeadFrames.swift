import Synchronization
import Tensors

/// What the threads of a worker have in common from one assignment to the next: the directions that centroids are compared
/// in, and the centroids of the last assignment.
///
/// Directions are those in which the centroids of some assignment differ most. They are found anew in the first two
/// assignments, between which centroids move far, and then ever more rarely: with new directions all heads are new, which
/// costs a row as much as 128 centroids in whole length. Of few centroids the first assignment has none.
final class HeadFrames: Sendable {
    /// An assignment before one at hand.
    struct Earlier {
        let version: UInt64
        /// Since then.
        let moves: CentroidMoves
    }

    /// As many as pay for heads that are used once.
    static let manyCentroids = 256

    private struct State {
        var frame: HeadFrame?
        var framesMade = 0
        var assignments = 0
        var nextFrame = 1
        /// The centroids of the last two assignments, the latest last.
        var recent: [(version: UInt64, centroids: Matrix)] = []
    }

    private let state = Mutex(State())

    /// The frame for an assignment to the centroids of a version; the thread that comes first makes it.
    func frame(for centroids: Matrix, version: UInt64) -> HeadFrame? {
        state.withLock { state in
            guard version != state.recent.last?.version else { return state.frame }
            state.recent = state.recent.suffix(1) + [(version, centroids)]
            state.assignments += 1
            let isTooSoon = state.assignments == 1 && centroids.rows < Self.manyCentroids
            if state.assignments >= state.nextFrame, !isTooSoon {
                state.nextFrame = state.assignments < 2 ? 2 : 4 * state.assignments
                state.framesMade += 1
                state.frame = HeadFrame(of: centroids, identifier: state.framesMade, after: state.frame)
            }
            return state.frame
        }
    }

    /// The last assignment before one to the centroids of a version, where there was one to as many.
    func earlier(than version: UInt64, _ centroids: Matrix) -> Earlier? {
        state.withLock { state in
            let last = state.recent.last { $0.version != version && $0.centroids.rows == centroids.rows }
            return last.map { Earlier(version: $0.version, moves: CentroidMoves(from: $0.centroids, to: centroids)) }
        }
    }
}
