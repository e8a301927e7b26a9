import Tensors

extension CounterRandom.Draws {
    /// So many different integers in 0..<bound, every set of them equally likely, in no order.
    ///
    /// Floyd's algorithm: Bentley, *Programming pearls: a sample of brilliance*, CACM 30(9), 1987.
    mutating func distinctIntegers(_ count: Int, below bound: Int) -> [Int] {
        var chosen: Set<Int> = []
        return (bound - count..<bound).map { last in
            let drawn = integer(below: last + 1)
            let fresh = chosen.contains(drawn) ? last : drawn
            chosen.insert(fresh)
            return fresh
        }
    }
}
