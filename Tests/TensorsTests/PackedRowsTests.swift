import Testing

@testable import Tensors

@Suite struct PackedRowsTests {
    @Test(
        arguments: [
            (NeighborMetric.cosine, [1, 0, 0, 0], "row 8 has no direction"),
            (.cosine, [.nan, 0, 1, 0], "row 7 is not finite"),
            (.cosine, [1, 0, 0x1p-130, 0], "row 8 has no direction"),
            (.innerProduct, [1, 0, 0, .infinity], "row 8 is not finite"),
            (.innerProduct, [1, 2e18, 0, 1], "row 7 has a norm above"),
            (.euclidean, [1, 0, 0, 2e18], "row 8 has a norm above"),
        ] as [(NeighborMetric, [Float], String)]
    )
    func `Rows that cannot be compared are refused by their number`(
        metric: NeighborMetric,
        values: [Float],
        message: String
    ) {
        #expect {
            try PackedRows(values.span, columns: 2, firstRow: 7, metric: metric)
        } throws: { error in
            (error as? TensorError)?.code == .rowUnusable && "\(error)".contains(message)
        }
    }

    @Test func `An origin that takes rows out of range is refused, but only where it counts`() throws {
        let values: [Float] = [1, 2, 3, 4]
        let origin: [Float] = [3e18, 0]
        #expect(throws: TensorError.self) {
            try PackedRows(values.span, columns: 2, firstRow: 0, metric: .euclidean, origin: origin)
        }
        #expect(try PackedRows(values.span, columns: 2, firstRow: 0, metric: .innerProduct, origin: origin).rows == 2)
    }

    @Test func `Indices follow the first row's`() throws {
        let values: [Float] = [1, 2, 3, 4, 5, 6]
        let packed = try PackedRows(values.span, columns: 2, firstRow: Int(Int32.max) - 2, metric: .cosine)
        #expect(packed.indices == Int(Int32.max) - 2..<Int(Int32.max) + 1)
        var reservoir = NeighborReservoir(rows: 3, k: 2)
        var search = NeighborSearch(path: .best)
        search.search(within: packed, into: &reservoir)
        #expect(reservoir.lists().indices(ofRow: 0).sorted() == [Int32.max - 1, Int32.max])
    }

    @Test(arguments: NeighborMetric.allCases)
    func `Rows that are read a few at a time, for one use each, are found as those at hand`(
        metric: NeighborMetric
    ) throws {
        let rows = SampleRows.matrix(rows: 150, columns: 21, seed: 5)
        let origin = metric == .euclidean ? Array(rows.row(3)) : []
        var asked: [Range<Int>] = []
        let packed = { (use: PackedRows.Use) throws -> PackedRows in
            asked = []
            return try PackedRows(
                rows: rows.rows,
                columns: rows.columns,
                firstRow: 40,
                metric: metric,
                origin: origin,
                use: use
            ) { part, target in
                asked.append(part)
                for place in target.indices { target[place] = rows.values[part.lowerBound * rows.columns + place] }
            }
        }
        let lists = { (block: PackedRows, candidates: PackedRows?) -> NeighborLists in
            var reservoir = NeighborReservoir(rows: block.rows, k: 9)
            var search = NeighborSearch(path: .best)
            search.search(within: block, candidates: candidates, into: &reservoir)
            return reservoir.lists()
        }
        let whole = try PackedRows(
            rows.values.span,
            columns: rows.columns,
            firstRow: 40,
            metric: metric,
            origin: origin
        )
        #expect(try lists(packed(.queries), packed(.candidates)) == lists(whole, nil))
        #expect(asked.count > 1 && asked.flatMap(Array.init) == Array(0..<150))
    }

    @Test func `A row far behind is refused by its number, too`() {
        var values = [Float](repeating: 1, count: 400)
        values[2 * 130 + 1] = .nan
        #expect {
            try PackedRows(values.span, columns: 2, firstRow: 1000, metric: .cosine, use: .candidates)
        } throws: { error in
            "\(error)".contains("row 1130 is not finite")
        }
    }
}
