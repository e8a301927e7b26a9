// The totals as lists of numbers, to be sent and kept.

extension FixedPointSums {
    /// `rows` × `columns` totals of the first level, in its quanta.
    package var coarseTotals: [Int64] { levels[0] }

    /// The totals of the finer levels that are not 0: where each is, in ascending order, and how much.
    ///
    /// The cell of a row and a column of level ℓ ≥ 1 is at ((ℓ − 1) · rows + row) · columns + column.
    package var fineTotals: (places: [Int64], totals: [Int64]) {
        var (places, totals): ([Int64], [Int64]) = ([], [])
        for (level, sums) in levels.dropFirst().enumerated() {
            for (cell, total) in sums.enumerated() where total != 0 {
                places.append(Int64(level * rows * columns + cell))
                totals.append(total)
            }
        }
        return (places, totals)
    }

    /// Sums that were made elsewhere, from their parts and the counts of rows.
    /// - Throws: `TensorError.Code.sumsInexact` where a size is wrong, a total is beyond what the rule allows, a place is not
    ///   one or out of order, or more rows are counted than the rule allows.
    package init(
        rows: Int,
        columns: Int,
        rule: SumRule,
        coarseTotals: [Int64],
        fineTotals: (places: [Int64], totals: [Int64]),
        counts: [Int64]
    ) throws(TensorError) {
        self.init(rows: rows, columns: columns, rule: rule)
        let (places, totals) = fineTotals
        let cells = rows * columns
        let last = places.last ?? 0
        guard
            coarseTotals.count == cells, counts.count == rows, places.count == totals.count,
            counts.allSatisfy({ $0.magnitude <= rule.terms }), coarseTotals.allSatisfy(rule.admits),
            totals.allSatisfy({ $0 != 0 && rule.admits($0) }), (places.first ?? 0) >= 0,
            places.isEmpty || last < Int64((rule.levels - 1) * cells),
            zip(places, places.dropFirst()).allSatisfy({ $0 < $1 })
        else {
            throw TensorError(
                .sumsInexact,
                "partial sums break the rule of exact sums: \(rows) × \(columns); run the same version everywhere"
            )
        }
        levels[0] = coarseTotals
        for (place, total) in zip(places, totals) {
            let (level, cell) = Int(place).quotientAndRemainder(dividingBy: cells)
            prepare(level + 1)
            levels[level + 1][cell] = total
        }
        self.counts = counts
    }
}
