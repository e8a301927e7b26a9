@testable import Tensors

/// Neighbours found the plain way: every pair scored alone, every row's pairs sorted.
struct NeighborReference {
    let rows: Matrix
    let metric: NeighborMetric
    private let pairScores: [[Float]]

    init(_ rows: Matrix, _ metric: NeighborMetric) {
        var rows = rows
        if metric == .cosine { rows.normaliseRows() }
        self.rows = rows
        self.metric = metric
        let values = (0..<rows.rows).map { Array(rows.row($0)) }
        var scores = [[Float]](repeating: [Float](repeating: 0, count: rows.rows), count: rows.rows)
        for one in values.indices {
            for other in one..<rows.rows {
                scores[one][other] =
                    metric == .euclidean
                    ? Self.minusSquaredDistance(values[one], values[other])
                    : Self.dotProduct(values[one], values[other])
                scores[other][one] = scores[one][other]
            }
        }
        pairScores = scores
    }

    /// Summed in order by FMA.
    private static func dotProduct(_ one: [Float], _ other: [Float]) -> Float {
        var dot: Float = 0
        for column in one.indices { dot.addProduct(one[column], other[column]) }
        return dot + 0
    }

    /// Summed over 64 lanes by FMA, the lanes then by halves.
    private static func minusSquaredDistance(_ one: [Float], _ other: [Float]) -> Float {
        var lanes = [Float](repeating: 0, count: 64)
        for column in one.indices {
            let difference = one[column] - other[column]
            lanes[column % 64].addProduct(difference, difference)
        }
        while lanes.count > 1 {
            let half = lanes.count / 2
            lanes = (0..<half).map { lanes[$0] + lanes[$0 + half] }
        }
        return 0 - lanes[0]
    }

    /// The score in Double.
    func exactScore(_ one: Int, _ other: Int) -> Double {
        var sum = 0.0
        for (x, y) in zip(rows.row(one), rows.row(other)) {
            let difference = Double(x) - Double(y)
            sum += metric == .euclidean ? -difference * difference : Double(x) * Double(y)
        }
        return sum
    }

    /// For each row of `queries`, the k best of `among` by these scores.
    func lists(
        of queries: Range<Int>,
        among: Range<Int>,
        k: Int,
        thresholds: [Float]? = nil,
        includeSelf: Bool = false
    ) -> NeighborLists {
        var counts: [Int32] = []
        var indices: [Int32] = []
        var scores: [Float] = []
        for query in queries {
            let floor = thresholds.map { $0[query - queries.lowerBound] } ?? -.infinity
            let pairs = among.filter { includeSelf || $0 != query }.map { (score: pairScores[query][$0], index: $0) }
            let best = pairs.filter { $0.score >= floor }.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.prefix(
                k
            )
            counts.append(Int32(best.count))
            indices += best.map { Int32($0.index) }
            scores += best.map(\.score)
        }
        return NeighborLists(checked: k, counts, indices, scores)
    }
}

/// Rows cut into blocks and searched.
struct BlockedSearch {
    let blocks: [PackedRows]

    init(_ rows: Matrix, _ metric: NeighborMetric, blockRows: Int, origin: [Float] = []) throws {
        blocks = try stride(from: 0, to: rows.rows, by: blockRows).map { first in
            let count = min(blockRows, rows.rows - first)
            let values = first * rows.columns..<(first + count) * rows.columns
            return try PackedRows(
                rows.values.span.extracting(values),
                columns: rows.columns,
                firstRow: first,
                metric: metric,
                origin: origin
            )
        }
    }

    /// Every block with itself and every pair of blocks once, the later block first when `isBackward`.
    func lists(
        k: Int,
        path: KernelPath,
        thresholds: [Float]? = nil,
        includeSelf: Bool = false,
        isBackward: Bool = false
    ) -> NeighborLists {
        var search = NeighborSearch(path: path)
        var reservoirs = blocks.map { block in
            NeighborReservoir(rows: block.rows, k: k, thresholds: thresholds.map { Array($0[block.indices]) })
        }
        let order = isBackward ? Array(blocks.indices.reversed()) : Array(blocks.indices)
        for (place, one) in order.enumerated() {
            search.search(within: blocks[one], includeSelf: includeSelf, into: &reservoirs[one])
            for other in order.dropFirst(place + 1) {
                // The reservoirs are taken out, because two of one array cannot both be inout.
                var left = reservoirs[one]
                var right = reservoirs[other]
                search.search(blocks[one], blocks[other], into: &left, &right)
                reservoirs[one] = left
                reservoirs[other] = right
            }
        }
        return joined(reservoirs.indices.map { reservoirs[$0].lists() }, k)
    }

    /// Every block's rows as queries among every block's rows.
    func oneSidedLists(k: Int, path: KernelPath) -> NeighborLists {
        var search = NeighborSearch(path: path)
        return joined(
            blocks.map { queries in
                var reservoir = NeighborReservoir(rows: queries.rows, k: k)
                for rows in blocks { search.search(queries, among: rows, into: &reservoir) }
                return reservoir.lists()
            },
            k
        )
    }

    private func joined(_ parts: [NeighborLists], _ k: Int) -> NeighborLists {
        NeighborLists(checked: k, parts.flatMap(\.counts), parts.flatMap(\.indices), parts.flatMap(\.scores))
    }
}

/// Rows in an order of their own, searched in groups that are not alike on both sides.
struct PickedSearch {
    let rows: Matrix
    let metric: NeighborMetric
    let origin: [Float]
    let path: KernelPath
    let blockRows: Int

    init(_ rows: Matrix, _ metric: NeighborMetric, _ origin: [Float], _ path: KernelPath, blockRows: Int) {
        self.rows = rows
        self.metric = metric
        self.origin = origin
        self.path = path
        self.blockRows = blockRows
    }

    private func packed(_ numbers: [Int], _ use: PackedRows.Use) throws -> PackedRows {
        let values = numbers.flatMap { Array(rows.row($0)) }
        return try PackedRows(
            values.span,
            columns: rows.columns,
            rowNumbers: numbers.map(Int32.init),
            metric: metric,
            origin: origin,
            use: use
        )
    }

    /// The lists of all rows, in their order.
    func lists(k: Int, includeSelf: Bool) throws -> NeighborLists {
        var search = NeighborSearch(path: path)
        let queries = try packed((0..<rows.rows).reversed(), .queries)
        var reservoir = NeighborReservoir(rows: rows.rows, k: k)
        // Every seventh row from the first on, then from the second …
        let order = (0..<7).flatMap { Array(stride(from: $0, to: rows.rows, by: 7)) }
        for first in stride(from: 0, to: rows.rows, by: blockRows) {
            let block = try packed(Array(order[first..<min(rows.rows, first + blockRows)]), .candidates)
            for part in 0..<3 {
                let picks = (0..<Int32(rows.rows)).filter { Int($0) % 5 % 3 == part }
                search.search(picks[...], of: queries, among: block, includeSelf: includeSelf, into: &reservoir)
            }
        }
        let lists = reservoir.lists()
        let parts = (0..<rows.rows).reversed().map { lists.lists(ofRows: $0..<$0 + 1) }
        return NeighborLists(checked: k, parts.flatMap(\.counts), parts.flatMap(\.indices), parts.flatMap(\.scores))
    }
}
