import Foundation
package import Shards

/// All that a worker needs to do a job's tasks.
package struct JobDescription: Codable, Sendable {
    package var program: String
    /// The program's settings as JSON.
    package var settings: String
    package var dataset: DatasetDescription

    package init<Method: Program>(of program: Method) throws {
        self.program = Method.name
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        settings = String(decoding: try encoder.encode(program.settings), as: UTF8.self)
        dataset = program.dataset.description
    }

    package func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    package init(text: String) throws(ClusteringError) {
        do {
            self = try JSONDecoder().decode(JobDescription.self, from: Data(text.utf8))
        } catch {
            throw ClusteringError(
                .internalError,
                "job not understood: \(error); run the same version of coterie everywhere"
            )
        }
    }
}

/// Every method by its name: the place to add one.
package enum ProgramCatalog {
    private static let methods: [any Program.Type] = [
        SurveyProgram.self, KMeans.self, SampledKMeans.self, Labelling.self, Neighbors.self, ApproximateNeighbors.self,
        NounChoice.self,
        TextClustering.self, HeadTraining<TACObjective>.self, HeadTraining<SCANObjective>.self,
        HeadTraining<SelfLabelObjective>.self, HeadLabelling.self, ScanClustering.self, TextTraining.self,
    ]

    /// The program that a job describes, with its dataset opened and checked against the description.
    /// - Throws: `ShardError` when the files are not those the coordinator sees; `ClusteringError` for an unknown program.
    package static func open(_ job: JobDescription) throws -> any Program {
        guard let method = methods.first(where: { $0.name == job.program }) else {
            throw ClusteringError(
                .internalError,
                "unknown program: \(job.program); run the same version of coterie everywhere"
            )
        }
        return try method.open(job)
    }
}

extension Program {
    fileprivate static func open(_ job: JobDescription) throws -> any Program {
        let settings = try JSONDecoder().decode(Settings.self, from: Data(job.settings.utf8))
        return try Self(settings: settings, dataset: try Dataset(description: job.dataset))
    }
}
