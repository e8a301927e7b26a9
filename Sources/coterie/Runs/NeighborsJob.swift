import Clustering
import Dashboard
import Services
import Shards
import Tensors

/// The `neighbors` command's work.
struct NeighborsJob {
    let command: FindNeighbors
    /// The run to go on with; nil for a new one.
    let resuming: InterruptedRun?

    func run() throws {
        if command.approximation.approximate { return try searchApproximately() }
        let blockRows = command.common.blocks.blockRows
        let dataset = try Dataset(path: command.data, blockRows: blockRows)
        let queries = try command.queries.map { try Dataset(path: $0, blockRows: blockRows) }
        try resuming?.verify(dataset, others: [queries].compactMap(\.self), as: Neighbors.self, command.fleet)
        var program = try Neighbors(settings: settings(queries), dataset: dataset)
        let run = try JobRun(
            Neighbors.name,
            dataset: dataset,
            settings: record,
            words: command.words,
            others: [queries].compactMap(\.self),
            resuming: resuming,
            fleet: command.fleet,
            output: command.output,
            common: command.common
        )
        try run.run(
            iteration: { Self.iteration($0, of: program) },
            setUp: { folder in
                let store = try NeighborStore(for: program, in: folder)
                program.store = store
                return (program, store)
            },
            finish: { model, _ in
                JobRun.Products(
                    results: [],
                    objective: nil,
                    iterations: model.finishedBands,
                    clusters: nil,
                    costs: costs(
                        NeighborsCost(of: program, workers: expectedWorkers, threads: command.fleet.threadsOfEach),
                        spills: model.spills
                    )
                )
            }
        )
    }

    private func settings(_ queries: Dataset?) -> Neighbors.Settings {
        Neighbors.Settings(
            k: command.neighbors,
            metric: command.metric,
            includesSelf: command.includeSelf,
            queries: queries?.description
        )
    }

    var record: [String: JSONValue] {
        var record: [String: JSONValue] = [
            "neighbors": .integer(command.neighbors),
            "metric": .string(command.metric.rawValue),
            "include-self": .boolean(command.includeSelf),
        ]
        if let queries = command.queries { record["queries"] = .string(queries) }
        return record
    }

    /// A band counts as an iteration; its rate is that of rows that have been compared with all others.
    private static func iteration(
        _ report: RoundReport<Neighbors.Model>,
        of program: Neighbors
    ) -> RunRecord.Iteration? {
        guard report.round.kind == Neighbors.searchKind else { return nil }
        let band = report.model.searchedBands
        let rows = program.rowCount(ofBand: band - 1)
        return RunRecord.Iteration(
            restart: 0,
            iteration: band,
            objective: nil,
            moved: nil,
            seconds: nil,
            rowsPerSecond: Double(rows) / report.duration.seconds
        )
    }

    /// The workers that costs are predicted for.
    var expectedWorkers: Int { max(command.fleet.localWorkers, command.fleet.minWorkers) }

    /// What the fleet did is added by the run.
    func costs(_ cost: NeighborsCost, spills: [DigestedFile.Name]) -> RunRecord.Costs {
        let hasFleet = !command.fleet.inProcess
        return RunRecord.Costs(
            predicted: RunRecord.Figures(
                receivedBytes: hasFleet ? cost.received : nil,
                sentBytes: hasFleet ? cost.sent : nil,
                spilledBytes: cost.spilled,
                workerBytes: hasFleet ? cost.worker : nil,
                coordinatorBytes: hasFleet ? cost.coordinator : nil
            ),
            actual: RunRecord.Figures(
                receivedBytes: nil,
                sentBytes: nil,
                spilledBytes: spills.reduce(0) { $0 + $1.byteCount },
                workerBytes: nil,
                coordinatorBytes: nil
            )
        )
    }
}

extension RunRecord.Costs {
    /// With what is known of the fleets of all the run's lives.
    func completed(by fleet: RunRecord.Fleet, coordinatorBytes: Int) -> RunRecord.Costs {
        var costs = self
        guard !fleet.workers.isEmpty else { return costs }
        costs.actual.receivedBytes = fleet.bytesReceived
        costs.actual.sentBytes = fleet.bytesSent
        costs.actual.workerBytes = fleet.workers.map(\.peakResidentBytes).max()
        costs.actual.coordinatorBytes = coordinatorBytes
        return costs
    }
}
