package import Shards
package import Tensors

/// Which nouns describe a dataset, by its centres; METHODS §2.2 to §2.4.
///
/// Its rounds map blocks of nouns: `mean` where the filter asks for it, then `score`, which is repeated with longer lists
/// where duplicates took up too many places.
package struct NounFilter: Program {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// A noun goes to the centre that its softmax prefers; the surest nouns of each centre are chosen (§2.2).
        case tac
        /// As `tac`, but those are chosen whose cross-entropy to their own choice has the smallest gradient (§2.4).
        case gradnorm
        /// The nearest nouns of each centre, but for those near the mean of all (§2.3).
        case sic
    }

    package struct Settings: Codable, Sendable, Equatable {
        package var kind: Kind
        /// Nouns chosen for each centre, at least 1.
        package var perCentre: Int
        /// Of the softmax over the centres, above 0; not used by `sic`.
        package var temperature: Double
        /// p of the norm, at least 1; `gradnorm` only.
        package var power: Double
        /// A noun whose cosine to the mean is not below 1 minus this is left out; `sic` only.
        package var uniqueness: Double
        /// Of nouns whose cosine is above this the best is chosen and the others are passed over; nil to choose all.
        package var duplicateSimilarity: Double?

        package init(
            kind: Kind,
            perCentre: Int,
            temperature: Double,
            power: Double = 2,
            uniqueness: Double = 0.05,
            duplicateSimilarity: Double? = 0.999
        ) {
            self.kind = kind
            self.perCentre = perCentre
            self.temperature = temperature
            self.power = power
            self.uniqueness = uniqueness
            self.duplicateSimilarity = duplicateSimilarity
        }
    }

    package struct Model: Sendable {
        /// Nil until the program has finished.
        package internal(set) var selection: NounSelection?
        var centres: Parameter
        /// Rows that are not looked at.
        var excluded: Parameter
        var capacity: Int
        /// Unit mean of the nouns; nil where it is not needed, or not known yet.
        var mean: Matrix?
    }

    static let centresName = "centres"
    static let excludedName = "excluded"

    package static let name = "noun-filter"

    package let settings: Settings
    /// The nouns.
    package let dataset: Dataset
    /// The coordinator's alone: centres of the images, made unit rows.
    package var centres: Matrix?
    /// The coordinator's alone: rows of the nouns that repeat the name of an earlier row, ascending.
    package var repeated: [Int] = []

    /// - Throws: `.usage` for settings out of their range.
    package init(settings: Settings, dataset: Dataset) throws(ClusteringError) {
        let ranges: [(isInside: Bool, what: String)] = [
            (settings.perCentre >= 1, "nouns per centre: \(settings.perCentre); give at least 1"),
            (
                settings.temperature > 0 && settings.temperature.isFinite,
                "temperature: \(settings.temperature); give more than 0"
            ),
            (settings.power >= 1 && settings.power.isFinite, "power: \(settings.power); give at least 1"),
            ((0...2).contains(settings.uniqueness), "uniqueness: \(settings.uniqueness); give 0 to 2"),
        ]
        for range in ranges where !range.isInside {
            throw ClusteringError(.usage, "setting out of range, \(range.what)")
        }
        self.settings = settings
        self.dataset = dataset
    }

    /// - Throws: `.badData` where the centres are not as long as the nouns, or lack a direction.
    package func begin() throws -> Model {
        guard var centres, centres.rows > 0 else {
            throw ClusteringError(.usage, "centres missing: noun filter; give centres of the images")
        }
        guard centres.columns == dataset.columns else { throw Self.mismatch(centres.columns, dataset) }
        try centres.makeUsable(for: .cosine, as: "image centres")
        return Model(
            centres: Parameter(NamedArray(Self.centresName, centres), version: 1),
            excluded: Parameter(NamedArray(Self.excludedName, repeated.map(Int64.init)), version: 2),
            // Some room for duplicates, so that one round is enough as a rule.
            capacity: settings.duplicateSimilarity == nil ? settings.perCentre : settings.perCentre * 2
        )
    }

    static func mismatch(_ columns: Int, _ nouns: Dataset) -> ClusteringError {
        ClusteringError(
            .badData,
            "images of \(columns) columns, nouns of \(nouns.columns): \(nouns.path); embed both with the same model"
        )
    }

    package func round(after model: Model) -> Round? {
        guard model.selection == nil else { return nil }
        let isAveraging = settings.kind == .sic && model.mean == nil
        return Round(
            kind: isAveraging ? NounMeanMapper.kind : NounScoreMapper.kind,
            parameters: isAveraging
                ? [model.excluded]
                : [model.centres, model.excluded, Parameter(capacity(model), version: UInt64(2 + model.capacity))],
            blocks: dataset.blockCount
        )
    }

    private func capacity(_ model: Model) -> NamedArray {
        NamedArray(NounScoreMapper.capacityName, [Int64(model.capacity)])
    }

    package func emptyPartial(for round: Round) throws -> Partial {
        round.kind == NounMeanMapper.kind
            ? try NounMeanMapper.emptyPartial(for: self)
            : try NounScoreMapper.emptyPartial(for: round, of: self)
    }

    package func makeMemory() {}

    package func mapper(for round: Round, memory: Void) throws -> any Mapper {
        round.kind == NounMeanMapper.kind
            ? try NounMeanMapper(self, round) : try NounScoreMapper(self, round)
    }

    package func advance(_ model: inout Model, with answer: Partial) throws {
        if settings.kind == .sic && model.mean == nil {
            let sum = answer.sums("sum").totals(of: 0).map { Float($0) }
            var mean = Matrix(rows: 1, columns: dataset.columns, values: sum)
            // Nouns that cancel each other have no mean to be near to.
            mean.normaliseRows()
            model.mean = mean
        } else {
            let lists = answer.best(NounScoreMapper.listsName)
            if let selection = try choose(from: lists, mean: model.mean) {
                model.selection = selection
            } else {
                model.capacity *= 2
            }
        }
    }

    package func progress(of model: Model) -> Progress {
        Progress(phase: "choosing nouns", done: model.selection == nil ? 0 : 1, limit: 1)
    }
}

extension NounFilter.Model: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        selection = try reader.read()
        centres = try reader.read()
        excluded = try reader.read()
        capacity = try reader.read()
        mean = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(selection)
        writer.write(centres)
        writer.write(excluded)
        writer.write(capacity)
        writer.write(mean)
    }
}
