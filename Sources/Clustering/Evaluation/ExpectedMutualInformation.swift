import Foundation

/// The mutual information that two partitions with given sizes have on average when the rows are dealt at random.
///
/// For sizes a and b of n rows the shared count x is hypergeometric, and the sum over all pairs of sizes of
/// Σₓ P(x) · x/n · ln(n·x / (a·b)) is what scikit-learn computes from differences of log-gammas. Those are of the order of
/// n·ln n, so their differences lose digits as n grows. Here P(x) comes from the ratio of neighbouring probabilities,
/// starting at the likeliest count and divided by their sum, which loses none; and the tails, where P(x) is below 2⁻⁹⁶ of
/// its greatest value, are left out. Equal sizes are computed once.
struct ExpectedMutualInformation {
    private static let negligible = 0x1p-96
    private let total: Int

    init(total: Int) {
        self.total = total
    }

    /// Expected mutual information in nats.
    /// - Parameters:
    ///   - clusterSizes: sizes of the parts of one partition, each at least 1, with `total` as their sum.
    ///   - classSizes: likewise of the other partition.
    func value(_ clusterSizes: [Int], _ classSizes: [Int]) -> Double {
        let classes = Self.multiplicities(classSizes)
        var sum = 0.0
        for cluster in Self.multiplicities(clusterSizes) {
            for classGroup in classes {
                let pairs = Double(cluster.times) * Double(classGroup.times)
                sum += pairs * term(cluster.size, classGroup.size)
            }
        }
        return sum
    }

    /// How often each size occurs, by ascending size.
    private static func multiplicities(_ sizes: [Int]) -> [(size: Int, times: Int)] {
        var groups: [(size: Int, times: Int)] = []
        for size in sizes.sorted() {
            if let last = groups.last, last.size == size {
                groups[groups.count - 1].times += 1
            } else {
                groups.append((size, 1))
            }
        }
        return groups
    }

    /// Σₓ P(x) · x/n · ln(n·x / (a·b)) for one pair of sizes.
    private func term(_ first: Int, _ second: Int) -> Double {
        let range = max(0, first + second - total)...min(first, second)
        let likeliest = mode(first, second, within: range)
        let (n, a, b) = (Double(total), Double(first), Double(second))
        // n - a - b itself may be negative, but not together with the count.
        let rest = Double(total - first - second)
        let logOfChance = log(a / n * b)

        var weight = 1.0
        var weights = 1.0
        var information = Self.information(Double(likeliest), logOfChance)
        var count = Double(likeliest)
        while count < Double(range.upperBound), weight > Self.negligible {
            weight *= (a - count) * (b - count) / ((count + 1) * (rest + count + 1))
            count += 1
            weights += weight
            information += weight * Self.information(count, logOfChance)
        }
        (weight, count) = (1, Double(likeliest))
        while count > Double(range.lowerBound), weight > Self.negligible {
            weight *= count * (rest + count) / ((a - count + 1) * (b - count + 1))
            count -= 1
            weights += weight
            information += weight * Self.information(count, logOfChance)
        }
        return information / weights / n
    }

    /// The likeliest shared count, ⌊(a + 1)(b + 1) / (n + 2)⌋.
    private func mode(_ first: Int, _ second: Int, within range: ClosedRange<Int>) -> Int {
        let product = (first + 1).multipliedFullWidth(by: second + 1)
        let likeliest = (total + 2).dividingFullWidth(product).quotient
        return min(max(likeliest, range.lowerBound), range.upperBound)
    }

    private static func information(_ count: Double, _ logOfChance: Double) -> Double {
        count > 0 ? count * (log(count) - logOfChance) : 0
    }
}
