import Foundation

/// Random numbers that are a function of a seed, a purpose and their place, and of nothing else (SplitMix64: Steele, Lea and
/// Flood 2014).
package struct SeededDraws: Sendable, Equatable {
    /// What numbers are drawn for; each has numbers of its own.
    package enum Purpose: UInt64, Sendable {
        case times = 1
        case kinds = 2
        case details = 3
        case messages = 4
    }

    private var state: UInt64

    /// - Parameter place: such as the number of a fault.
    package init(seed: UInt64, _ purpose: Purpose, place: UInt64) {
        state = Self.mixed(Self.mixed(seed &+ purpose.rawValue &* 0xD1B5_4A32_D192_ED03) ^ place)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// From 0 to 1, without 1.
    package mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// From 0 to `count` - 1.
    package mutating func index(below count: Int) -> Int {
        Int(uniform() * Double(count))
    }

    /// The time to the next of events that come at random, 1 on average.
    package mutating func exponential() -> Double {
        -log(1 - uniform())
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
