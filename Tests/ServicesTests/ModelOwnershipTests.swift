import Clustering
import Coordination
import Shards
import Testing

@testable import Services

struct ModelOwnershipTests {
    /// Says of each round whether its model had one owner when it changed.
    private struct Owned: Program {
        final class Contents: Sendable {}

        struct Model: ModelCoded, Sendable {
            var contents = Contents()
            var hadOneOwner: [Bool] = []

            init() {}
            init(from reader: inout ModelReader) {}
            func write(to writer: inout ModelWriter) {}
        }

        struct Settings: Codable, Sendable {}

        static let name = "owned"

        let settings: Settings
        let dataset: Dataset

        func begin() -> Model { Model() }

        func round(after model: Model) -> Round? {
            model.hadOneOwner.count < 4 ? Round(kind: "own", parameters: [], blocks: dataset.blockCount) : nil
        }

        func emptyPartial(for round: Round) -> Partial { Partial([]) }
        func makeMemory() {}
        func mapper(for round: Round, memory: Void) -> any Mapper { NothingMapper() }

        func advance(_ model: inout Model, with answer: Partial) {
            model.hadOneOwner.append(isKnownUniquelyReferenced(&model.contents))
            model.contents = Contents()
        }

        func progress(of model: Model) -> Clustering.Progress {
            Clustering.Progress(phase: "owning", done: model.hadOneOwner.count, limit: 4)
        }
    }

    private struct NothingMapper: Mapper {
        mutating func map(_ block: Block, into partial: inout Partial) {}
    }

    /// Holds the last report, as who may have to save it does.
    private final class Holder: JobObserver {
        let letsGo: Bool
        private var held: RoundReport<Owned.Model>?

        init(letsGo: Bool) { self.letsGo = letsGo }

        func roundFinished(_ report: RoundReport<Owned.Model>) { held = report }
        func modelWillChange() { if letsGo { held = nil } }
        var isRecordDue: Bool { false }
        func record() {}
        func working(_ activity: JobActivity, fleet: () -> FleetActivity?) {}
        func status(_ activity: JobActivity, fleet: FleetActivity) -> String { "{}" }
        func fleetChanged(_ event: FleetEvent, after time: Duration) {}
    }

    @Test(arguments: [true, false])
    func `a model changes in its place when its observer lets go of it`(letsGo: Bool) throws {
        let program = Owned(settings: .init(), dataset: try CountingProgram.sample().dataset)
        let job = LocalJob(program, sink: nil, threads: 1, interruption: Interruption())
        let model = try job.run(observer: Holder(letsGo: letsGo)).model
        #expect(model.hadOneOwner == (letsGo ? [true, true, true, true] : [true, false, false, false]))
    }
}
