import Clustering
import Foundation
import Shards

/// A program of three rounds, each of which adds up the numbers of the rows and of the round.
struct CountingProgram: Program {
    struct Settings: Codable, Sendable {
        var rounds = 3
        /// A block whose task fails.
        var badBlock: Int?
    }

    struct Model: ModelCoded, Sendable, Equatable {
        var totals: [Int64] = []

        init() {}

        init(from reader: inout ModelReader) throws {
            totals = try reader.readNumbers()
        }

        func write(to writer: inout ModelWriter) {
            writer.write(numbers: totals)
        }
    }

    static let name = "counting"

    let settings: Settings
    let dataset: Dataset

    func begin() -> Model { Model() }

    func round(after model: Model) -> Round? {
        guard model.totals.count < settings.rounds else { return nil }
        let array = NamedArray("round", [Int64(model.totals.count + 1)])
        let version = UInt64(model.totals.count)
        return Round(kind: "count", parameters: [Parameter(array, version: version)], blocks: dataset.blockCount)
    }

    func emptyPartial(for round: Round) -> Partial {
        Partial([("sum", .counts([0])), ("rows", .rows(RowPieces()))])
    }

    func makeMemory() {}

    func mapper(for round: Round, memory: Void) throws -> any Mapper {
        CountingMapper(factor: try round.parameter("round").array.integers(count: 1)[0], badBlock: settings.badBlock)
    }

    func advance(_ model: inout Model, with answer: Partial) {
        model.totals.append(answer.counts("sum")[0])
    }

    func progress(of model: Model) -> Clustering.Progress {
        Clustering.Progress(phase: "counting", done: model.totals.count, limit: settings.rounds)
    }
}

private struct CountingMapper: Mapper {
    let factor: Int64
    let badBlock: Int?

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        guard block.number != badBlock else { throw ClusteringError(.badData, "bad block: \(block.number); mend it") }
        partial.withCounts(0) { $0[0] += factor * block.rows.reduce(0) { $0 + Int64($1) } }
        partial.withRows(1) {
            $0.insert(.init(firstRow: block.rows.lowerBound, values: .int64(block.rows.map { factor * Int64($0) })))
        }
    }
}

extension CountingProgram {
    /// 20 rows in blocks of 3: seven of them, the last of two rows.
    static func sample(_ settings: Settings = Settings()) throws -> CountingProgram {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("services-\(UUID().uuidString).npy")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try NumpyWriter.write([Float](repeating: 1, count: 40), rows: 20, columns: 2, to: path)
        // The file stays mapped after its name is gone.
        return CountingProgram(settings: settings, dataset: try Dataset(path: path, blockRows: 3))
    }
}

/// Puts the rows of a run where a test can see them.
final class CollectedRows: RowSink {
    private(set) var values: [Int: [Int64]] = [:]

    func write(_ values: NamedArray.Values, field: String, firstRow: Int) {
        if case .int64(let numbers) = values { self.values[firstRow, default: []] += numbers }
    }
}
