/// A one-to-one assignment of rows to columns that collects the greatest possible weight, in integers.
///
/// Shortest augmenting paths with dual prices, after Jonker and Volgenant, "A shortest augmenting path algorithm for
/// dense and sparse linear assignment problems", Computing 38 (1987). The weights are sparse and not negative: a pair
/// that is not listed weighs nothing. There must be no more rows than columns; then every row is assigned. Time is at
/// most O(rows² · columns), memory what the listed weights cost. Ties are broken by column number, so equal tables give
/// equal assignments.
struct MaximumAssignment {
    /// One listed weight of a row.
    typealias Weight = ContingencyTable.Entry

    private let weights: [[Weight]]
    private let columnCount: Int
    /// Dual prices for costs = −weights: `rowPrice[i] + columnPrice[j] ≤ cost(i, j)`, with equality where assigned.
    private var rowPrice: [Int]
    private var columnPrice: [Int]
    private(set) var columnOfRow: [Int?]
    private var rowOfColumn: [Int?]

    init(weights: [[Weight]], columnCount: Int) {
        precondition(weights.count <= columnCount, "\(weights.count) rows for \(columnCount) columns")
        self.weights = weights
        self.columnCount = columnCount
        rowPrice = weights.map { row in -(row.map(\.count).max() ?? 0) }
        columnPrice = [Int](repeating: 0, count: columnCount)
        columnOfRow = [Int?](repeating: nil, count: weights.count)
        rowOfColumn = [Int?](repeating: nil, count: columnCount)
        assignUncontested()
        var search = Search(columnCount: columnCount)
        for row in weights.indices where columnOfRow[row] == nil {
            augment(from: row, with: &search)
        }
    }

    /// Gives each row its heaviest column where nobody has taken it yet: that is optimal under the first prices, and
    /// leaves few rows to the search when the clusters resemble the classes.
    private mutating func assignUncontested() {
        for row in weights.indices {
            for weight in weights[row] where -weight.count == rowPrice[row] && rowOfColumn[weight.column] == nil {
                assign(row, to: weight.column)
                break
            }
        }
    }

    private mutating func assign(_ row: Int, to column: Int) {
        columnOfRow[row] = column
        rowOfColumn[column] = row
    }

    /// Finds the cheapest alternating path from an unassigned row to a free column, and turns it over.
    private mutating func augment(from start: Int, with search: inout Search) {
        search.begin()
        var row = start
        var reached = 0
        while true {
            search.relax(row, weights[row], from: reached - rowPrice[row], columnPrice: columnPrice)
            let column = search.closeNearest(rowOfColumn)
            reached = search.distance[column]
            guard let next = rowOfColumn[column] else {
                updatePrices(start: start, shortest: reached, search)
                turnOver(endingAt: column, start: start, search)
                return
            }
            row = next
        }
    }

    /// Keeps every price feasible and the edges of the new path tight.
    private mutating func updatePrices(start: Int, shortest: Int, _ search: Search) {
        rowPrice[start] += shortest
        for column in search.closed {
            let slack = shortest - search.distance[column]
            columnPrice[column] -= slack
            if let row = rowOfColumn[column] { rowPrice[row] += slack }
        }
    }

    private mutating func turnOver(endingAt column: Int, start: Int, _ search: Search) {
        var column = column
        while true {
            let row = search.rowBefore[column]
            let before = columnOfRow[row]
            assign(row, to: column)
            guard row != start, let before else { return }
            column = before
        }
    }
}

extension MaximumAssignment {
    /// The state of one shortest-path search over columns, kept between searches for its storage.
    private struct Search {
        var distance: [Int]
        var rowBefore: [Int]
        /// Columns whose distance is final, in the order they were reached.
        private(set) var closed: [Int] = []
        /// Columns whose distance may still shrink, in no order that matters: ties are broken by number.
        private var open: [Int] = []
        private var cost: [Int]

        init(columnCount: Int) {
            distance = [Int](repeating: .max, count: columnCount)
            rowBefore = [Int](repeating: 0, count: columnCount)
            cost = [Int](repeating: 0, count: columnCount)
        }

        mutating func begin() {
            closed.removeAll(keepingCapacity: true)
            open = Array(distance.indices)
            for column in distance.indices { distance[column] = .max }
        }

        /// Shortens the distance of open columns by the way through `row`.
        mutating func relax(_ row: Int, _ weights: [Weight], from base: Int, columnPrice: [Int]) {
            for weight in weights { cost[weight.column] = -weight.count }
            for column in open {
                let candidate = base + cost[column] - columnPrice[column]
                if candidate < distance[column] {
                    distance[column] = candidate
                    rowBefore[column] = row
                }
            }
            for weight in weights { cost[weight.column] = 0 }
        }

        /// Closes the open column at the least distance, and returns it.
        ///
        /// There is always one, since rows never outnumber columns. Among equals a free column wins, since it ends the search, and then the lowest.
        mutating func closeNearest(_ rowOfColumn: [Int?]) -> Int {
            var best = 0
            for place in open.indices.dropFirst() {
                let (column, leader) = (open[place], open[best])
                if distance[column] > distance[leader] { continue }
                let isNearer = distance[column] < distance[leader]
                let (isTaken, leaderIsTaken) = (rowOfColumn[column] != nil, rowOfColumn[leader] != nil)
                if isNearer || (isTaken == leaderIsTaken ? column < leader : leaderIsTaken) { best = place }
            }
            let column = open[best]
            open.swapAt(best, open.count - 1)
            open.removeLast()
            closed.append(column)
            return column
        }
    }
}
