package import Tensors

extension KMeans {
    /// What is known between rounds.
    package struct Model: Sendable {
        /// Nil until the survey is done.
        package internal(set) var survey: SurveyResult?
        /// The restart that is at work, from 0.
        package internal(set) var restart = 0
        /// Every iteration of every restart so far.
        package internal(set) var history: [Iteration] = []
        /// The restarts that have ended, in their order.
        package internal(set) var ended: [EndedRestart] = []
        /// How many rows differ from one another, where that was found to be fewer than there are clusters.
        package internal(set) var distinctRows: Int?
        /// Nil until the program has finished.
        package internal(set) var outcome: Outcome?

        var phase = Phase.survey
        var best: FinishedRestart?
        private var lastVersion: UInt64 = 0

        /// An array as a parameter of a version that no other has.
        mutating func newParameter(_ array: NamedArray) -> Parameter {
            lastVersion += 1
            return Parameter(array, version: lastVersion)
        }
    }

    /// One assignment of all rows.
    package struct Iteration: Sendable, Equatable, Codable {
        package let restart: Int
        /// From 1.
        package let iteration: Int
        /// Of the assignment to the centroids before their update: Σ x·c under cosine, Σ‖x − c‖² otherwise.
        package let objective: Double
        /// Labels that differ from those of the iteration before; all rows in the first.
        package let moved: Int
    }

    /// What came out.
    package struct Outcome: Sendable, Equatable {
        /// K × columns; unit rows under cosine.
        package let centroids: Matrix
        /// Rows of each cluster.
        package let sizes: [Int]
        /// Of the labels: Σ x·c under cosine, where more is better; Σ‖x − c‖² otherwise, where less is.
        package let objective: Double
        /// The restart that was best.
        package let restart: Int
        /// Assignments that it took.
        package let iterations: Int
        /// Why it ended.
        package let ending: Ending
        /// How tight each cluster is; more is tighter, and a cluster without rows has 0.
        ///
        /// Under cosine the mean similarity of its rows to its centroid. Otherwise 1 / (1 + m/M) with m the mean distance
        /// of its rows and M that of all rows to their centroids: ½ for a cluster like the others, in any unit of length.
        package let confidence: [Double]
        /// The rows nearest to each centroid, best first: similarities under cosine, otherwise distances.
        package let nearest: [[BestLists.Entry]]
        /// The weight of the rows of each cluster; nil where all rows count alike.
        package let weights: [Double]?
    }

    enum Phase: Sendable {
        case survey
        case racing(Race)
        case spreading(Spread)
        case choosing(Greedy)
        case assigning(Assigning)
        case relocating(Relocating)
        case labelling(FinalLabels)
        case finished
    }

    /// Before an assignment.
    struct Assigning: Sendable {
        /// Assignments done in this restart.
        var iterations = 0
        var centroids: Parameter
        var previous: Parameter?
        var bounds: Parameter
        var objective: Double?
        /// Of the rows by their labels after the last assignment; nil before the first.
        var sums: FixedPointSums?
        var trail = CentroidTrail()
    }

    /// Between an assignment that left clusters without rows and the update of the centroids.
    struct Relocating: Sendable {
        var assigning: Assigning
        var sums: FixedPointSums
        /// How many rows are wanted.
        var wanted: Parameter
        /// Why the restart ends with the update; nil where it goes on.
        var ending: Ending?

        var emptyClusters: [Int] { sums.counts.indices.filter { sums.counts[$0] == 0 } }
    }

    struct FinishedRestart: Sendable {
        var restart: Int
        var centroids: Parameter
        var objective: Double
        var iterations: Int
        var ending: Ending
    }

    /// Before the last round.
    struct FinalLabels: Sendable {
        var restart: FinishedRestart
        var bounds: Parameter
    }
}

extension KMeans.Model: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        survey = try reader.read()
        restart = try reader.read()
        history = try reader.read()
        ended = try reader.read()
        distinctRows = try reader.read()
        outcome = try reader.read()
        phase = try reader.read()
        best = try reader.read()
        lastVersion = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(survey)
        writer.write(restart)
        writer.write(history)
        writer.write(ended)
        writer.write(distinctRows)
        writer.write(outcome)
        writer.write(phase)
        writer.write(best)
        writer.write(lastVersion)
    }
}
