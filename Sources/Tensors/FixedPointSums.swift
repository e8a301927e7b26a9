import CKernels

/// Exact sums of rows by cluster: `rows` clusters × `columns`, and how many rows each has.
///
/// Totals are integers by level, see `SumRule`. Merging adds integers, so the order of additions and merges changes no
/// bit, and sums are equal where the same rows have been added, however.
package struct FixedPointSums: Sendable {
    /// Clusters.
    package let rows: Int
    package let columns: Int
    package let rule: SumRule
    /// `rows` × `columns` totals of each level, in its quanta; a level but the first is empty until it holds something.
    var levels: [[Int64]]
    /// Rows added to each cluster.
    package internal(set) var counts: [Int64]

    package init(rows: Int, columns: Int, rule: SumRule) {
        self.rows = rows
        self.columns = columns
        self.rule = rule
        levels = [[Int64](repeating: 0, count: rows * columns)]
        levels += [[Int64]](repeating: [], count: rule.levels - 1)
        counts = [Int64](repeating: 0, count: rows)
    }

    /// Adds each row of the tile to the cluster its label names.
    ///
    /// The values keep what the rule was told of them, which the dataset's first pass has found: neither the bound nor the
    /// least bit is looked at here.
    /// - Parameters:
    ///   - tile: rows of `columns` values.
    ///   - factors: what each row is multiplied by, rounding to Double; empty where all are 1.
    ///   - labels: one for each row, in 0..<rows; −1 leaves a row out.
    package mutating func add(tile: Span<Float>, factors: Span<Double> = Span(), labels: Span<Int32>) {
        unsafe add(tile.bytes, areDoubles: false, factors: factors, labels: labels, using: .best)
    }

    /// The same of rows of Doubles.
    package mutating func add(tile: Span<Double>, factors: Span<Double> = Span(), labels: Span<Int32>) {
        unsafe add(tile.bytes, areDoubles: true, factors: factors, labels: labels, using: .best)
    }

    mutating func add(
        _ tile: RawSpan,
        areDoubles: Bool,
        factors: Span<Double>,
        labels: Span<Int32>,
        unit: Int64 = 1,
        using set: InstructionSet
    ) {
        let stride = areDoubles ? MemoryLayout<Double>.stride : MemoryLayout<Float>.stride
        precondition(
            tile.byteCount == labels.count * columns * stride,
            "\(tile.byteCount) bytes are not \(labels.count) rows of \(columns)"
        )
        precondition(
            factors.isEmpty || factors.count == labels.count,
            "\(factors.count) factors of \(labels.count) rows"
        )
        TileShape.checkLabels(labels, from: -1, below: rows)
        guard !labels.isEmpty && columns > 0 else { return }
        unsafe tile.withUnsafeBytes { tile in
            unsafe factors.withUnsafeBufferPointer { factors in
                unsafe labels.withUnsafeBufferPointer { labels in
                    guard let first = tile.baseAddress, let names = labels.baseAddress else { return }
                    let tile = unsafe TileRows(
                        values: first,
                        areDoubles: areDoubles,
                        factors: factors.isEmpty ? nil : factors.baseAddress,
                        labels: names,
                        count: labels.count,
                        unit: unit
                    )
                    unsafe add(tile, using: set)
                }
            }
        }
    }

    /// Rows in the form in which the kernel takes them.
    @unsafe private struct TileRows {
        let values: UnsafeRawPointer
        let areDoubles: Bool
        let factors: UnsafePointer<Double>?
        let labels: UnsafePointer<Int32>
        let count: Int
        /// 1 to add them, −1 to take them out again.
        var unit: Int64 = 1
    }

    private mutating func add(_ tile: TileRows, using set: InstructionSet) {
        guard levels.count > 1 else {
            _ = unsafe add(tile, toLevel: 0, rest: nil, restLabels: nil, using: set)
            return
        }
        // What a level leaves of some rows is written over what the level before left of more rows.
        unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: unsafe tile.count * columns) { rest in
            unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: unsafe tile.count) { restLabels in
                guard let values = rest.baseAddress, let names = restLabels.baseAddress else { return }
                var left = unsafe add(tile, toLevel: 0, rest: values, restLabels: names, using: set)
                for level in levels.indices.dropFirst() where left > 0 {
                    prepare(level)
                    let isLast = level == levels.count - 1
                    let rows = unsafe TileRows(
                        values: UnsafeRawPointer(values),
                        areDoubles: true,
                        factors: nil,
                        labels: UnsafePointer(names),
                        count: left
                    )
                    left = unsafe add(
                        rows,
                        toLevel: level,
                        rest: isLast ? nil : values,
                        restLabels: isLast ? nil : names,
                        using: set
                    )
                }
            }
        }
    }

    /// - Returns: of how many rows the level has left something in `rest`.
    private mutating func add(
        _ tile: TileRows,
        toLevel level: Int,
        rest: UnsafeMutablePointer<Double>?,
        restLabels: UnsafeMutablePointer<Int32>?,
        using set: InstructionSet
    ) -> Int {
        let (magic, limit) = (rule.magic(ofLevel: level), rule.limit(ofLevel: level))
        return unsafe levels[level].withUnsafeMutableBufferPointer { sums in
            unsafe counts.withUnsafeMutableBufferPointer { counts in
                let target = unsafe ck_sum_level(
                    magic: magic,
                    limit: limit,
                    sums: sums.baseAddress,
                    counts: level == 0 ? counts.baseAddress : nil,
                    unit: tile.unit
                )
                return unsafe ck_accumulate(
                    tile.values,
                    tile.areDoubles ? 1 : 0,
                    tile.factors,
                    tile.count,
                    columns,
                    tile.labels,
                    target,
                    rest,
                    restLabels,
                    set.kernelArgument
                )
            }
        }
    }

    /// Makes room for what a level is about to hold.
    mutating func prepare(_ level: Int) {
        if levels[level].isEmpty { levels[level] = [Int64](repeating: 0, count: rows * columns) }
    }

    /// Adds other sums of the same shape and rule; exact, hence in any order.
    package mutating func merge(_ other: FixedPointSums) {
        precondition(
            rows == other.rows && columns == other.columns && rule == other.rule,
            "sums of different shape or rule cannot be merged"
        )
        // Not by `mutableSpan`: after it Swift 6.3.1 with -O no longer copies the counts where they are shared, and changes
        // those of every copy of these sums. Wrapping, since a peer's totals may be anything within their range.
        for level in levels.indices where !other.levels[level].isEmpty {
            prepare(level)
            var totals = levels[level]
            levels[level] = []  // so that they have one owner, and adding copies nothing
            for index in totals.indices { totals[index] &+= other.levels[level][index] }
            levels[level] = totals
        }
        for index in counts.indices { counts[index] &+= other.counts[index] }
    }
}

extension FixedPointSums: Equatable {
    package static func == (one: Self, other: Self) -> Bool {
        one.rows == other.rows && one.columns == other.columns && one.rule == other.rule && one.counts == other.counts
            && zip(one.levels, other.levels).allSatisfy { $0 == $1 || holdsNothing($0) && holdsNothing($1) }
    }

    private static func holdsNothing(_ level: [Int64]) -> Bool { level.allSatisfy { $0 == 0 } }
}
