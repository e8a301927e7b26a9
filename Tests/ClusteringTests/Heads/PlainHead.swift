import Foundation

@testable import Clustering

/// A head and the losses over it in Float64, written from the formulas and nothing else: no pieces, no kernels.
struct PlainHead {
    let shape: HeadShape
    var parameters: [Double]

    init(_ head: Head) {
        shape = head.shape
        parameters = head.parameters.map(Double.init)
    }

    /// The softmax of each row of one group, normalised by the group itself.
    func probabilities(_ rows: [[Double]]) -> [[Double]] {
        softmax(last(features(rows)))
    }

    private func features(_ rows: [[Double]]) -> [[Double]] {
        guard let hidden = shape.hidden else { return rows }
        var result = rows.map { row in
            (0..<hidden).map { unit in
                (0..<shape.inputs).reduce(parameters[shape.firstBias.lowerBound + unit]) {
                    $0 + parameters[shape.firstWeights.lowerBound + unit * shape.inputs + $1] * row[$1]
                }
            }
        }
        let count = Double(rows.count)
        for unit in 0..<hidden {
            let mean = result.reduce(0) { $0 + $1[unit] } / count
            let variance = result.reduce(0) { $0 + ($1[unit] - mean) * ($1[unit] - mean) } / count
            let gain = parameters[shape.gains.lowerBound + unit]
            let shift = parameters[shape.shifts.lowerBound + unit]
            for row in rows.indices {
                let normal = (result[row][unit] - mean) / (variance + 1e-5).squareRoot()
                result[row][unit] = max(0, gain * normal + shift)
            }
        }
        return result
    }

    private func last(_ features: [[Double]]) -> [[Double]] {
        features.map { row in
            (0..<shape.clusters).map { cluster in
                row.indices.reduce(parameters[shape.lastBias.lowerBound + cluster]) {
                    $0 + parameters[shape.lastWeights.lowerBound + cluster * shape.features + $1] * row[$1]
                }
            }
        }
    }
}

func softmax(_ logits: [[Double]]) -> [[Double]] {
    logits.map { row in
        let most = row.max() ?? 0
        let powers = row.map { exp($0 - most) }
        let total = powers.reduce(0, +)
        return powers.map { $0 / total }
    }
}

/// METHODS of the papers in Float64.
enum PlainLosses {
    static func contrast(_ a: [[Double]], _ b: [[Double]], temperature: Double) -> Double {
        let clusters = a[0].count
        let columns = (0..<2 * clusters).map { column in
            (column < clusters ? a : b).map { $0[column % clusters] }
        }
        func cosine(_ i: Int, _ j: Int) -> Double {
            func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
            let (x, y) = (columns[i], columns[j])
            return dot(x, y) / (dot(x, x) * dot(y, y)).squareRoot()
        }
        let total = columns.indices.reduce(0.0) { sum, i in
            let others = columns.indices.filter { $0 != i }.map { exp(cosine(i, $0) / temperature) }
            return sum - cosine(i, (i + clusters) % (2 * clusters)) / temperature + log(others.reduce(0, +))
        }
        return total / Double(2 * clusters)
    }

    static func agreements(_ p: [[Double]], _ q: [[Double]]) -> [Double] {
        zip(p, q).map { zip($0, $1).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    static func confidence(_ p: [[Double]], _ q: [[Double]], _ form: Confidence) -> Double {
        let agreements = agreements(p, q)
        let count = Double(p.count)
        return form == .code
            ? -agreements.reduce(0) { $0 + log($1) } / count : -log(agreements.reduce(0, +) / count)
    }

    static func entropy(_ p: [[Double]]) -> Double {
        p[0].indices.reduce(0) { sum, cluster in
            let mean = p.reduce(0) { $0 + $1[cluster] } / Double(p.count)
            return sum - mean * log(mean)
        }
    }
}
