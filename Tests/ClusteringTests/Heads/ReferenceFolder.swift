import Foundation
import Shards
import Tensors

@testable import Clustering

/// Sixty steps of the published training, written down; where they are at hand.
struct ReferenceFolder {
    /// `COTERIE_REFERENCE`, or `../shared/reference/tac_food10` beside the checkout.
    static let path =
        ProcessInfo.processInfo.environment["COTERIE_REFERENCE"]
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../../shared/reference/tac_food10").standardized.path

    static let isThere = FileManager.default.fileExists(atPath: "\(path)/settings.json")

    struct Settings: Decodable {
        var imagesTrain: String
        var imagesTest: String
        var clusters: Int
        var balance: Double
        var learningRate: Float
        var betas: [Float]
        var batchSize: Int
        var steps: Int
        var contrastTemperature: Double
    }

    let settings: Settings
    /// The folder that the settings' paths begin in.
    private let root: String

    init() throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        settings = try decoder.decode(
            Settings.self,
            from: Data(contentsOf: URL(fileURLWithPath: "\(Self.path)/settings.json"))
        )
        root = try Self.root(of: settings)
    }

    /// The folder that holds `data` and `reference`; `COTERIE_DATA` says where the data are if they are elsewhere.
    private static func root(of settings: Settings) throws -> String {
        let data = ProcessInfo.processInfo.environment["COTERIE_DATA"].map { "\($0)/.." }
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../../shared").path
        let folders = ["\(path)/../..", data ?? beside, beside].map {
            URL(fileURLWithPath: $0).standardized.path
        }
        return folders.first { FileManager.default.fileExists(atPath: "\($0)/\(settings.imagesTrain)") } ?? folders[0]
    }

    var trainingImages: String { "\(root)/\(settings.imagesTrain)" }
    var testImages: String { "\(root)/\(settings.imagesTest)" }
    var texts: String { "\(Self.path)/text_train.npy" }

    /// A matrix of int32, which datasets do not hold.
    func integers(_ name: String) throws -> [Int32] {
        try numbers(name, element: "<i4")
    }

    func doubles(_ name: String) throws -> [Double] {
        try numbers(name, element: "<f8")
    }

    func floats(_ name: String) throws -> [Float] {
        try numbers(name, element: "<f4")
    }

    private func numbers<Number: RawNumber>(_ name: String, element: String) throws -> [Number] {
        let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(Self.path)/\(name)")))
        let start = 10 + Int(data[8]) + Int(data[9]) << 8
        precondition(String(decoding: data[..<start], as: UTF8.self).contains(element), "\(name) is not \(element)")
        return RawNumbers.numbers(from: data[start...])
    }

    /// The batches that were written down.
    func batches() throws -> GivenBatches {
        let anchors = try integers("batch_rows.npy").map(Int.init)
        let images = try integers("batch_image_neighbors.npy").map(Int.init)
        let texts = try integers("batch_text_neighbors.npy").map(Int.init)
        let size = settings.batchSize
        return GivenBatches(
            batches: (0..<settings.steps).map { step in
                let range = step * size..<(step + 1) * size
                return Batch(anchors: Array(anchors[range]), partners: [Array(images[range]), Array(texts[range])])
            }
        )
    }

    /// The training that was written down.
    func training() throws -> HeadTraining<TACObjective> {
        let images = try Dataset(path: trainingImages)
        let texts = try Dataset(path: texts)
        var program = try HeadTraining<TACObjective>(
            settings: .init(
                objective: TACObjective(
                    imageColumns: images.columns,
                    textColumns: texts.columns,
                    clusters: settings.clusters,
                    contrastTemperature: settings.contrastTemperature,
                    balance: settings.balance
                ),
                optimiser: .adam(
                    rate: settings.learningRate,
                    beta1: settings.betas[0],
                    beta2: settings.betas[1]
                ),
                epochs: 1,
                otherInputs: [texts.description]
            ),
            dataset: images
        )
        program.batches = try batches()
        program.initialHeads = try HeadFile.read("\(Self.path)/initial.safetensors")
        return program
    }
}

/// Batches that are known beforehand, all of one epoch.
struct GivenBatches: BatchSource {
    let batches: [Batch]

    var stepsPerEpoch: Int { batches.count }

    func batch(epoch: Int, step: Int) -> Batch { batches[step] }
}
