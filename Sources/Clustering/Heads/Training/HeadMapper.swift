import Shards
import Tensors

/// The tasks of one round of a step: pieces of the batch, brought as far through the heads as the round needs.
struct HeadMapper<Objective: HeadObjective>: Mapper {
    private let roles: [HeadRole]
    private let objective: Objective
    private let gathers: [RowGather]
    private let seed: UInt64
    private let memory: HeadMemory
    private let step: StepInputs
    private let stage: HeadStep.Stage
    private var layers: [HeadLayers]
    private var slopes: Objective.Slopes?
    private let shared: SharedPredictions?

    init(_ program: HeadTraining<Objective>, _ round: Round, _ memory: HeadMemory) throws {
        roles = program.roles
        objective = program.settings.objective
        gathers = program.inputs.map { RowGather(dataset: $0) }
        seed = program.settings.seed
        self.memory = memory
        stage = try HeadTraining<Objective>.stage(of: round)
        step = try StepInputs(round, roles: roles, rows: program.dataset.rows)
        layers = zip(roles, step.parameters).map { HeadLayers(shape: $0.shape, parameters: $1) }
        slopes = stage.rawValue > HeadStep.Stage.predictions.rawValue ? try objective.slopes(in: round) : nil
        shared = try SharedPredictions(round, roles: roles, rows: step.anchors.count, memory: memory)
    }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        let known = memory.take(block.number, version: step.version)
        var piece = known.flatMap { stage.canUse($0) ? $0 : nil } ?? PieceState(version: step.version)
        try bring(&piece, block.rows)
        switch stage {
        case .moments:
            let moments = sums(of: piece.hidden, piece.hidden)
            partial.insert(moments, task: block.number, intoTree: partial.index(of: "moments"))
        case .sharing:
            Self.insert(piece.outputs, block, into: &partial)
        case .predictions:
            try objective.summarise(paired(piece.outputs, block.rows), task: block.number, into: &partial)
        case .spreading:
            Self.insert(try partnerSlopes(piece.outputs, block.rows), block, into: &partial)
        case .slopes:
            partial.insert(lastSlopes(of: piece), task: block.number, intoTree: partial.index(of: "last"))
            let corrections = sums(of: piece.slopes, piece.hidden)
            partial.insert(corrections, task: block.number, intoTree: partial.index(of: "corrections"))
        case .weights:
            partial.insert(firstSlopes(of: &piece), task: block.number, intoTree: partial.index(of: "first"))
            return
        }
        piece.shrink()
        memory.keep(piece, of: block.number)
    }

    private mutating func bring(_ piece: inout PieceState, _ rows: Range<Int>) throws {
        let readsInputs = stage == .weights || roles.contains { $0.shape.hidden == nil }
        if piece.inputs.isEmpty && (piece.stage < .entered || readsInputs) { piece.inputs = inputs(rows) }
        if piece.stage < .entered { enter(&piece) }
        if piece.stage < .predicted && stage.needs >= .predicted { predict(&piece) }
        if piece.stage < .sloped && stage.needs >= .sloped { try turn(&piece, rows) }
    }

    private func inputs(_ rows: Range<Int>) -> [Matrix] {
        gathers.indices.map { input in
            let anchors = step.anchors[rows]
            guard step.groups == 2 else { return gathers[input].read([anchors]) }
            let partners = step.partners[input][rows]
            var matrix = gathers[input].read([anchors, partners])
            objective.partnerAugmentation?
                .apply(to: &matrix, from: rows.count, rows: partners, seed: seed, step: step.place)
            return matrix
        }
    }

    private mutating func enter(_ piece: inout PieceState) {
        piece.hidden = roles.indices.map { head in
            roles[head].shape.hidden == nil
                ? Matrix(rows: 0, columns: 0) : layers[head].enter(piece.inputs[roles[head].input])
        }
        piece.stage = .entered
    }

    private mutating func predict(_ piece: inout PieceState) {
        for head in roles.indices where roles[head].shape.hidden != nil {
            for group in 0..<step.groups {
                let moments = step.normalisation(head, group)
                withGroup(group, of: &piece.hidden[head]) {
                    ColumnMaps.normalise(&$0, means: moments.means.span, scales: moments.scales.span)
                }
            }
        }
        for head in roles.indices where roles[head].shape.hidden != nil {
            piece.features[head] = features(of: head, piece)
        }
        piece.outputs = roles.indices.map { layers[$0].predict(features(of: $0, piece)) }
        piece.stage = .predicted
    }

    /// Probabilities with those of the partners, which the outputs hold already where partners are rows.
    private func paired(_ outputs: [Matrix], _ rows: Range<Int>) -> [Matrix] {
        guard let shared else { return outputs }
        return outputs.indices.map { shared.paired($0, roles[$0], outputs[$0], rows: rows) }
    }

    private mutating func partnerSlopes(_ outputs: [Matrix], _ rows: Range<Int>) throws -> [Matrix] {
        var expected = try expectedSlopes()
        return expected.partnerSlopes(paired(outputs, rows))
    }

    private func expectedSlopes() throws(ClusteringError) -> any ExpectedHeadSlopes {
        guard let expected = slopes as? any ExpectedHeadSlopes else {
            throw ClusteringError(.internalError, "objective without expected neighbours; report this")
        }
        return expected
    }

    private mutating func turn(_ piece: inout PieceState, _ rows: Range<Int>) throws {
        if let shared {
            var expected = try expectedSlopes()
            piece.outputs = paired(piece.outputs, rows)
            let extra = roles.indices.map { shared.extra($0, roles[$0], rows: rows) }
            expected.replaceAnchors(&piece.outputs, adding: extra)
        } else {
            try slopes?.replace(&piece.outputs)
        }
        piece.slopes = roles.indices.map { head in
            roles[head].shape.hidden == nil
                ? Matrix(rows: 0, columns: 0) : layers[head].leave(piece.outputs[head], piece.hidden[head])
        }
        piece.stage = .sloped
    }

    /// What the last layer reads.
    private func features(of head: Int, _ piece: PieceState) -> Matrix {
        guard roles[head].shape.hidden != nil else { return piece.inputs[roles[head].input] }
        return piece.features[head] ?? layers[head].activated(piece.hidden[head])
    }

    /// Of all heads, one after the other.
    private mutating func lastSlopes(of piece: PieceState) -> [Float] {
        let counts = roles.map { $0.shape.lastWeights.count + $0.shape.clusters }
        return [Float](count: counts.reduce(0, +)) { slopes in
            var start = 0
            for head in roles.indices {
                var own = slopes._mutatingExtracting(start..<start + counts[head])
                layers[head].lastSlopes(piece.outputs[head], features(of: head, piece), into: &own)
                start += counts[head]
            }
        }
    }

    /// Of all heads with a hidden layer, one after the other.
    private mutating func firstSlopes(of piece: inout PieceState) -> [Float] {
        let heads = roles.indices.filter { roles[$0].shape.hidden != nil }
        for head in heads { propagate(head, &piece) }
        return [Float](count: heads.reduce(0) { $0 + roles[$1].shape.firstWeights.count }) { slopes in
            var start = 0
            for head in heads {
                let count = roles[head].shape.firstWeights.count
                var own = slopes._mutatingExtracting(start..<start + count)
                layers[head].firstSlopes(piece.slopes[head], piece.inputs[roles[head].input], into: &own)
                start += count
            }
        }
    }

    /// The slopes back through the normalisation of one head.
    private func propagate(_ head: Int, _ piece: inout PieceState) {
        let hidden = piece.hidden[head]
        let count = hidden.values.count / step.groups
        for group in 0..<step.groups {
            let correction = step.correction(head, group)
            withGroup(group, of: &piece.slopes[head]) {
                ColumnMaps.normaliseBackward(
                    &$0,
                    values: hidden.values.span.extracting(group * count..<(group + 1) * count),
                    factors: correction.factors.span,
                    offsets: correction.offsets.span,
                    tilts: correction.tilts.span
                )
            }
        }
    }

    /// For each head with a hidden layer and each group: Σ a, then Σ a·b of each column.
    private func sums(of first: [Matrix], _ second: [Matrix]) -> [Double] {
        var result: [Double] = []
        for head in roles.indices where roles[head].shape.hidden != nil {
            let (one, other) = (first[head], second[head])
            let count = one.values.count / step.groups
            for group in 0..<step.groups {
                var sums = ColumnSums(columns: one.columns)
                let range = group * count..<(group + 1) * count
                sums.add(one.values.span.extracting(range), other.values.span.extracting(range))
                result += sums.sums + sums.products
            }
        }
        return result
    }

    /// The rows of a piece, one field for each head.
    private static func insert(_ matrices: [Matrix], _ block: Block, into partial: inout Partial) {
        for (head, matrix) in matrices.enumerated() {
            partial.withRows(head) {
                $0.insert(.init(firstRow: block.rows.lowerBound, values: .float32(matrix.values)))
            }
        }
    }

    private func withGroup(_ group: Int, of matrix: inout Matrix, _ body: (inout MutableSpan<Float>) -> Void) {
        let count = matrix.values.count / step.groups
        matrix.withMutableValues { values in
            var part = values._mutatingExtracting(group * count..<(group + 1) * count)
            body(&part)
        }
    }
}

extension HeadStep.Stage {
    /// Whether a piece has not been brought further than this round can use it.
    fileprivate func canUse(_ piece: PieceState) -> Bool {
        piece.stage < needs || piece.stage == needs && (self != .slopes || !piece.outputs.isEmpty)
    }

    /// How far a piece must be for the answer of this round.
    var needs: PieceState.Stage {
        switch self {
        case .moments: .entered
        case .sharing, .predictions, .spreading: .predicted
        case .slopes, .weights: .sloped
        }
    }
}
