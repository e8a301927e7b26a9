import Foundation
import Shards
import Tensors

@testable import Clustering

/// A folder for a search's files, removed with the last copy of the value.
final class NeighborFolder {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("neighbors-\(UUID().uuidString)").path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func open() throws -> RunFolder { try RunFolder.create(at: path, overwrite: true) }

    var spills: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
            .filter { $0.hasPrefix(NeighborStore.spillPrefix) }.sorted()
    }
}

/// What a search left in its folder.
struct NeighborsRun: Equatable {
    let k: Int
    let indices: [Int32]
    let values: [Float]

    /// Runs a search in this process.
    init(_ settings: Neighbors.Settings, on dataset: Dataset) throws {
        try self.init(settings, on: dataset) { program, store in
            _ = try LocalRunner(program, sink: store).run()
        }
    }

    /// - Parameter run: runs a program that has a store.
    init(
        _ settings: Neighbors.Settings,
        on dataset: Dataset,
        in folder: NeighborFolder = NeighborFolder(),
        _ run: (Neighbors, NeighborStore) throws -> Void
    ) throws {
        var program = try Neighbors(settings: settings, dataset: dataset)
        let store = try NeighborStore(for: program, in: try folder.open())
        program.store = store
        try run(program, store)
        try self.init(committed: store, rows: program.listed.rows, k: settings.k, in: folder)
    }

    /// Takes the lists of a store that are final.
    init(committed store: NeighborStore, rows: Int, k: Int, in folder: NeighborFolder) throws {
        let names = try store.commit()
        self.k = k
        indices = try Self.numbers("\(folder.path)/\(names[0])", of: "<i4", rows, k)
        values = try Self.numbers("\(folder.path)/\(names[1])", of: "<f4", rows, k)
    }

    func indices(ofRow row: Int) -> [Int] { indices[row * k..<(row + 1) * k].map(Int.init) }

    func floats(ofRow row: Int) -> [Float] { Array(values[row * k..<(row + 1) * k]) }

    func values(ofRow row: Int) -> [Double] { values[row * k..<(row + 1) * k].map(Double.init) }

    private static func numbers<Number: RawNumber>(
        _ path: String,
        of type: String,
        _ rows: Int,
        _ columns: Int
    ) throws -> [Number] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let length = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
        let header = String(decoding: bytes[10..<length], as: UTF8.self)
        guard header.contains("'\(type)'"), header.contains("(\(rows), \(columns))") else {
            throw ClusteringError(.badData, "header not as expected: \(header)")
        }
        return RawNumbers.numbers(from: bytes[length...])
    }
}
