import Foundation
import Shards
import Tensors
import Testing

@testable import Clustering

/// What the published code chose and retrieved, written down.
@Suite struct NounReferenceTests {
    /// `COTERIE_REFERENCE`, or `../shared/reference/tac_food10` beside the checkout.
    private static let folder =
        ProcessInfo.processInfo.environment["COTERIE_REFERENCE"]
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../../shared/reference/tac_food10").standardized.path

    private static let isThere = FileManager.default.fileExists(atPath: "\(folder)/settings.json")

    private static let vectors = ["\(folder)/test_vectors.json", "\(folder)/../test_vectors.json"].first {
        FileManager.default.fileExists(atPath: $0)
    }

    private struct Settings: Decodable {
        var imagesTrain: String
        var nouns: String
        var retrievalTemperature: Double
        var perCentre: Int
    }

    private let settings: Settings
    /// The folder that the settings' paths begin in.
    private let root: String

    init() throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard Self.isThere else {
            settings = Settings(imagesTrain: "", nouns: "", retrievalTemperature: 1, perCentre: 1)
            root = ""
            return
        }
        let settings = try decoder.decode(
            Settings.self,
            from: Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/settings.json"))
        )
        let data = ProcessInfo.processInfo.environment["COTERIE_DATA"].map { ["\($0)/.."] } ?? []
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../../shared").standardized.path
        root =
            (data + ["\(Self.folder)/../..", beside]).first {
                FileManager.default.fileExists(atPath: "\($0)/\(settings.nouns)")
            } ?? beside
        self.settings = settings
    }

    private func chosenRows() throws -> [Int] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/selected_nouns.npy")))
        let header = try NumpyHeader(in: bytes)
        return header.wide
            ? (RawNumbers.numbers(from: bytes[header.start...]) as [Int64]).map(Int.init)
            : (RawNumbers.numbers(from: bytes[header.start...]) as [Int32]).map(Int.init)
    }

    private struct NumpyHeader {
        let start: Int
        let wide: Bool

        init(in bytes: [UInt8]) throws {
            start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
            let text = String(decoding: bytes[..<start], as: UTF8.self)
            wide = text.contains("<i8")
            try #require(wide || text.contains("<i4"))
        }
    }

    @Test(.enabled(if: isThere, "the folder COTERIE_REFERENCE is not there"))
    func `The same nouns are chosen from the same centres`() throws {
        let centres = try Dataset(path: "\(Self.folder)/centres.npy")
        let nouns = try Dataset(path: "\(root)/\(settings.nouns)")
        var filter = try NounFilter(
            settings: .init(kind: .tac, perCentre: settings.perCentre, temperature: 1, duplicateSimilarity: nil),
            dataset: nouns
        )
        filter.centres = Matrix(
            rows: centres.rows,
            columns: centres.columns,
            values: centres.read(rows: 0..<centres.rows)
        )
        let selection = try #require(try LocalRunner(filter).run().model.selection)
        #expect(Set(selection.rows) == Set(try chosenRows()))
    }

    @Test(.enabled(if: isThere, "the folder COTERIE_REFERENCE is not there"))
    func `Text counterparts are the same to 1e-4`() throws {
        let nouns = try Dataset(path: "\(root)/\(settings.nouns)")
        let images = try Dataset(path: "\(root)/\(settings.imagesTrain)", blockRows: 300)
        var selection = NounSelection()
        selection.rows = try chosenRows()
        var retrieval = try Retrieval(
            settings: .init(temperature: settings.retrievalTemperature),
            dataset: images
        )
        retrieval.nouns = selection.unitRows(of: nouns)
        let sink = CollectedRows()
        _ = try LocalRunner(retrieval, sink: sink).run()
        let expected = try Dataset(path: "\(Self.folder)/text_train.npy")
        let values = sink.floats(Retrieval.field)
        let reference = expected.read(rows: 0..<expected.rows)
        try #require(values.count == reference.count)
        #expect(zip(values, reference).reduce(0) { max($0, abs($1.0 - $1.1)) } <= 1e-4)
    }

    private struct Vectors: Decodable {
        struct Scores: Decodable {
            var centres: [[Double]]
            var nouns: [[Double]]
            var tacCentre: [Int]
            var tacConfidence: [Double]
            var temp: Double
            var gradnormP1: [Double]
            var gradnormP2: [Double]
        }

        var nounScores: Scores

        enum CodingKeys: String, CodingKey {
            case nounScores = "noun_scores"
        }
    }

    @Test(.enabled(if: vectors != nil, "no test_vectors.json beside the folder COTERIE_REFERENCE"))
    func `Scores of nouns are the published ones`() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: try #require(Self.vectors)))
        let scores = try JSONDecoder().decode(Vectors.self, from: data).nounScores
        for (index, noun) in scores.nouns.enumerated() {
            let similarities = scores.centres.map { PlainNouns.dot($0, noun) }
            let tac = NounPosterior(similarities, temperature: 1)
            #expect(tac.centre == scores.tacCentre[index])
            #expect(abs(tac.confidence - scores.tacConfidence[index]) < 1e-12)
            let sharp = NounPosterior(similarities, temperature: scores.temp)
            #expect(abs(sharp.gradientNorm(power: 2) - scores.gradnormP2[index]) < 1e-12)
            // The vectors have the noun's own norm as a factor, which is 1 for p = 2.
            let length = noun.reduce(0) { $0 + abs($1) }
            #expect(abs(sharp.gradientNorm(power: 1) * length - scores.gradnormP1[index]) < 1e-12)
        }
    }
}
