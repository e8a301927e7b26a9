import Foundation

/// One axis of a chart: which values it spans, where they lie, and which are marked.
package struct Axis: Equatable {
    package enum Kind: Equatable {
        case linear
        /// The logarithm of 1 + value, so that 0 has a place.
        case logarithmic
    }

    package struct Tick: Equatable {
        package let value: Double
        package let label: String
    }

    let kind: Kind
    let lower: Double
    let upper: Double
    package let ticks: [Tick]

    /// A linear axis from the least to the greatest of these values, with ticks at round numbers between them.
    /// - Parameters:
    ///   - isWhole: whether only whole numbers mean anything, as for iterations.
    ///   - ticks: about how many ticks there is room for.
    package static func linear(over values: some Collection<Double>, isWhole: Bool = false, ticks: Double = 5) -> Axis {
        var lower = values.min() ?? 0
        var upper = values.max() ?? 1
        // A single value, or values too close to tell apart, lie in the middle of a small span.
        if upper - lower <= abs(upper) * 1e-12 {
            let margin = isWhole ? 1 : max(abs(upper) * 0.01, 1e-9)
            (lower, upper) = (lower - margin, upper + margin)
        }
        let step = niceStep((upper - lower) / ticks, isWhole: isWhole)
        // The margin lets a tick that lies on an end count as on the axis.
        let first = (lower / step - 1e-9).rounded(.up)
        let last = (upper / step + 1e-9).rounded(.down)
        let values = first <= last ? stride(from: first, through: last, by: 1).map { $0 * step } : []
        return Axis(kind: .linear, lower: lower, upper: upper, ticks: labelled(values, step: step))
    }

    /// An axis from 0 to the greatest of these values with ticks at powers of ten.
    static func logarithmic(over values: some Collection<Double>) -> Axis {
        let upper = max(values.max() ?? 1, 1)
        let decades = Int(log10(upper) + 1e-9)
        let every = max(1, (decades + 4) / 5)
        // On a long axis 1 would be written over 0.
        let first = decades < 4 ? 0 : every
        let values = [0] + stride(from: first, through: decades, by: every).map { pow(10, Double($0)) }
        let ticks = values.map { value in
            let label = value < 1e6 ? NumberText.grouped(Int(value)) : NumberText.fixed(value / 1e6, decimals: 0) + "M"
            return Tick(value: value, label: label)
        }
        return Axis(kind: .logarithmic, lower: 0, upper: upper, ticks: ticks)
    }

    /// Where a value lies, 0 at the lower end and 1 at the upper.
    func position(of value: Double) -> Double {
        switch kind {
        case .linear: (value - lower) / (upper - lower)
        case .logarithmic: log10(1 + max(value, 0)) / log10(1 + upper)
        }
    }

    /// The least of 1, 2, 5 times a power of ten that is not below `step`.
    private static func niceStep(_ step: Double, isWhole: Bool) -> Double {
        let power = pow(10, log10(step).rounded(.down))
        let factor = [1, 2, 5, 10].first { $0 * power >= step * 0.999_999 } ?? 10
        return isWhole ? max(1, (factor * power).rounded()) : factor * power
    }

    /// Labels with as many decimals as the step needs; millions and more are shortened.
    private static func labelled(_ values: [Double], step: Double) -> [Tick] {
        let greatest = values.map(abs).max() ?? 0
        let units = [(1e12, "T"), (1e9, "G"), (1e6, "M")]
        let (divisor, suffix) = units.first { greatest >= $0.0 } ?? (1, "")
        let decimals = Int(max(0, -log10(step / divisor * 1.000_001).rounded(.down)))
        return values.map { value in
            let isPlain = decimals <= 7 && abs(value / divisor) < 1e9
            if !isPlain { return Tick(value: value, label: NumberText.significant(value, digits: 3)) }
            if decimals == 0 { return Tick(value: value, label: NumberText.grouped(Int(value / divisor)) + suffix) }
            return Tick(value: value, label: NumberText.fixed(value / divisor, decimals: decimals) + suffix)
        }
    }
}
