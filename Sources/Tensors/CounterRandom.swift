/// Random numbers that belong to a place in the computation, not to a sequence: keyed by (seed, purpose, round, row),
/// so it does not matter who draws them, or when, or how often.
///
/// The first three are mixed into a Philox key by one Philox block; the row and the number of the draw are the counter.
package struct CounterRandom: Sendable, Equatable {
    /// What the numbers are for; two purposes never share any.
    ///
    /// Each program names its own.
    package struct Purpose: Sendable, Hashable {
        package let code: UInt32

        package init(code: UInt32) {
            self.code = code
        }
    }

    private let key: Philox.Key

    package init(seed: UInt64, purpose: Purpose, round: UInt64 = 0) {
        let place = Philox.Block(
            UInt32(truncatingIfNeeded: round),
            UInt32(truncatingIfNeeded: round >> 32),
            purpose.code,
            0
        )
        let seeds = Philox.Key(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        let mixed = Philox.block(counter: place, key: seeds)
        key = Philox.Key(mixed[0], mixed[1])
    }

    /// The numbers of one global row.
    package func draws(forRow row: UInt64) -> Draws {
        Draws(key: key, row: row)
    }

    /// The numbers of one row, in order.
    package struct Draws: Sendable, RandomNumberGenerator {
        private let key: Philox.Key
        private let row: UInt64
        private var position: UInt64 = 0
        private var block = Philox.Block()

        fileprivate init(key: Philox.Key, row: UInt64) {
            self.key = key
            self.row = row
        }

        /// 64 random bits; each Philox block gives two.
        package mutating func next() -> UInt64 {
            let isFirstHalf = position.isMultiple(of: 2)
            if isFirstHalf {
                let number = position / 2
                block = Philox.block(
                    counter: Philox.Block(
                        UInt32(truncatingIfNeeded: row),
                        UInt32(truncatingIfNeeded: row >> 32),
                        UInt32(truncatingIfNeeded: number),
                        UInt32(truncatingIfNeeded: number >> 32)
                    ),
                    key: key
                )
            }
            position += 1
            let half = isFirstHalf ? block.lowHalf : block.highHalf
            return UInt64(half[1]) << 32 | UInt64(half[0])
        }

        /// Uniform in the open interval (0, 1): the midpoints of 2⁵² equal parts.
        package mutating func uniform() -> Double {
            (Double(next() >> 12) + 0.5) * 0x1p-52
        }

        /// Uniform in 0..<bound, without bias; bound ≥ 1.
        ///
        /// Lemire: *Fast random integer generation in an interval*, ACM TOMACS 29, 2019.
        package mutating func integer(below bound: Int) -> Int {
            precondition(bound >= 1, "a random integer below \(bound)")
            let range = UInt64(bound)
            var product = next().multipliedFullWidth(by: range)
            if product.low < range {
                let excess = (0 &- range) % range
                while product.low < excess { product = next().multipliedFullWidth(by: range) }
            }
            return Int(product.high)
        }

        /// Exponential with mean 1: −log u.
        package mutating func exponential() -> Double {
            -DeterministicMath.log(uniform())
        }
    }
}
