import Tensors

/// The inverted file: which rows each cell has, and which cells it probes.
///
/// Cells go by their places in the chain.
struct CellIndex: Sendable {
    private static let orderName = "order"
    private static let startsName = "starts"
    private static let probesName = "probes"
    private static let probeStartsName = "probe-starts"

    /// The rows, cell after cell, ascending in each.
    let order: [Int32]
    /// The first position of each cell, and last the number of rows.
    let starts: [Int64]
    /// The cells that each cell probes besides itself, the nearest first, one cell's after the other's.
    private let probes: [Int32]
    private let probeStarts: [Int64]

    /// - Parameters:
    ///   - labels: the cell of each row.
    ///   - probes: cells that are searched for a row, its own among them; more where they have fewer rows than
    ///     `leastRows`.
    init(labels: [Int32], chain: CellChain, probes: Int, leastRows: Int) {
        var places = [Int](repeating: 0, count: chain.order.count)
        for (place, cell) in chain.order.enumerated() { places[Int(cell)] = place }
        var counts = [Int64](repeating: 0, count: chain.order.count)
        for label in labels { counts[places[Int(label)]] += 1 }
        let starts = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        var next = starts
        var order = [Int32](repeating: 0, count: labels.count)
        for (row, label) in labels.enumerated() {
            let place = places[Int(label)]
            order[Int(next[place])] = Int32(row)
            next[place] += 1
        }
        self.order = order
        self.starts = starts
        let lists = chain.order.map { cell -> [Int32] in
            var rows = 0
            var list: [Int32] = []
            for probed in chain.nearest[Int(cell)] {
                guard list.count < probes || rows < leastRows else { break }
                let place = places[Int(probed)]
                list.append(Int32(place))
                rows += Int(counts[place])
            }
            return Array(list.dropFirst())
        }
        self.probes = lists.flatMap(\.self)
        probeStarts = lists.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int64($1.count)) }
    }

    /// What a round's tasks are told.
    /// - Throws: `ClusteringError` where it is no index of so many rows.
    init(_ round: Round, rows: Int, cells: Int) throws(ClusteringError) {
        guard case .int32(let order) = try round.parameter(Self.orderName).array.values,
            case .int32(let probes) = try round.parameter(Self.probesName).array.values
        else { throw Self.malformed }
        self.init(
            order,
            try round.parameter(Self.startsName).array.integers(count: cells + 1),
            probes,
            try round.parameter(Self.probeStartsName).array.integers(count: cells + 1)
        )
        guard isSound(rows: rows) else { throw Self.malformed }
    }

    private init(_ order: [Int32], _ starts: [Int64], _ probes: [Int32], _ probeStarts: [Int64]) {
        self.order = order
        self.starts = starts
        self.probes = probes
        self.probeStarts = probeStarts
    }

    private func isSound(rows: Int) -> Bool {
        let cells = Int32(starts.count - 1)
        return order.count == rows && order.allSatisfy { $0 >= 0 && $0 < Int32(rows) }
            && Self.isAscending(starts, to: rows) && Self.isAscending(probeStarts, to: probes.count)
            && probes.allSatisfy { $0 >= 0 && $0 < cells }
    }

    private static func isAscending(_ starts: [Int64], to end: Int) -> Bool {
        starts.first == 0 && starts.last == Int64(end) && zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 }
    }

    private static let malformed = ClusteringError(
        .internalError,
        "index not as expected; run the same version of coterie everywhere"
    )

    var parameters: [Parameter] {
        [
            Parameter(NamedArray(Self.orderName, order), version: 1),
            Parameter(NamedArray(Self.startsName, starts), version: 1),
            Parameter(NamedArray(Self.probesName, probes), version: 1),
            Parameter(NamedArray(Self.probeStartsName, probeStarts), version: 1),
        ]
    }

    /// The positions of a cell's rows.
    func positions(ofCell cell: Int) -> Range<Int> { Int(starts[cell])..<Int(starts[cell + 1]) }

    /// The cells that have some of these positions, of which there is at least one.
    func cells(of positions: Range<Int>) -> Range<Int> {
        let first = (starts.firstIndex { $0 > Int64(positions.lowerBound) } ?? starts.count) - 1
        let end = starts.firstIndex { $0 >= Int64(positions.upperBound) } ?? starts.count - 1
        return first..<end
    }

    /// The cells that a cell probes besides itself, the nearest first.
    func probes(ofCell cell: Int) -> ArraySlice<Int32> { probes[Int(probeStarts[cell])..<Int(probeStarts[cell + 1])] }

    /// Where some rows are.
    func positions(ofRows rows: [Int]) -> [Int] {
        var positions = [Int](repeating: 0, count: order.count)
        for (position, row) in order.enumerated() { positions[Int(row)] = position }
        return rows.map { positions[$0] }
    }
}

extension CellIndex: ModelCoded {
    init(from reader: inout ModelReader) throws {
        order = try reader.readNumbers()
        starts = try reader.readNumbers()
        probes = try reader.readNumbers()
        probeStarts = try reader.readNumbers()
    }

    func write(to writer: inout ModelWriter) {
        writer.write(numbers: order)
        writer.write(numbers: starts)
        writer.write(numbers: probes)
        writer.write(numbers: probeStarts)
    }
}
