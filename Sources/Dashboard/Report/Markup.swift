/// HTML or SVG text in which whatever is interpolated is escaped, unless it is markup itself.
///
/// File names, nouns and worker names come from outside, so escaping must not depend on anyone remembering it: a plain
/// string can only enter escaped, and a `Double` only as a coordinate.
package struct Markup: Sendable, Equatable, ExpressibleByStringInterpolation {
    package private(set) var text: String

    package init(stringLiteral text: String) {
        self.text = text
    }

    package init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        package mutating func appendInterpolation(_ outside: String) {
            text += Markup.escaped(outside)
        }

        package mutating func appendInterpolation(_ number: Int) {
            text += String(number)
        }

        /// A coordinate of a drawing, in pixels: a twentieth of one is nothing anybody sees.
        package mutating func appendInterpolation(at coordinate: Double) {
            text += NumberText.fixed(coordinate, decimals: 1)
        }

        package mutating func appendInterpolation(_ markup: Markup) {
            text += markup.text
        }

        package mutating func appendInterpolation(_ parts: [Markup]) {
            for part in parts { text += part.text }
        }
    }

    /// Safe in text and in quoted attributes.
    ///
    /// Control characters are shown as a replacement, since HTML does not allow them.
    private static func escaped(_ outside: String) -> String {
        var text = ""
        for scalar in outside.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\n", "\t": text.unicodeScalars.append(scalar)
            case _ where scalar.properties.generalCategory == .control: text += "\u{FFFD}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
