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
    }

    /// One thing that is wrong.
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
    }

    let path: String
    let layout: String
    let rows: Int
    let dimensions: Int
    let dtype: String
    let files: [File]
    let ignored: [String]
    let norms: Survey.Norms?
    let problems: [Problem]
    /// Only where K was given.
    let memory: MemoryEstimate?

    init(_ dataset: Dataset, memory: MemoryEstimate?) throws {
        let survey = survey(dataset)
        path = dataset.path
        layout = dataset.layout.rawValue
        rows = dataset.rows
        dimensions = dataset.columns
        dtype = dataset.elementType.rawValue
        files = dataset.files.map(File.init)
        ignored = dataset.ignored
        norms = survey.norms
        problems = try Problem.all(in: dataset, survey)
        self.memory = memory
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
    }
}

extension Inspection.Problem {
    static func all(in dataset: Dataset, _ survey: Survey) throws -> [Self] {
        let rows = [
            ofRows("non_finite", "rows with NaN or infinity", survey.nonFinite, in: dataset),
            ofRows("zero", "rows of zeros only, which have no direction", survey.zero, in: dataset),
        ]
        let files = try dataset.identicalFiles().map(ofFiles)
        return rows.compactMap(\.self) + files + [ofDuplicates(DuplicateRows(in: dataset))].compactMap(\.self)
    }

    private static func ofRows(_ kind: String, _ what: String, _ rows: RowList, in dataset: Dataset) -> Self? {
        guard let first = rows.first.first else { return nil }
        let place = dataset.location(ofRow: first)
        let list = rows.first.map(String.init).joined(separator: ", ") + (rows.count > rows.first.count ? ", …" : "")
        let message = "\(rows.count) \(what): rows \(list) (the first is row \(place.row) of \(place.path))"
        return Self(kind: kind, message: message, count: rows.count, rows: rows.first, pairs: nil)
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
