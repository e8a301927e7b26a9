import Testing

@testable import Tensors

@Suite struct BestListsTests {
    /// Scores with many ties, so that the rule for them matters.
    private let offers: [(score: Double, index: Int)] = (0..<40).map { (Double($0 * 17 % 11), $0) }

    @Test(arguments: [BestLists.Order.ascending, .descending], [1, 3, 40, 60])
    func `A list holds the first of all offers in order`(order: BestLists.Order, capacity: Int) {
        let sorted = offers.sorted { one, other in
            if one.score == other.score { return one.index < other.index }
            return order == .ascending ? one.score < other.score : one.score > other.score
        }
        let list = list(of: offers.reversed(), capacity, order)
        #expect(list.entries.map(\.index) == sorted.prefix(capacity).map(\.index))
        #expect(list.entries.map(\.score) == sorted.prefix(capacity).map(\.score))
        #expect(list.threshold?.index == (capacity <= 40 ? sorted[capacity - 1].index : nil))
    }

    @Test func `Merging is associative and commutative`() {
        let parts = [offers[0..<13], offers[13..<14], offers[14..<40]].map { list(of: Array($0), 7, .descending) }
        let whole = list(of: offers, 7, .descending)
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            var left = parts[order[0]]
            left.merge(parts[order[1]])
            left.merge(parts[order[2]])
            var tail = parts[order[1]]
            tail.merge(parts[order[2]])
            var right = parts[order[0]]
            right.merge(tail)
            #expect(left == whole)
            #expect(right == whole)
        }
    }

    @Test func `Groups do not mix`() {
        var lists = BestLists(groups: 3, capacity: 2, order: .ascending)
        for (score, index) in offers { lists.offer(score: score, index: index, to: index % 3) }
        for group in 0..<3 {
            let alone = list(of: offers.filter { $0.index % 3 == group }, 2, .ascending)
            #expect(Array(lists[group]) == Array(alone.entries))
        }
    }

    private func list(of offers: [(score: Double, index: Int)], _ capacity: Int, _ order: BestLists.Order) -> BestList {
        var list = BestList(capacity: capacity, order: order)
        for (score, index) in offers { list.offer(score: score, index: index) }
        return list
    }
}
