/// How far centroids have moved from one iteration to the next: what a bound on the distance to others loses by it.
package struct CentroidMoves: Sendable {
    /// The farthest, and the farthest but one.
    private var greatest = 0.0
    private var second = 0.0
    private var farthest = -1
    private let squares: [Double]

    /// - Parameters: as many centroids as before, and as long.
    package init(from previous: Matrix, to centroids: Matrix) {
        precondition(previous.rows == centroids.rows && previous.columns == centroids.columns, "other centroids")
        let own = (0..<centroids.rows).map { Int32($0) }
        squares = DirectDistances.squaredDistances(ExactRows(previous), to: own, of: centroids)
        for (cluster, square) in squares.enumerated() {
            // Rounded up, and by more than a unit row is off under cosine.
            let distance = square.squareRoot() * (1 + 0x1p-20)
            if distance > greatest {
                (greatest, second, farthest) = (distance, greatest, cluster)
            } else {
                second = max(second, distance)
            }
        }
    }

    /// Whether the centroid of a label has kept its place, so that scores by it are what they were.
    func isStill(_ label: Int32) -> Bool { squares[Int(label)] == 0 }

    /// The most that any centroid has moved but that of a label.
    func mostOfOthers(than label: Int32) -> Double { Int(label) == farthest ? second : greatest }
}
