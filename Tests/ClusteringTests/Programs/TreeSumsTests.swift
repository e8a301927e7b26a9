import Tensors
import Testing

@testable import Clustering

@Suite struct TreeSumsTests {
    private static func numbers(task: Int, count: Int) -> [Float] {
        var draws = CounterRandom(seed: 1, purpose: .init(code: 77)).draws(forRow: UInt64(task))
        return (0..<count).map { _ in Float(draws.normal()) }
    }

    /// The tree by its definition, from the root down.
    private static func sums(_ first: Int, _ level: Int, tasks: Int, count: Int) -> [Float] {
        if level == 0 { return numbers(task: first, count: count) }
        let half = 1 << (level - 1)
        let left = sums(first, level - 1, tasks: tasks, count: count)
        guard first + half < tasks else { return left }
        return zip(left, sums(first + half, level - 1, tasks: tasks, count: count)).map { $0 + $1 }
    }

    @Test(arguments: [1, 2, 3, 7, 8, 16, 21], [1, 2, 3, 4, 5] as [UInt64])
    func `Any partition and any order have the bits of the tree`(tasks: Int, seed: UInt64) throws {
        let count = 5
        var draws = CounterRandom(seed: seed, purpose: .init(code: 78)).draws(forRow: 0)
        var parts = (0..<4).map { _ in TreeSums<Float>(tasks: tasks, count: count) }
        for task in Array(0..<tasks).shuffled(using: &draws) {
            parts[draws.integer(below: 4)].insert(Self.numbers(task: task, count: count), task: task)
        }
        var all = TreeSums<Float>(tasks: tasks, count: count)
        for part in parts.shuffled(using: &draws) {
            let arrays = part.arrays(named: "x") { .float32($0) }
            guard case .int64(let places) = arrays[0].values, case .float32(let values) = arrays[1].values else {
                Issue.record("arrays of other kinds")
                return
            }
            let received = try TreeSums<Float>(like: all, places: places, values: values)
            #expect(received == part)
            all.merge(received)
        }
        let level = (0...10).first { 1 << $0 >= tasks } ?? 0
        #expect(try all.total() == Self.sums(0, level, tasks: tasks, count: count))
        #expect(all.covers(0..<tasks))
    }

    @Test func `A worker of neighbouring tasks holds few nodes`() {
        var sums = TreeSums<Float>(tasks: 64, count: 1)
        for task in 3..<60 { sums.insert([1], task: task) }
        #expect(sums.nodes.count <= 10 && sums.covers(3..<60))
        #expect(!sums.covers(3..<61) && !sums.covers(2..<60) && !sums.covers(0..<64))
    }

    @Test func `A sum over some of the tasks is not the total`() {
        var sums = TreeSums<Double>(tasks: 4, count: 1)
        sums.insert([1], task: 0)
        sums.insert([1], task: 1)
        #expect(throws: ClusteringError.self) { try sums.total() }
    }

    @Test(arguments: [
        ([0, 0, 0, 0], 2), ([0, 4], 1), ([3, 0], 1), ([-1, 0], 1), ([0, -1], 1), ([0, 0], 2), ([1, 0, 0, 1], 2),
        ([0], 0),
        ([62, 0], 1), ([0, 2, 0, 1], 2),
    ])
    func `Nodes that cannot be are refused`(places: [Int64], values: Int) {
        let template = TreeSums<Float>(tasks: 4, count: 1)
        // A node of level 3 covers the same tasks as one of level 2, but no tree over four tasks has it.
        #expect(throws: ClusteringError.self) {
            try TreeSums<Float>(like: template, places: places, values: [Float](repeating: 1, count: values))
        }
    }
}
