package import Shards

/// The survey by itself.
package struct SurveyProgram: Program {
    package struct Settings: Codable, Sendable {
        package init() {}
    }

    package static let name = "survey"
    package static var dependsOnKernel: Bool { false }

    package let settings: Settings
    package let dataset: Dataset

    package init(settings: Settings, dataset: Dataset) {
        self.settings = settings
        self.dataset = dataset
    }

    /// Nil before the round.
    package func begin() -> SurveyResult? { nil }

    package func round(after model: SurveyResult?) -> Round? {
        model == nil ? Survey.round(over: dataset) : nil
    }

    package func emptyPartial(for round: Round) -> Partial { Survey.emptyPartial() }

    package func makeMemory() {}

    package func mapper(for round: Round, memory: Void) -> any Mapper { Survey.mapper(over: dataset) }

    package func advance(_ model: inout SurveyResult?, with answer: Partial) throws {
        model = try SurveyResult(answer, of: dataset)
    }

    package func progress(of model: SurveyResult?) -> Progress {
        Progress(phase: "surveying", done: model == nil ? 0 : 1, limit: 1)
    }
}
