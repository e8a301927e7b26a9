package import Shards
package import Tensors

/// Nouns that were chosen: by centre, and the best of each centre first.
package struct NounSelection: Sendable, Equatable {
    /// Rows of the nouns' dataset.
    package internal(set) var rows: [Int] = []
    /// The centre that each was chosen for; the one it scores best at where several chose it.
    package internal(set) var centres: [Int] = []
    /// By the filter's own measure.
    package internal(set) var scores: [Double] = []

    package init() {}

    /// The embeddings of the nouns as unit rows.
    package func unitRows(of nouns: Dataset) -> Matrix {
        let tiles = RowTiles(of: nouns, metric: .cosine)
        return Matrix(rows: rows.count, columns: nouns.columns, values: rows.flatMap(tiles.row))
    }

    /// The embeddings of the nouns as they are stored.
    package func storedRows(of nouns: Dataset) -> Matrix {
        Matrix(rows: rows.count, columns: nouns.columns, values: rows.flatMap(nouns.row))
    }
}

extension NounSelection: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        rows = try reader.readNumbers()
        centres = try reader.readNumbers()
        scores = try reader.readNumbers()
        guard rows.count == centres.count, rows.count == scores.count else { throw ClusteringError.modelUnreadable }
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(numbers: rows)
        writer.write(numbers: centres)
        writer.write(numbers: scores)
    }
}

extension NounFilter {
    /// The best of each centre's list, in the order of centres, without duplicates of what was taken before.
    /// - Returns: nil where a list was too short to tell.
    func choose(from lists: BestLists, mean: Matrix?) throws -> NounSelection? {
        var taken = TakenNouns(dataset, duplicateSimilarity: settings.duplicateSimilarity)
        var chosen: [Int: (centre: Int, score: Double)] = [:]
        for centre in 0..<lists.groups {
            let entries = lists[centre]
            guard entries.allSatisfy({ $0.index < dataset.rows }) else { throw Self.noSuchNoun }
            var count = 0
            for entry in entries where count < settings.perCentre {
                if let other = chosen[entry.index] {
                    // Another centre's too, as only `sic` allows.
                    if entry.score > other.score { chosen[entry.index] = (centre, entry.score) }
                    count += 1
                } else if taken.take(entry.index) {
                    chosen[entry.index] = (centre, entry.score)
                    count += 1
                }
            }
            if count < settings.perCentre && entries.count == lists.capacity { return nil }
        }
        return selection(chosen, lists.order, mean: mean)
    }

    private static let noSuchNoun = ClusteringError(
        .internalError,
        "answer names no noun: score; run the same version everywhere"
    )

    private func selection(
        _ chosen: [Int: (centre: Int, score: Double)],
        _ order: BestLists.Order,
        mean: Matrix?
    ) -> NounSelection {
        let sign: Double = order == .descending ? -1 : 1
        let sorted = chosen.sorted { first, second in
            (first.value.centre, sign * first.value.score, first.key)
                < (second.value.centre, sign * second.value.score, second.key)
        }
        var selection = NounSelection()
        for (row, place) in sorted where mean.map({ isUnique(row, mean: $0) }) ?? true {
            selection.rows.append(row)
            selection.centres.append(place.centre)
            selection.scores.append(place.score)
        }
        return selection
    }

    private func isUnique(_ row: Int, mean: Matrix) -> Bool {
        let values = RowTiles(of: dataset, metric: .cosine).row(row)
        var similarity = [0.0]
        var span = similarity.mutableSpan
        mean.withRow(0) { DirectDistances.similarities(values.span, toRow: $0, into: &span) }
        return similarity[0] < 1 - settings.uniqueness
    }
}

/// The nouns taken so far, which tell whether another says anything new.
private struct TakenNouns {
    private let tiles: RowTiles
    private let limit: Double?
    /// Unit rows.
    private var values: [Float] = []

    init(_ nouns: Dataset, duplicateSimilarity: Double?) {
        tiles = RowTiles(of: nouns, metric: .cosine)
        limit = duplicateSimilarity
    }

    /// Takes a noun, unless it is a duplicate of one that has been taken.
    mutating func take(_ row: Int) -> Bool {
        guard let limit else { return true }
        let candidate = tiles.row(row)
        var similarities = [Double](repeating: 0, count: values.count / candidate.count)
        var span = similarities.mutableSpan
        DirectDistances.similarities(values.span, toRow: candidate.span, into: &span)
        guard similarities.allSatisfy({ $0 <= limit }) else { return false }
        values += candidate
        return true
    }
}
