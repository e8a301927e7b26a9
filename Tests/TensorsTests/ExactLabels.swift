@testable import Tensors

/// Labels as they are defined, found without a kernel; and those that kernels give.
enum ExactLabels {
    static func of(_ rows: Matrix, _ centroids: Matrix, _ metric: Metric) -> [Int32] {
        of(rows.values.map(Double.init), rows.rows, centroids, metric)
    }

    static func of(_ rows: [Double], _ count: Int, _ centroids: Matrix, _ metric: Metric) -> [Int32] {
        let columns = centroids.columns
        return (0..<count).map { row in
            let x = rows[row * columns..<(row + 1) * columns]
            let scores = (0..<centroids.rows).map { score(x, centroids.row($0), metric) }
            return Int32(scores.indices.min { (scores[$0], $0) < (scores[$1], $1) } ?? 0)
        }
    }

    static func score(_ x: ArraySlice<Double>, _ c: ArraySlice<Float>, _ metric: Metric) -> Double {
        let terms = zip(x, c).map { x, c in
            metric == .cosine ? x * Double(c) : (x - Double(c)) * (x - Double(c))
        }
        return metric == .cosine ? -laneSum(terms) : laneSum(terms)
    }

    static func found(
        _ rows: Matrix,
        _ centroids: Matrix,
        _ metric: Metric,
        _ path: KernelPath
    ) -> (labels: [Int32], rechecked: Int) {
        let packed = PackedCentroids(centroids, metric: metric, path: path)
        var assignment = Assignment(for: packed)
        return found(ExactRows(rows), packed, with: &assignment)
    }

    static func found(
        _ rows: ExactRows,
        _ centroids: PackedCentroids,
        with assignment: inout Assignment
    ) -> (labels: [Int32], rechecked: Int) {
        var labels = [Int32](repeating: -1, count: rows.count)
        var span = labels.mutableSpan
        let rechecked = assignment.assign(rows, to: centroids, labels: &span)
        return (labels, rechecked)
    }
}
