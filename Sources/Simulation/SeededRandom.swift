/// Numbers that follow from a seed: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
struct SeededRandom {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// An independent sequence of the same seed, for a purpose of its own, so that a draw more for one thing changes no
    /// other.
    init(seed: UInt64, purpose: UInt64) {
        var first = SeededRandom(seed: seed)
        var second = SeededRandom(seed: first.next() ^ purpose &* 0xD134_2543_DE82_EF95)
        state = second.next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(truncatingIfNeeded: (next() >> 1) % UInt64(range.count))
    }

    /// True in so many of a thousand cases.
    mutating func chance(permille: Int) -> Bool { permille > 0 && integer(0...999) < permille }

    /// In (-1, 1), a multiple of 2^-23.
    mutating func fraction() -> Float { Float(Int32(truncatingIfNeeded: next() >> 32) >> 8) / 8_388_608 }

    /// A number that is as likely to be of one order of magnitude as of another.
    mutating func magnitude(_ range: ClosedRange<Int>) -> Int {
        var high = range.lowerBound
        while high < range.upperBound, integer(0...2) != 0 { high = min(range.upperBound, high * 2 + 1) }
        return integer(range.lowerBound...high)
    }
}
