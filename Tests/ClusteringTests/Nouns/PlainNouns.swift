import Foundation
import Tensors

@testable import Clustering

/// The formulas of METHODS §2 and §3 in Double, word for word.
enum PlainNouns {
    static func units(_ matrix: Matrix) -> [[Double]] {
        (0..<matrix.rows).map { row in unit(matrix.row(row).map(Double.init)) }
    }

    static func unit(_ row: [Double]) -> [Double] {
        let norm = max(dot(row, row).squareRoot(), 1e-12)
        return row.map { $0 / norm }
    }

    static func dot(_ one: [Double], _ other: [Double]) -> Double {
        zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
    }

    static func softmax(_ logits: [Double]) -> [Double] {
        let greatest = logits.max() ?? 0
        let powers = logits.map { exp($0 - greatest) }
        let total = powers.reduce(0, +)
        return powers.map { $0 / total }
    }

    /// The chosen rows of nouns for each centre.
    static func choose(
        _ nouns: [[Double]],
        _ centres: [[Double]],
        by settings: NounFilter.Settings,
        among rows: [Int]? = nil
    ) -> [Set<Int>] {
        let rows = rows ?? Array(nouns.indices)
        var offers = centres.map { _ in [(score: Double, row: Int)]() }
        for row in rows {
            let similarities = centres.map { dot($0, nouns[row]) }
            let posterior = softmax(similarities.map { $0 / settings.temperature })
            let best = posterior.max() ?? 0
            let centre = posterior.firstIndex(of: best) ?? 0
            switch settings.kind {
            case .tac: offers[centre].append((best, row))
            case .gradnorm: offers[centre].append((-norm(posterior, centre, nouns[row], settings.power), row))
            case .sic: for index in centres.indices { offers[index].append((similarities[index], row)) }
            }
        }
        let mean = unit(nouns[0].indices.map { column in rows.reduce(0) { $0 + nouns[$1][column] } })
        return offers.map { offers in
            let sorted = offers.sorted { ($1.score, $0.row) < ($0.score, $1.row) }
            let best = sorted.prefix(settings.perCentre).map(\.row)
            return Set(settings.kind == .sic ? best.filter { dot(nouns[$0], mean) < 1 - settings.uniqueness } : best)
        }
    }

    /// ‖π − y‖_p · ‖u‖_p.
    static func norm(_ posterior: [Double], _ centre: Int, _ noun: [Double], _ power: Double) -> Double {
        let differences = posterior.enumerated().map { abs($1 - ($0 == centre ? 1 : 0)) }
        let length = { (values: [Double]) in pow(values.reduce(0) { $0 + pow(abs($1), power) }, 1 / power) }
        return length(differences) * length(noun)
    }

    static func counterpart(_ image: [Double], _ nouns: [[Double]], temperature: Double) -> [Double] {
        let weights = softmax(nouns.map { dot(image, $0) / temperature })
        return unit(image.indices.map { column in zip(weights, nouns).reduce(0) { $0 + $1.0 * $1.1[column] } })
    }
}
