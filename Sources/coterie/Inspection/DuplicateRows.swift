import Shards

/// Rows that are byte for byte the same as an earlier row.
struct DuplicateRows: Equatable {
    /// As many as are named of anything.
    static let listed = 10

    struct Pair: Equatable, Encodable {
        let row: Int
        /// The first row that is the same.
        let earlier: Int
    }

    /// Rows that equal an earlier one.
    private(set) var count = 0
    /// The first of them.
    private(set) var first: [Pair] = []

    /// Reads every row, and those that look alike twice.
    ///
    /// Memory: 16 bytes per row, for a 64-bit hash and an index.
    init(in dataset: Dataset) {
        let hashes = Self.hashes(of: dataset)
        let order = hashes.indices.sorted { (hashes[$0], $0) < (hashes[$1], $1) }
        var pairs: [Pair] = []
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, hashes[order[end]] == hashes[order[start]] { end += 1 }
            if end - start > 1 { pairs += Self.pairs(among: order[start..<end], in: dataset) }
            start = end
        }
        count = pairs.count
        first = Array(pairs.sorted { $0.row < $1.row }.prefix(Self.listed))
    }

    /// The pairs among rows of one hash, which may differ all the same.
    private static func pairs(among rows: ArraySlice<Int>, in dataset: Dataset) -> [Pair] {
        var firstRows: [String: Int] = [:]
        var pairs: [Pair] = []
        for row in rows {
            let digest = digest(ofRow: row, in: dataset)
            if let earlier = firstRows[digest] {
                pairs.append(Pair(row: row, earlier: earlier))
            } else {
                firstRows[digest] = row
            }
        }
        return pairs
    }

    private static func digest(ofRow row: Int, in dataset: Dataset) -> String {
        var digest = Digest()
        dataset.withStoredRows(row..<row + 1) { bytes, _ in digest.update(bytes) }
        return digest.hexadecimal()
    }

    /// A hash of each row as float32, so that rows of the same bytes have the same hash.
    private static func hashes(of dataset: Dataset) -> [UInt64] {
        var hashes: [UInt64] = []
        hashes.reserveCapacity(dataset.rows)
        for number in 0..<dataset.blockCount {
            let rows = dataset.block(number).rows
            let values = dataset.read(rows: rows)
            let span = values.span
            for index in 0..<rows.count {
                let start = index * dataset.columns
                hashes.append(hash(span.extracting(start..<start + dataset.columns)))
            }
        }
        return hashes
    }

    /// Multiplication spreads each number's bits upwards, the shift brings them back down.
    private static func hash(_ values: Span<Float>) -> UInt64 {
        var hash: UInt64 = 0
        for index in values.indices {
            hash = (hash ^ UInt64(values[index].bitPattern)) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
        }
        return hash
    }
}
