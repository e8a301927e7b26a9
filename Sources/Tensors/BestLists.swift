/// The best `capacity` (score, index) pairs of each of `groups` groups, best first.
///
/// Ties go to the lower index, so offering and merging give the same lists in any order.
package struct BestLists: Sendable, Equatable {
    package enum Order: Sendable {
        /// A higher score is better, as for similarities.
        case descending
        /// A lower score is better, as for distances.
        case ascending
    }

    package struct Entry: Sendable, Equatable {
        package let score: Double
        package let index: Int

        package init(score: Double, index: Int) {
            self.score = score
            self.index = index
        }
    }

    package let groups: Int
    package let capacity: Int
    package let order: Order
    /// `groups` × `capacity`, each group's entries first; the places behind them stay `unused`, all alike for equality.
    private var entries: [Entry]
    private var counts: [Int]

    private static let unused = Entry(score: 0, index: -1)

    package init(groups: Int, capacity: Int, order: Order) {
        precondition(groups >= 0 && capacity >= 1, "\(groups) lists of \(capacity)")
        self.groups = groups
        self.capacity = capacity
        self.order = order
        entries = [Entry](repeating: Self.unused, count: groups * capacity)
        counts = [Int](repeating: 0, count: groups)
    }

    /// A group's entries, best first.
    package subscript(group: Int) -> ArraySlice<Entry> {
        entries[group * capacity..<group * capacity + counts[group]]
    }

    /// The entry that the next offer to a full list must beat; nil while the list has room.
    package func threshold(ofGroup group: Int) -> Entry? {
        counts[group] == capacity ? entries[(group + 1) * capacity - 1] : nil
    }

    /// Keeps the pair if it is among the best of its group.
    ///
    /// The score must not be NaN.
    package mutating func offer(score: Double, index: Int, to group: Int) {
        precondition(!score.isNaN, "NaN cannot be ranked")
        let entry = Entry(score: score, index: index)
        if let threshold = threshold(ofGroup: group) {
            guard precedes(entry, threshold) else { return }
        } else {
            counts[group] += 1
        }
        let start = group * capacity
        var place = start + counts[group] - 1
        while place > start && precedes(entry, entries[place - 1]) {
            entries[place] = entries[place - 1]
            place -= 1
        }
        entries[place] = entry
    }

    /// Takes in another lists' entries, group by group; associative and commutative.
    package mutating func merge(_ other: BestLists) {
        precondition(
            groups == other.groups && capacity == other.capacity && order == other.order,
            "lists of different shape or order cannot be merged"
        )
        for group in 0..<groups {
            for entry in other[group] { offer(score: entry.score, index: entry.index, to: group) }
        }
    }

    private func precedes(_ one: Entry, _ other: Entry) -> Bool {
        if one.score == other.score { return one.index < other.index }
        return order == .descending ? one.score > other.score : one.score < other.score
    }
}
