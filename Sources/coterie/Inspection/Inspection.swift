import Clustering
import Shards
import Tensors

/// Everything that `inspect` finds out.
struct Inspection: Encodable {
    struct File: Encodable {
        let path: String
        let key: String?
        let rows: Int
        let bytes: Int
        let dtype: String
        let format: String
        /// `C` for rows one after the other, `Fortran` for columns.
        let order: String
        let compressed: Bool
    }

    struct Norms: Encodable, Equatable {
        let least: Double
        let mean: Double
        let greatest: Double
    }

    /// One thing that may be wrong.
    struct Problem: Encodable, Equatable {
        /// What kind of thing, for programs.
        let kind: String
        /// One line for people.
        let message: String
        /// How many rows or files it concerns.
        let count: Int
        /// The first rows concerned.
        let rows: [Int]?
        /// The first pairs concerned, the later row first.
        let pairs: [DuplicateRows.Pair]?
        /// Whether a job would refuse the data for it.
        var isError = false

        private enum CodingKeys: String, CodingKey {
            case kind, message, count, rows, pairs
            case isError = "error"
        }
    }

    let path: String
    let layout: String
    let rows: Int
    let dimensions: Int
    let dtype: String
    let files: [File]
    let ignored: [String]
    /// Of the finite rows; nil when there is none.
    let norms: Norms?
    let problems: [Problem]
    let memory: MemoryEstimate

    init(_ dataset: Dataset, memory: MemoryEstimate) throws {
        let survey = try Self.survey(dataset)
        path = dataset.path
        layout = dataset.layout.rawValue
        rows = dataset.rows
        dimensions = dataset.columns
        dtype = dataset.elementType.rawValue
        files = dataset.files.map(File.init)
        ignored = dataset.ignored
        norms = survey.nonFinite.count < survey.rows ? Norms(survey) : nil
        problems = try Problem.all(in: dataset, survey)
        self.memory = memory
    }

    /// Reads every row once, as the first round of any job does.
    private static func survey(_ dataset: Dataset) throws -> SurveyResult {
        let program = SurveyProgram(settings: .init(), dataset: dataset)
        guard let result = try LocalRunner(program).run().model else {
            throw CommandError(.internalError, "survey without a result", at: dataset.path, fix: "report this")
        }
        return result
    }
}

extension Inspection.Norms {
    init(_ survey: SurveyResult) {
        least = survey.leastNorm
        mean = survey.meanNorm
        greatest = survey.greatestNorm
    }
}

extension Inspection.File {
    init(_ file: DatasetFile) {
        path = file.path
        key = file.key
        rows = file.rows
        bytes = file.byteCount
        dtype = file.elementType.rawValue
        format = file.format.rawValue
        order = file.isFortranOrder ? "Fortran" : "C"
        compressed = file.isCompressed
    }
}

extension Inspection.Problem {
    static func all(in dataset: Dataset, _ survey: SurveyResult) throws -> [Self] {
        let rows = [
            ofRows("non_finite", "rows with NaN or infinity", survey.nonFinite, in: dataset),
            ofRows("zero", "rows of zeros only, which have no direction", survey.zero, in: dataset),
        ]
        let files = try dataset.identicalFiles().map(ofFiles)
        return rows.compactMap(\.self) + files + [ofDuplicates(DuplicateRows(in: dataset))].compactMap(\.self)
    }

    private static func ofRows(
        _ kind: String,
        _ what: String,
        _ rows: SurveyResult.FoundRows,
        in dataset: Dataset
    ) -> Self? {
        guard let first = rows.first.first else { return nil }
        let place = dataset.location(ofRow: first)
        let listed = rows.first.prefix(DuplicateRows.listed)
        let list = listed.map(String.init).joined(separator: ", ") + (rows.count > listed.count ? ", …" : "")
        let message = "\(rows.count) \(what): rows \(list) (the first is row \(place.row) of \(place.path))"
        return Self(kind: kind, message: message, count: rows.count, rows: Array(listed), pairs: nil, isError: true)
    }

    private static func ofFiles(_ files: [DatasetFile]) -> Self {
        let names = files.map(\.path).joined(separator: ", ")
        let message = "\(files.count) identical files: \(names)"
        return Self(kind: "identical_files", message: message, count: files.count, rows: nil, pairs: nil)
    }

    private static func ofDuplicates(_ duplicates: DuplicateRows) -> Self? {
        guard duplicates.count > 0 else { return nil }
        let list = duplicates.first.map { "\($0.row) = \($0.earlier)" }.joined(separator: ", ")
        let more = duplicates.count > duplicates.first.count ? ", …" : ""
        let message = "\(duplicates.count) duplicate rows: \(list)\(more)"
        return Self(
            kind: "duplicate_rows",
            message: message,
            count: duplicates.count,
            rows: nil,
            pairs: duplicates.first
        )
    }
}
