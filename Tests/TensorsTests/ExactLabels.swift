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

    /// By pointers, since a debug build takes its time over everything else.
    static func score(_ x: ArraySlice<Double>, _ c: ArraySlice<Float>, _ metric: Metric) -> Double {
        precondition(x.count == c.count)
        let isCosine = metric == .cosine
        let sum = unsafe x.withUnsafeBufferPointer { x in
            unsafe c.withUnsafeBufferPointer { c in
                unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: 8) { lane in
                    unsafe lane.initialize(repeating: 0)
                    var element = 0
                    while element < x.count {
                        let value = unsafe x[element]
                        let centre = unsafe Double(c[element])
                        unsafe lane[element & 7] += isCosine ? value * centre : (value - centre) * (value - centre)
                        element += 1
                    }
                    return unsafe ((lane[0] + lane[4]) + (lane[2] + lane[6]))
                        + ((lane[1] + lane[5]) + (lane[3] + lane[7]))
                }
            }
        }
        return isCosine ? -sum : sum
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
        let effort = assignment.assign(rows, to: centroids, labels: &span)
        return (labels, effort.inDouble)
    }
}
