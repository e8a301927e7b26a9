import Tensors

/// Which draw of which restart a round of seeding is for.
struct SeedingDraw {
    private static let name = "draw"

    let restart: Int
    let step: Int

    init(restart: Int, step: Int) {
        self.restart = restart
        self.step = step
    }

    init(_ round: Round) throws(ClusteringError) {
        let numbers = try round.parameter(Self.name).array.integers(count: 2)
        guard numbers.allSatisfy({ 0...Int64(Int32.max) ~= $0 }) else { throw round.missing(Self.name) }
        self.init(restart: Int(numbers[0]), step: Int(numbers[1]))
    }

    func parameter(_ model: inout KMeans.Model) -> Parameter {
        model.newParameter(NamedArray(Self.name, [Int64(restart), Int64(step)]))
    }
}

/// How far the rows of a block are from the centres or candidates that a restart's seeding has found so far.
struct SeedingRows: Sendable {
    enum Kind: Sendable {
        case race
        case greedy
        case spread
    }

    private var kind = Kind.race
    private var restart = -1
    /// Centres or generations of candidates that have been taken into account.
    var covered = 0
    /// The squared distance of each row to the nearest.
    var squares: [Double] = []
    /// The nearest candidate of each row; not kept by a race.
    var nearest: [Int32] = []

    /// Starts anew, unless what is here belongs to this seeding and knows no more than the round does.
    mutating func resume(_ kind: Kind, restart: Int, covering count: Int, rows: Int) {
        guard self.kind != kind || self.restart != restart || covered > count || squares.count != rows else { return }
        self.kind = kind
        self.restart = restart
        covered = 0
        squares = [Double](repeating: .infinity, count: rows)
        nearest = kind == .spread ? [Int32](repeating: 0, count: rows) : []
    }

    /// Measures rows against the centres that the block does not know of; `covered` is set once all its tiles were measured.
    mutating func measure(_ tile: Range<Int>, _ values: Span<Float>, against centres: Matrix) {
        var distances = [Double](repeating: 0, count: tile.count)
        for centre in covered..<centres.rows {
            var span = distances.mutableSpan
            centres.withRow(centre) { DirectDistances.squaredDistances(values, toRow: $0, into: &span) }
            for (row, square) in zip(tile, distances) { squares[row] = min(squares[row], square) }
        }
    }
}
