import Tensors

/// What a training of heads knows between rounds: all of it, so that it can go on in the middle of a step.
package struct HeadModel: Sendable {
    package internal(set) var heads: [Head]
    /// Losses of each step so far, in the order of the objective's names.
    package internal(set) var history: [[Double]] = []
    /// From 0.
    package internal(set) var epoch = 0
    /// Within the epoch, from 0.
    package internal(set) var step = 0
    package internal(set) var isFinished = false
    /// What the rows held out say of each head after each epoch; empty without such rows.
    package internal(set) var validation: [[HeadJudgement]] = []
    package internal(set) var chosen: ChosenHead?

    var optimisers: [OptimiserState]
    /// Parameters averaged over the steps, where that is asked for.
    var averages: [[Float]] = []
    // What the next round is of; none of them when the program has finished.
    var pass: HeadStep?
    var check: HeadCheck?
    var isMeasuringInputs = false
    private var lastVersion: UInt64 = 0

    init(heads: [Head], optimiser: Optimiser, averages: Bool) {
        self.heads = heads
        self.averages = averages ? heads.map(\.parameters) : []
        optimisers = heads.map { OptimiserState(optimiser, parameters: $0.parameters.count) }
    }

    /// The model of a training that there is no need for.
    static let skipped: HeadModel = {
        var model = HeadModel(heads: [], optimiser: .tac, averages: false)
        model.isFinished = true
        return model
    }()

    /// An array as a parameter of a version that no other has.
    mutating func newParameter(_ array: NamedArray) -> Parameter {
        lastVersion += 1
        return Parameter(array, version: lastVersion)
    }
}

/// One optimiser step, between its rounds.
///
/// A step takes four merges, or six where partners are means over neighbours: the moments of the hidden layers, the
/// predictions' sums, the slopes of the last layers with those of the normalisation, and the slopes of the first layers.
/// METHODS §11 has a form with two, which needs the second moments of the inputs: d²/2 more multiplications for each
/// row, d² for each feature of every head wherever the statistics are taken, and four times the numbers in the largest
/// merge.
struct HeadStep: Sendable {
    enum Stage: Int, Sendable {
        case moments
        /// Only with expected neighbours: everybody's predictions, for the means over neighbours.
        case sharing
        case predictions
        /// Only with expected neighbours: slopes with respect to those means, for the rows that are in them.
        case spreading
        case slopes, weights
    }

    var stage: Stage
    var batch: Parameter
    /// The number of the step over all epochs, where its tasks draw random numbers.
    var place: Parameter?
    /// Of each head.
    var parameters: [Parameter]
    /// For each head and group: means, and reciprocals of deviations.
    var normalisation: Parameter?
    /// The objective's arrays.
    var judgement: [Parameter] = []
    /// For each head and group: factors, offsets and tilts of the normalisation's backward pass.
    var corrections: Parameter?
    /// Only with expected neighbours: of each head the predictions of all rows, and the slopes of their means.
    var shared: [Parameter] = []

    /// For each head and group the sums and sums of squares of the hidden layer's outputs.
    var moments: [Double] = []
    /// The objective's, of this batch.
    var losses: [Double] = []
    /// For each head: its parameters' slopes, those of the first weights as soon as they are known.
    var slopes: [[Float]] = []

    /// Of the batch.
    var rows: Int { batch.array.shape[1] }
}

extension HeadModel: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        heads = try reader.read()
        history = try (0..<reader.read(Int.self)).map { _ in try reader.readNumbers() }
        epoch = try reader.read()
        step = try reader.read()
        isFinished = try reader.read()
        validation = try reader.read()
        chosen = try reader.read()
        optimisers = try reader.read()
        averages = try (0..<reader.read(Int.self)).map { _ in try reader.readNumbers() }
        pass = try reader.read()
        check = try reader.read()
        isMeasuringInputs = try reader.read()
        lastVersion = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(heads)
        writer.write(lists: history)
        writer.write(epoch)
        writer.write(step)
        writer.write(isFinished)
        writer.write(validation)
        writer.write(chosen)
        // Only a further step would need them.
        writer.write(isFinished ? [] : optimisers)
        writer.write(lists: isFinished ? [] : averages)
        writer.write(pass)
        writer.write(check)
        writer.write(isMeasuringInputs)
        writer.write(lastVersion)
    }
}

extension Head: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        let name: String = try reader.read()
        let (inputs, hidden, clusters) = (
            try reader.read(Int.self), try reader.read(Int?.self), try reader.read(Int.self)
        )
        let shape = HeadShape(inputs: inputs, hidden: hidden, clusters: clusters)
        let parameters: [Float] = try reader.readNumbers()
        let means: [Float] = try reader.readNumbers()
        let variances: [Float] = try reader.readNumbers()
        guard inputs >= 1, clusters >= 1, hidden ?? 1 >= 1, parameters.count == shape.parameterCount,
            means.count == shape.width, variances.count == shape.width
        else { throw ClusteringError.modelUnreadable }
        self.init(
            name: name,
            shape: shape,
            parameters: parameters,
            runningMeans: means,
            runningVariances: variances
        )
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(name)
        writer.write(shape.inputs)
        writer.write(shape.hidden)
        writer.write(shape.clusters)
        writer.write(numbers: parameters)
        writer.write(numbers: runningMeans)
        writer.write(numbers: runningVariances)
    }
}

extension HeadStep: ModelCoded {
    init(from reader: inout ModelReader) throws {
        guard let stage = Stage(rawValue: try reader.read()) else { throw ClusteringError.modelUnreadable }
        self.stage = stage
        batch = try reader.read()
        place = try reader.read()
        parameters = try reader.read()
        normalisation = try reader.read()
        judgement = try reader.read()
        corrections = try reader.read()
        shared = try reader.read()
        moments = try reader.readNumbers()
        losses = try reader.readNumbers()
        slopes = try (0..<reader.read(Int.self)).map { _ in try reader.readNumbers() }
        guard batch.array.shape.count == 2 else { throw ClusteringError.modelUnreadable }
    }

    func write(to writer: inout ModelWriter) {
        writer.write(stage.rawValue)
        writer.write(batch)
        writer.write(place)
        writer.write(parameters)
        writer.write(normalisation)
        writer.write(judgement)
        writer.write(corrections)
        writer.write(shared)
        writer.write(numbers: moments)
        writer.write(numbers: losses)
        writer.write(lists: slopes)
    }
}

extension ModelWriter {
    fileprivate mutating func write(lists: [[some RawNumber]]) {
        write(lists.count)
        for list in lists { write(numbers: list) }
    }
}
