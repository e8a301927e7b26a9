import Foundation
package import Shards
import Tensors

/// The training of clustering heads by one objective, in rounds over pieces of a batch.
///
/// Every merge is exact or along a tree over the pieces, which are cut by position: heads have the same bits for any
/// fleet.
package struct HeadTraining<Objective: HeadObjective>: Program {
    package struct Settings: Codable, Sendable {
        package var objective: Objective
        package var optimiser: Optimiser
        package var epochs: Int
        package var buffers: Buffers
        /// What an average over the steps keeps of itself at each; nil for the last parameters as they are.
        package var averaging: Float?
        package var seed: UInt64
        /// The inputs after the first, which is the dataset; each has as many rows.
        package var otherInputs: [DatasetDescription]
        /// Whether partners are means over all neighbours, which needs batches of the whole dataset.
        package var expectsNeighbors: Bool

        package init(
            objective: Objective,
            optimiser: Optimiser,
            epochs: Int,
            buffers: Buffers = .running,
            averaging: Float? = nil,
            seed: UInt64 = 0,
            otherInputs: [DatasetDescription] = [],
            expectsNeighbors: Bool = false
        ) {
            self.objective = objective
            self.optimiser = optimiser
            self.epochs = epochs
            self.buffers = buffers
            self.averaging = averaging
            self.seed = seed
            self.otherInputs = otherInputs
            self.expectsNeighbors = expectsNeighbors
        }
    }

    /// What heads normalise by once they are trained.
    package enum Buffers: String, Codable, Sendable, CaseIterable {
        /// Averages over the batches, as PyTorch keeps them.
        case running
        /// The moments of the whole dataset by the last parameters.
        case closedForm = "closed-form"
    }

    package static var name: String { Objective.programName }

    package let settings: Settings
    package let dataset: Dataset
    /// The coordinator's alone.
    package var batches: (any BatchSource)?
    /// The coordinator's alone; drawn by the seed where nil.
    package var initialHeads: [Head]?
    /// The coordinator's alone: rows by which a head is chosen after each epoch.
    package var validation: HeadValidation?
    /// The coordinator's alone, where the settings ask for it.
    package var expectedNeighbors: ExpectedNeighbors?

    let roles: [HeadRole]
    let inputs: [Dataset]

    /// - Throws: `.usage` for settings out of their range, `.badData` where the inputs do not go together.
    package init(settings: Settings, dataset: Dataset) throws(ClusteringError) {
        guard settings.epochs >= 1 else {
            throw ClusteringError(.usage, "setting out of range, epochs: \(settings.epochs); give at least 1")
        }
        guard !settings.expectsNeighbors || Objective.Slopes.self is any ExpectedHeadSlopes.Type else {
            throw ClusteringError(.usage, "no expected neighbours with this loss: \(Self.name); draw them")
        }
        // All predictions go to all workers, each less than 2 GiB.
        let clusters = settings.objective.roles.reduce(0) { max($0, $1.shape.clusters) }
        guard !settings.expectsNeighbors || dataset.rows * clusters < 1 << 29 else {
            throw ClusteringError(
                .usage,
                "too many rows for expected neighbours: \(dataset.rows) of \(clusters) clusters; draw neighbours"
            )
        }
        self.settings = settings
        self.dataset = dataset
        roles = settings.objective.roles
        var inputs = [dataset]
        for description in settings.otherInputs { inputs.append(try Self.open(description)) }
        self.inputs = inputs
        for input in inputs where input.rows != dataset.rows {
            throw ClusteringError(
                .badData,
                "inputs of \(dataset.rows) and \(input.rows) rows: \(dataset.path) and \(input.path); "
                    + "give one row for each"
            )
        }
        for role in roles where role.input >= inputs.count || inputs[role.input].columns != role.shape.inputs {
            throw ClusteringError(
                .badData,
                "input not of the head's width: \(role.name) of \(role.shape.inputs) columns; report this"
            )
        }
    }

    /// Groups of rows that are normalised apart: anchors and partners, or anchors alone.
    var groups: Int { settings.expectsNeighbors ? 1 : 2 }

    private static func open(_ description: DatasetDescription) throws(ClusteringError) -> Dataset {
        do {
            return try Dataset(description: description)
        } catch {
            throw ClusteringError(.badData, error.message)
        }
    }

    package func makeMemory() -> HeadMemory {
        _ = RetainedMemory.isKept
        return HeadMemory()
    }

    package func begin() throws -> HeadModel {
        let heads =
            initialHeads
            ?? roles.enumerated().map { number, role in
                Head(name: role.name, shape: role.shape, seed: settings.seed, number: number)
            }
        var model = HeadModel(
            heads: heads,
            optimiser: settings.optimiser,
            averages: settings.averaging != nil
        )
        beginStep(&model)
        return model
    }

    package func progress(of model: HeadModel) -> Progress {
        Progress(
            phase: model.isFinished ? "finished" : "training",
            done: model.epoch,
            limit: settings.epochs,
            objective: model.history.last?.last
        )
    }
}
