import Foundation

/// Numbers as people read them, the same in every locale.
package enum NumberText {
    /// `1234567` as `1,234,567`.
    package static func grouped(_ value: Int) -> String {
        var digits = Array(String(value.magnitude))
        for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
        return (value < 0 ? "−" : "") + String(digits)
    }

    /// Up to `digits` significant digits, grouped where the number is large.
    package static func significant(_ value: Double, digits: Int = 6) -> String {
        guard value.isFinite else { return "–" }
        if value == value.rounded(), abs(value) < 1e15 { return grouped(Int(value)) }
        if abs(value) >= pow(10, Double(digits - 1)), abs(value) < 1e15 { return grouped(Int(value.rounded())) }
        return String(format: "%.\(digits)g", value)
    }

    package static func fixed(_ value: Double, decimals: Int) -> String {
        value.isFinite ? String(format: "%.\(decimals)f", value) : "–"
    }

    /// A length of time: `0.42 s`, `12.3 s`, `3 min 05 s`, `2 h 03 min`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e12 else { return "–" }
        if seconds < 0.9995 { return significant(seconds * 1000, digits: 3) + " ms" }
        if seconds < 9.995 { return fixed(seconds, decimals: 2) + " s" }
        if seconds < 59.95 { return fixed(seconds, decimals: 1) + " s" }
        let whole = Int(seconds.rounded())
        if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
        return "\(grouped(whole / 3600)) h \(twoDigits(whole % 3600 / 60)) min"
    }

    /// `1.5 GiB`.
    package static func bytes(_ count: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var value = Double(count)
        var unit = 0
        while abs(value) >= 1023.5, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return (unit == 0 ? grouped(count) : significant(value, digits: 3)) + " " + units[unit]
    }

    /// A share of 1 as `12.3 %`, with more decimals where nothing would be left.
    package static func percent(_ share: Double) -> String {
        let isSmall = share > 0 && share < 0.000_95
        return (isSmall ? significant(share * 100, digits: 2) : fixed(share * 100, decimals: 1)) + " %"
    }

    private static func twoDigits(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}
