/// The best `capacity` (score, index) pairs, best first: one group of `BestLists`, with the same rules.
package struct BestList: Sendable, Equatable {
    private var lists: BestLists

    package init(capacity: Int, order: BestLists.Order) {
        lists = BestLists(groups: 1, capacity: capacity, order: order)
    }

    package var entries: ArraySlice<BestLists.Entry> { lists[0] }
    package var capacity: Int { lists.capacity }
    package var threshold: BestLists.Entry? { lists.threshold(ofGroup: 0) }

    package mutating func offer(score: Double, index: Int) {
        lists.offer(score: score, index: index, to: 0)
    }

    package mutating func merge(_ other: BestList) {
        lists.merge(other.lists)
    }
}
