import Tensors

/// The inverted file: which rows each cell has, where the cells are, and how many of them a row probes.
///
/// Cells go by their places in the chain.
struct CellIndex: Sendable {
    private static let orderName = "order"
    private static let startsName = "starts"
    private static let centroidsName = "cell-centroids"
    private static let probesName = "probes"

    /// The rows, cell after cell, ascending in each.
    let order: [Int32]
    /// The first position of each cell, and last the number of rows.
    private let starts: [Int64]
    /// Cells × columns.
    let centroids: Matrix
    /// The cells that are searched for each row, at least 1.
    let probes: Int

    var cells: Int { starts.count - 1 }

    /// - Parameters:
    ///   - labels: the cell of each row, by the centroids' numbers.
    ///   - chain: those numbers in the order of the chain.
    init(labels: [Int32], centroids: Matrix, chain: [Int], probes: Int) {
        let places = Self.places(of: chain)
        var counts = [Int64](repeating: 0, count: chain.count)
        for label in labels { counts[places[Int(label)]] += 1 }
        let starts = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        var next = starts
        var order = [Int32](repeating: 0, count: labels.count)
        for (row, label) in labels.enumerated() {
            let place = places[Int(label)]
            order[Int(next[place])] = Int32(row)
            next[place] += 1
        }
        let values = chain.flatMap { centroids.row($0) }
        self.init(order, starts, Matrix(rows: chain.count, columns: centroids.columns, values: values), probes)
    }

    /// The place in the chain of each cell.
    static func places(of chain: [Int]) -> [Int] {
        var places = [Int](repeating: 0, count: chain.count)
        for (place, cell) in chain.enumerated() { places[cell] = place }
        return places
    }

    /// What a round's tasks are told.
    /// - Throws: `ClusteringError` where it is no index of such a dataset.
    init(_ round: Round, rows: Int, columns: Int) throws(ClusteringError) {
        guard case .int32(let order) = try round.parameter(Self.orderName).array.values else { throw Self.malformed }
        self.init(
            order,
            try round.parameter(Self.startsName).array.integers(),
            try round.parameter(Self.centroidsName).array.matrix(),
            Int(try round.parameter(Self.probesName).array.integers(count: 1)[0])
        )
        guard isSound(rows: rows, columns: columns) else { throw Self.malformed }
    }

    private init(_ order: [Int32], _ starts: [Int64], _ centroids: Matrix, _ probes: Int) {
        self.order = order
        self.starts = starts
        self.centroids = centroids
        self.probes = probes
    }

    private func isSound(rows: Int, columns: Int) -> Bool {
        centroids.rows >= 1 && centroids.rows == cells && centroids.columns == columns && (1...cells).contains(probes)
            && order.count == rows && order.allSatisfy { $0 >= 0 && $0 < Int32(rows) }
            && starts.first == 0 && starts.last == Int64(rows)
            && zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 }
    }

    private static let malformed = ClusteringError(
        .internalError,
        "index not as expected; run the same version of coterie everywhere"
    )

    var parameters: [Parameter] {
        [
            Parameter(NamedArray(Self.orderName, order), version: 1),
            Parameter(NamedArray(Self.startsName, starts), version: 1),
            Parameter(NamedArray(Self.centroidsName, centroids), version: 1),
            Parameter(NamedArray(Self.probesName, [Int64(probes)]), version: 1),
        ]
    }

    /// The positions of a cell's rows.
    func positions(ofCell cell: Int) -> Range<Int> { Int(starts[cell])..<Int(starts[cell + 1]) }

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
        let parameter: Parameter = try reader.read()
        centroids = try parameter.array.matrix()
        probes = try reader.read()
    }

    func write(to writer: inout ModelWriter) {
        writer.write(numbers: order)
        writer.write(numbers: starts)
        writer.write(Parameter(NamedArray(Self.centroidsName, centroids), version: 1))
        writer.write(probes)
    }
}
