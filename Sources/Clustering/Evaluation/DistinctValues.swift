/// A list of integers as its distinct values in ascending order and, for each row, which of them it holds.
struct DistinctValues {
    let values: [Int64]
    /// For each row an index into `values`.
    let codes: [Int]
    /// For each value the number of its rows.
    let sizes: [Int]

    init(_ list: [Int64]) {
        // The dictionary is only looked into; what is read in order is the sorted array.
        let values = Set(list).sorted()
        let codeOf = Dictionary(uniqueKeysWithValues: zip(values, values.indices))
        let codes = list.compactMap { codeOf[$0] }
        var sizes = [Int](repeating: 0, count: values.count)
        for code in codes { sizes[code] += 1 }
        self.values = values
        self.codes = codes
        self.sizes = sizes
    }

    /// The rows of each value, in ascending order, values in ascending order.
    func rowsByValue() -> [ArraySlice<Int>] {
        var next = [0]
        for size in sizes { next.append((next.last ?? 0) + size) }
        let starts = next
        var rows = [Int](repeating: 0, count: codes.count)
        for (row, code) in codes.enumerated() {
            rows[next[code]] = row
            next[code] += 1
        }
        return sizes.indices.map { rows[starts[$0]..<starts[$0 + 1]] }
    }
}
