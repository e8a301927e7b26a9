import Clustering
import Coordination
import Foundation
import Shards
import Tensors

/// A small k-means job and what `LocalRunner` makes of it: what every simulated fleet must come to.
///
/// The answers to its tasks are kept, since a task is a pure function of its block and the round; what a fleet does with
/// them, merging them in whatever pieces and order and advancing the model, is done anew in every simulation.
struct ReferenceRun: Sendable {
    let program: KMeans
    /// The same on another copy of the data, in which a value of `staleBlock` differs.
    private let stale: KMeans
    /// The rounds in order.
    let rounds: [Round]
    /// The model's bytes after so many rounds.
    let models: [[UInt8]]
    /// Of each round, the answer to the task of each block.
    private let answers: [[Partial]]
    let digest: String

    static let staleBlock = 1

    init(_ program: KMeans, stale: KMeans) throws {
        self.program = program
        self.stale = stale
        let rows = CollectedRows()
        var rounds: [Round] = []
        var models = [program.encode(try program.begin())]
        let end = try LocalRunner(program, sink: rows).run { report in
            rounds.append(report.round)
            models.append(program.encode(report.model))
            return true
        }
        self.rounds = rounds
        self.models = models
        answers = try rounds.map { round in
            try (0..<round.blocks).map { try Self.answer(program, to: round, of: $0..<$0 + 1) }
        }
        digest = Self.digest(of: program.encode(end.model), rows)
    }

    /// The merged answers to the tasks of some blocks.
    func answer(to round: Round, numbered number: UInt64, of blocks: Range<Int>) throws -> Partial {
        // Other parameters are those of a fleet that has gone wrong already, and have their own answers.
        guard number >= 1, number <= rounds.count, rounds[Int(number) - 1].kind == round.kind,
            rounds[Int(number) - 1].parameters == round.parameters
        else { return try Self.answer(program, to: round, of: blocks) }
        var merged = answers[Int(number) - 1][blocks.lowerBound]
        for block in blocks.dropFirst() { merged.merge(answers[Int(number) - 1][block]) }
        return merged
    }

    /// What a worker with another copy makes of the same tasks.
    func staleAnswer(to round: Round, of blocks: Range<Int>) throws -> Partial {
        try Self.answer(stale, to: round, of: blocks)
    }

    /// What a worker reads in a block.
    static func reading(of block: Int, isStale: Bool) -> Reading {
        Reading(dataset: 1, stretch: block, digest: isStale && block == staleBlock ? 1 : 0)
    }

    private static func answer(_ program: KMeans, to round: Round, of blocks: Range<Int>) throws -> Partial {
        var answer = try program.emptyPartial(for: round)
        var mapper = try program.mapper(for: round, memory: program.makeMemory())
        for block in blocks { try mapper.map(program.dataset.block(block), into: &answer) }
        return answer
    }

    /// SHA-256 over the last model and the rows that the rounds delivered.
    static func digest(of model: [UInt8], _ rows: CollectedRows) -> String {
        var writer = ModelWriter()
        for (field, values) in rows.values.sorted(by: { $0.key < $1.key }) {
            writer.write(field)
            for row in values { writer.write(numbers: row) }
        }
        return Digest.hexadecimal(of: model + writer.bytes)
    }
}

/// The jobs that simulations choose from.
package struct ReferenceRuns: Sendable {
    let runs: [ReferenceRun]

    /// - Parameter blocks: of two rows each, at least 2.
    package init(blocks: Int) throws {
        let configurations: [(Metric, KMeans.Initialisation)] = [
            (.cosine, .random), (.euclidean, .random), (.cosine, .plusPlus), (.euclidean, .parallel),
        ]
        runs = try configurations.enumerated().map { number, configuration in
            let settings = KMeans.Settings(
                clusters: 3,
                metric: configuration.0,
                initialisation: configuration.1,
                maximumIterations: 3,
                seed: UInt64(number)
            )
            let programs = try [false, true].map { isStale in
                let dataset = try Self.dataset(blocks: blocks, seed: UInt64(number), isStale: isStale)
                return try KMeans(settings: settings, dataset: dataset)
            }
            return try ReferenceRun(programs[0], stale: programs[1])
        }
    }

    private static func dataset(blocks: Int, seed: UInt64, isStale: Bool) throws -> Dataset {
        let (blockRows, columns) = (2, 4)
        var random = SeededRandom(seed: seed)
        var values = (0..<blocks * blockRows * columns).map { _ in random.fraction() }
        if isStale { values[ReferenceRun.staleBlock * blockRows * columns] += 0.25 }
        let path = FileManager.default.temporaryDirectory.appending(path: "simulation-\(UUID().uuidString).npy").path
        // The file stays mapped after its name is gone.
        defer { try? FileManager.default.removeItem(atPath: path) }
        try NumpyWriter.write(values, rows: blocks * blockRows, columns: columns, to: path)
        return try Dataset(path: path, blockRows: blockRows)
    }
}

/// The files that a job's rows are written to: they outlive the coordinator's process.
final class CollectedRows: RowSink {
    /// Of each field, the values of each piece by its first row, row numbers first.
    private(set) var values: [String: [[Int32]]] = [:]

    func write(_ values: NamedArray.Values, field: String, firstRow: Int) {
        guard case .int32(let numbers) = values else { return }
        var pieces = self.values[field] ?? []
        for (offset, number) in numbers.enumerated() {
            let row = firstRow + offset
            while pieces.count <= row { pieces.append([]) }
            pieces[row] = [number]
        }
        self.values[field] = pieces
    }
}
