package import Tensors

/// Sums of equally long lists of floating-point numbers, one list from each task of a round, added up along one binary
/// tree over the numbers of the tasks.
///
/// Numbers without a bound cannot be summed exactly, but the order of additions can be kept: the tree is the complete one
/// over the tasks, and a node is added up as soon as both its halves are there. So the bits depend neither on who did
/// which task nor on the order of arrival. What is held is the largest nodes that are complete.
package struct TreeSums<Number: Summable & Equatable>: Sendable, Equatable {
    struct Node: Sendable, Equatable {
        /// 0 for a task; a node of a level has two of the level below, or one at the tree's end.
        var level: Int
        /// Counted from the left in its level.
        var index: Int
        var values: [Number]

        var first: Int { index << level }
    }

    /// Tasks of the round.
    package let tasks: Int
    /// Numbers in each list.
    package let count: Int
    /// By their first task; no two share one.
    private(set) var nodes: [Node] = []

    package init(tasks: Int, count: Int) {
        precondition(tasks >= 1 && count >= 0, "\(count) sums over \(tasks) tasks")
        self.tasks = tasks
        self.count = count
    }

    /// The numbers of one task, each task once.
    package mutating func insert(_ values: [Number], task: Int) {
        precondition((0..<tasks).contains(task), "task \(task) of \(tasks)")
        precondition(values.count == count, "\(values.count) values for \(count) sums")
        insert(Node(level: 0, index: task, values: values))
    }

    package mutating func merge(_ other: TreeSums) {
        precondition(tasks == other.tasks && count == other.count, "sums over different tasks cannot be merged")
        for node in other.nodes { insert(node) }
    }

    /// The sums over all tasks.
    /// - Throws: `ClusteringError.Code.internalError` where a task is missing.
    package func total() throws(ClusteringError) -> [Number] {
        guard nodes.count == 1, covered(by: nodes[0]) == 0..<tasks else {
            throw ClusteringError(.internalError, "sums over \(nodes.count) parts of the tasks; report this")
        }
        return nodes[0].values
    }

    private mutating func insert(_ new: Node) {
        var node = new
        while covered(by: node) != 0..<tasks {
            let sibling = node.index ^ 1
            if sibling << node.level < tasks {
                guard let place = nodes.firstIndex(where: { $0.level == node.level && $0.index == sibling }) else {
                    break
                }
                // Removed first, and added to, so that the sum has one owner and nothing is copied: what is new may still
                // be its sender's. The order of two addends changes no bit.
                var sum = nodes.remove(at: place).values
                Number.add(node.values, to: &sum)
                node.values = sum
            }
            node.level += 1
            node.index /= 2
        }
        let place = nodes.firstIndex { $0.first > node.first } ?? nodes.endIndex
        let range = covered(by: node)
        precondition(
            (place == 0 || covered(by: nodes[place - 1]).upperBound <= range.lowerBound)
                && (place == nodes.endIndex || nodes[place].first >= range.upperBound),
            "tasks \(range) came twice"
        )
        nodes.insert(node, at: place)
    }

    private func covered(by node: Node) -> Range<Int> {
        node.first..<min(tasks, (node.index + 1) << node.level)
    }

    /// Whether these tasks, and no others, have been summed.
    func covers(_ range: Range<Int>) -> Bool {
        var next = range.lowerBound
        for node in nodes {
            guard covered(by: node).lowerBound == next else { return false }
            next = covered(by: node).upperBound
        }
        return next == range.upperBound
    }
}

// As arrays, which may come from a peer.
extension TreeSums {
    /// Level and index of each node, and the values of all.
    func arrays(named name: String, _ wrap: ([Number]) -> NamedArray.Values) -> [NamedArray] {
        [
            NamedArray(name + ".nodes", nodes.flatMap { [Int64($0.level), Int64($0.index)] }),
            NamedArray(
                name,
                shape: [nodes.count, count],
                wrap(nodes.count == 1 ? nodes[0].values : nodes.flatMap(\.values))
            ),
        ]
    }

    /// - Throws: `ClusteringError.Code.internalError` where these are not nodes of that tree.
    init(like template: TreeSums, places: [Int64], values: [Number]) throws(ClusteringError) {
        self.init(tasks: template.tasks, count: template.count)
        let number = places.count / 2
        guard places.count == 2 * number, number <= tasks, values.count == number * count else { throw Self.malformed }
        var end = 0
        for place in 0..<number {
            let (level, index) = (Int(places[2 * place]), Int(places[2 * place + 1]))
            guard (0..<Int.bitWidth - 2).contains(level), level == 0 || 1 << (level - 1) < tasks, index >= 0,
                index <= (tasks - 1) >> level, index << level >= end
            else { throw Self.malformed }
            let own = number == 1 ? values : Array(values[place * count..<(place + 1) * count])
            let node = Node(level: level, index: index, values: own)
            end = covered(by: node).upperBound
            insert(node)
        }
    }

    private static var malformed: ClusteringError {
        ClusteringError(
            .internalError,
            "answer not as expected: tree of sums; run the same version of coterie everywhere"
        )
    }
}

extension Partial {
    /// Adds the numbers of one task to a tree.
    package mutating func insert(_ values: [Float], task: Int, intoTree index: Int) {
        withFloatTree(index) { $0.insert(values, task: task) }
    }

    package mutating func insert(_ values: [Double], task: Int, intoTree index: Int) {
        withDoubleTree(index) { $0.insert(values, task: task) }
    }

    /// The sums of a tree over all tasks.
    package func floatTree(_ name: String) throws(ClusteringError) -> [Float] {
        guard case .floatTree(let tree) = field(name) else { preconditionFailure("\(name) is not a tree of float32") }
        return try tree.total()
    }

    package func doubleTree(_ name: String) throws(ClusteringError) -> [Double] {
        guard case .doubleTree(let tree) = field(name) else { preconditionFailure("\(name) is not a tree of float64") }
        return try tree.total()
    }

    /// Refuses trees that are not over exactly the tasks which an answer is for.
    /// - Throws: `ClusteringError.Code.internalError`.
    package func checkTrees(cover tasks: Range<Int>) throws(ClusteringError) {
        for (name, field) in zip(names, fields) {
            let isRight =
                switch field {
                case .floatTree(let tree): tree.covers(tasks)
                case .doubleTree(let tree): tree.covers(tasks)
                default: true
                }
            guard isRight else {
                throw ClusteringError(.internalError, "sums over other tasks: \(name); run the same version everywhere")
            }
        }
    }
}
