import CProtobufC
import CProtocols
import Glibc

/// The C structures and strings of one message that is about to be packed; they are freed together.
@safe
struct EncodingArena: ~Copyable {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []

    init() {}

    deinit {
        for index in unsafe blocks.indices {
            unsafe blocks[index].deallocate()
        }
    }

    /// Room for `count` values, which the caller fills.
    private mutating func room<Value>(for count: Int, of type: Value.Type) -> UnsafeMutablePointer<Value> {
        let room = UnsafeMutablePointer<Value>.allocate(capacity: count)
        unsafe blocks.append(UnsafeMutableRawPointer(room))
        return unsafe room
    }

    /// A structure as its generated function initialises it.
    mutating func place<Value>(
        _ initialize: (UnsafeMutablePointer<Value>?) -> Void
    ) -> UnsafeMutablePointer<Value> {
        let place = unsafe room(for: 1, of: Value.self)
        unsafe initialize(place)
        return unsafe place
    }

    /// A copy of an array; nil for an empty one.
    mutating func array<Value>(_ values: [Value]) -> UnsafeMutablePointer<Value>? {
        guard !values.isEmpty else { return nil }
        let place = unsafe room(for: values.count, of: Value.self)
        for (index, value) in values.enumerated() {
            unsafe (place + index).initialize(to: value)
        }
        return unsafe place
    }

    /// A string with its closing zero.
    ///
    /// - Throws: `.malformed` for a text with a zero in it, which would arrive cut short.
    mutating func text(_ text: String) throws(WireError) -> UnsafeMutablePointer<CChar> {
        let units = text.utf8CString
        guard !units.dropLast().contains(0) else { throw .malformed("a text with a zero character in it") }
        let place = unsafe room(for: units.count, of: CChar.self)
        for (index, unit) in units.enumerated() {
            unsafe place[index] = unit
        }
        return unsafe place
    }

    /// Copies a text that is for people only. One that the protocol cannot say is cut and not refused: the end of a job
    /// must not be lost for the length of its reason.
    mutating func reason(_ text: String) throws(WireError) -> UnsafeMutablePointer<CChar> {
        var room = WireLimit.textBytes
        let start = text.unicodeScalars.prefix { scalar in
            room -= UTF8.width(scalar)
            return room >= 0
        }
        return unsafe try self.text(String(start).replacing("\0", with: " "))
    }
}
