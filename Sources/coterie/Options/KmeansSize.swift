/// What the size of a job decides where the user does not: how many restarts k-means makes, and how much its seeding tries.
///
/// By rows × K × dimensions, the products of one pass that compares all rows with all centroids, and never by time, so that
/// the same command gives the same bits on any machine. A pass over few rows counts as one over 100,000 numbers, since
/// every centre that seeding finds is a round of the fleet.
struct KmeansSize: Equatable {
    /// Products of such a pass.
    let products: Double

    /// Of all restarts together, unless there is but one. Seeding and fifty iterations of so many take some seconds on two
    /// cores.
    private static let most = 1e9
    private static let leastNumbers = 1e5

    init(rows: Int, clusters: Int, dimensions: Int) {
        products = Double(clusters) * max(Double(rows) * Double(dimensions), Self.leastNumbers)
    }

    /// 20, 10, 5, 2 or 1.
    var restarts: Int {
        [20, 10, 5, 2].first { Double($0) * products <= Self.most } ?? 1
    }

    /// Whether k-means++ tries several rows for each centre: that takes 3 + ln K times as long.
    var isGreedy: Bool { products <= Self.most }
}
