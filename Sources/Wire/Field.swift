import CProtobufC
import CProtocols
import Glibc

/// Reads single fields of what protobuf-c decoded, each within its bounds.
enum Field {
    /// - Throws: `.malformed` when a repeated field has more than `WireLimit.elements` elements.
    static func check(count: Int, _ name: String) throws(WireError) {
        guard count <= WireLimit.elements else {
            throw .malformed("\(count) \(name), where \(WireLimit.elements) are allowed")
        }
    }

    /// A number that must fit an Int.
    static func count(_ value: UInt64, _ name: String) throws(WireError) -> Int {
        guard let count = Int(exactly: value) else { throw .malformed("\(name) is \(value)") }
        return count
    }

    /// A time that must not be negative.
    static func duration(nanoseconds: Int64, _ name: String) throws(WireError) -> Duration {
        guard nanoseconds >= 0 else { throw .malformed("\(name) is \(nanoseconds) ns") }
        return .nanoseconds(nanoseconds)
    }

    /// A text, which protobuf-c has ended with a zero but not looked at.
    static func text(
        _ units: UnsafePointer<CChar>?,
        atMost limit: Int,
        _ name: String
    ) throws(WireError) -> String {
        guard let units = unsafe units else { return "" }
        let count = unsafe strlen(units)
        guard count <= limit else { throw .malformed("\(name) is \(count) bytes long, where \(limit) are allowed") }
        guard let text = unsafe String(validatingCString: units) else { throw .malformed("\(name) is not UTF-8") }
        return text
    }
}
