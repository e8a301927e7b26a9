import Shards
import Tensors
import Testing

@testable import Clustering

@Suite struct NounFilterTests {
    private static let nouns = SampleData.blobs(rows: 150, columns: 6, centres: 9, spread: 0.8, seed: 4)
    private static let centres = SampleData.blobs(rows: 7, columns: 6, centres: 7, spread: 0.5, seed: 5)

    private func select(
        _ settings: NounFilter.Settings,
        _ nouns: Matrix = nouns,
        repeated: [Int] = [],
        blockRows: Int = 16
    ) throws -> NounSelection {
        let data = try SampleData(nouns)
        var filter = try NounFilter(settings: settings, dataset: try data.dataset(blockRows: blockRows))
        filter.centres = Self.centres
        filter.repeated = repeated
        return try #require(try LocalRunner(filter).run().model.selection)
    }

    private func byCentre(_ selection: NounSelection) -> [Set<Int>] {
        (0..<Self.centres.rows).map { centre in
            Set(zip(selection.rows, selection.centres).filter { $0.1 == centre }.map(\.0))
        }
    }

    @Test(arguments: [
        NounFilter.Settings(kind: .tac, perCentre: 5, temperature: 1),
        NounFilter.Settings(kind: .tac, perCentre: 3, temperature: 0.05),
        NounFilter.Settings(kind: .gradnorm, perCentre: 4, temperature: 0.3),
        NounFilter.Settings(kind: .gradnorm, perCentre: 4, temperature: 0.3, power: 1),
        NounFilter.Settings(kind: .gradnorm, perCentre: 500, temperature: 1),
    ])
    func `Nouns of each centre are those of the formula`(settings: NounFilter.Settings) throws {
        let expected = PlainNouns.choose(
            PlainNouns.units(Self.nouns),
            PlainNouns.units(Self.centres),
            by: settings
        )
        let selection = try select(settings)
        #expect(byCentre(selection) == expected)
        #expect(selection.centres == selection.centres.sorted())
        #expect(try select(settings, blockRows: 7) == selection)
    }

    @Test func `The nearest nouns of every centre without those near the mean are those of the formula`() throws {
        let settings = NounFilter.Settings(kind: .sic, perCentre: 12, temperature: 1, uniqueness: 0.6)
        let expected = PlainNouns.choose(PlainNouns.units(Self.nouns), PlainNouns.units(Self.centres), by: settings)
        let selection = try select(settings)
        let union = expected.reduce(into: Set<Int>()) { $0.formUnion($1) }
        #expect(Set(selection.rows) == union && selection.rows.count == union.count)
        #expect(
            union.count
                < PlainNouns.choose(
                    PlainNouns.units(Self.nouns),
                    PlainNouns.units(Self.centres),
                    by: .init(kind: .sic, perCentre: 12, temperature: 1, uniqueness: 0)
                ).reduce(into: Set<Int>()) { $0.formUnion($1) }.count
        )
        for (row, centre) in zip(selection.rows, selection.centres) { #expect(expected[centre].contains(row)) }
    }

    @Test func `A gradient of another power is the formula's`() {
        let similarities = [0.3, -0.2, 0.1, 0.25]
        let posterior = PlainNouns.softmax(similarities.map { $0 / 0.1 })
        for power in [1, 1.5, 2, 3, 7.25] {
            let expected = PlainNouns.norm(posterior, 0, [1], power)
            let norm = NounPosterior(similarities, temperature: 0.1).gradientNorm(power: power)
            #expect(abs(norm - expected) < 1e-12)
        }
    }

    @Test func `A posterior is safe at any temperature`() {
        let sure = NounPosterior([0.2, 0.9, 0.1], temperature: 1e-6)
        #expect(sure.centre == 1 && sure.confidence == 1 && sure.gradientNorm(power: 2) == 0)
        let torn = NounPosterior([0.5, 0.5], temperature: 1e6)
        #expect(torn.centre == 0 && torn.confidence == 0.5)
    }

    /// Every noun five times, but for rounding.
    private static let echoes: Matrix = {
        var values: [Float] = []
        for repetition in 0..<5 {
            values += nouns.values.map { $0 * (1 + Float(repetition) / 1000) }
        }
        return Matrix(rows: nouns.rows * 5, columns: nouns.columns, values: values)
    }()

    @Test func `Duplicates do not take up the places of others`() throws {
        let settings = NounFilter.Settings(kind: .tac, perCentre: 5, temperature: 1)
        let alone = try select(settings)
        let among = try select(settings, Self.echoes)
        #expect(among.rows.map { $0 % Self.nouns.rows } == alone.rows)
        var all = settings
        all.duplicateSimilarity = nil
        #expect(Set(try select(all, Self.echoes).rows.map { $0 % Self.nouns.rows }).count < alone.rows.count)
    }

    @Test func `Nouns of a repeated name are not looked at`() throws {
        let settings = NounFilter.Settings(kind: .tac, perCentre: 5, temperature: 1)
        let first = try select(settings)
        let repeated = first.rows.sorted()
        let selection = try select(settings, repeated: repeated)
        #expect(Set(selection.rows).isDisjoint(with: repeated))
        let rest = Array(Set(0..<Self.nouns.rows).subtracting(repeated))
        let expected = PlainNouns.choose(
            PlainNouns.units(Self.nouns),
            PlainNouns.units(Self.centres),
            by: settings,
            among: rest
        )
        #expect(byCentre(selection) == expected)
    }

    @Test func `Settings that cannot be are refused`() throws {
        let dataset = try SampleData(Self.nouns).dataset()
        for settings in [
            NounFilter.Settings(kind: .tac, perCentre: 0, temperature: 1),
            NounFilter.Settings(kind: .tac, perCentre: 5, temperature: 0),
            NounFilter.Settings(kind: .gradnorm, perCentre: 5, temperature: 1, power: 0.5),
            NounFilter.Settings(kind: .sic, perCentre: 5, temperature: 1, uniqueness: -1),
        ] {
            #expect(throws: ClusteringError.self) { try NounFilter(settings: settings, dataset: dataset) }
        }
        var filter = try NounFilter(settings: .init(kind: .tac, perCentre: 5, temperature: 1), dataset: dataset)
        filter.centres = Matrix(rows: 2, columns: 5)
        #expect(throws: ClusteringError.self) { try filter.begin() }
    }

    @Test func `The number of centres follows the published one`() {
        let published = [
            (50_000, 10, 167), (50_000, 20, 167), (5_000, 10, 17), (13_000, 10, 43), (19_500, 15, 65), (3_760, 47, 141),
            (9_537, 101, 303), (1_281_167, 1000, 4271), (2_000, 10, 30),
        ]
        for (images, clusters, centres) in published {
            #expect(NounChoice.centreCount(images: images, clusters: clusters) == centres)
        }
        #expect(NounChoice.centreCount(images: 50_000, clusters: nil) == 167)
        #expect(NounChoice.centreCount(images: 2_000, clusters: nil) == 30)
        #expect(NounChoice.centreCount(images: 20, clusters: 10) == 20)
    }
}
