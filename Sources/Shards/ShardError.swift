/// What went wrong with a file or a folder, in the words the user will read.
package struct ShardError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure; the command line turns each into its exit code from `sysexits.h`.
    package enum Code: Sendable, Equatable {
        /// The input is missing or cannot be opened (66).
        case noInput
        /// The input is there and something inside it is wrong (65).
        case badData
        /// The output cannot be created, or belongs to another coordinator (73).
        case cannotCreate
        /// Reading, writing, syncing or renaming failed (74).
        case inputOutput
    }

    package let code: Code

    /// One line: `<what>: <where>; <what to do>`.
    package let message: String

    package var description: String { message }

    /// - Parameters:
    ///   - what: what is wrong, in lower case.
    ///   - place: the file, and the place in it, if there is one.
    ///   - remedy: what the user can do about it.
    init(_ code: Code, _ what: String, at place: String, fix remedy: String) {
        self.code = code
        // Names and keys come from files: they must not break the line or drive the terminal.
        message = "\(what.onOneLine): \(place.onOneLine); \(remedy.onOneLine)"
    }
}

extension String {
    /// The same text with every control character shown as `\u{…}`.
    var onOneLine: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.properties.generalCategory == .control {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }

    /// The text cut to a length that is fit for a message.
    var shortened: String {
        count <= 80 ? self : "\(prefix(77))..."
    }
}
