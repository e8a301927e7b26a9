import Tensors

/// k-means as it is written in a book, in Double: what the program is compared with.
struct PlainKMeans {
    private(set) var labels: [Int] = []
    private(set) var centroids: [[Double]]
    private(set) var objectives: [Double] = []
    private(set) var moved: [Int] = []

    private let rows: [[Double]]
    private let metric: Metric

    init(_ matrix: Matrix, from initial: Matrix, metric: Metric, iterations: Int = 300) {
        self.metric = metric
        rows = Self.rows(matrix, metric)
        centroids = Self.rows(initial, metric)
        for _ in 0..<iterations {
            let next = rows.map { nearest(to: $0) }
            objectives.append(zip(rows, next).reduce(0) { $0 + cost($1.0, centroids[$1.1]) })
            moved.append(labels.isEmpty ? rows.count : zip(labels, next).count { $0 != $1 })
            labels = next
            if moved.last == 0 { break }
            update()
        }
    }

    static func rows(_ matrix: Matrix, _ metric: Metric) -> [[Double]] {
        (0..<matrix.rows).map { row in
            let values = matrix.row(row).map(Double.init)
            return metric == .cosine ? unit(values) : values
        }
    }

    private static func unit(_ row: [Double]) -> [Double] {
        let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return row.map { $0 / norm }
    }

    /// x·c under cosine, ‖x − c‖² otherwise.
    private func cost(_ row: [Double], _ centroid: [Double]) -> Double {
        zip(row, centroid).reduce(0) { total, pair in
            let difference = pair.0 - pair.1
            return total + (metric == .cosine ? pair.0 * pair.1 : difference * difference)
        }
    }

    private func nearest(to row: [Double]) -> Int {
        let costs = centroids.map { cost(row, $0) * (metric == .cosine ? -1 : 1) }
        return costs.indices.min { costs[$0] < costs[$1] } ?? 0
    }

    private mutating func update() {
        for cluster in centroids.indices {
            let members = zip(rows, labels).filter { $0.1 == cluster }.map(\.0)
            guard !members.isEmpty else { continue }
            let mean = centroids[cluster].indices.map { column in
                members.reduce(0) { $0 + $1[column] } / Double(members.count)
            }
            centroids[cluster] = metric == .cosine ? Self.unit(mean) : mean
        }
    }
}
