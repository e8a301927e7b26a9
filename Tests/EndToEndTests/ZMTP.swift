/// What the first bytes of ZeroMQ's protocol look like (ZMTP 3.1, RFC 37 of ZeroMQ), as far as a test needs to say it.
enum ZMTP {
    static let greetingBytes = 64

    /// Where the command ends that begins at a place; nil if there is none.
    static func endOfCommand(at start: Int, in bytes: [UInt8]) -> Int? {
        guard bytes.count > start + 9 else { return nil }
        let end =
            switch bytes[start] {
            case 4: start + 2 + Int(bytes[start + 1])
            case 6: bytes[(start + 1)..<(start + 9)].reduce(0) { $0 << 8 | Int($1) } + start + 9
            default: bytes.count + 1
            }
        return end <= bytes.count ? end : nil
    }

    static func greeting(mechanism: String) -> [UInt8] {
        let signature = [0xFF] + [UInt8](repeating: 0, count: 8) + [0x7F]
        let name = Array(mechanism.utf8) + [UInt8](repeating: 0, count: 20 - mechanism.utf8.count)
        return signature + [3, 1] + name + [UInt8](repeating: 0, count: 32)
    }

    /// The greeting and the READY command of a DEALER without security, of which no answer is awaited.
    static func opening(identity: [UInt8]) -> [UInt8] {
        let ready =
            [5] + Array("READY".utf8) + property("Socket-Type", Array("DEALER".utf8))
            + property("Identity", identity)
        return greeting(mechanism: "NULL") + [4, UInt8(ready.count)] + ready
    }

    /// A message of one short frame.
    static func frame(_ bytes: [UInt8]) -> [UInt8] {
        [0, UInt8(bytes.count)] + bytes
    }

    /// The beginning of a long frame, or of a long command.
    static func announcement(of byteCount: UInt64, isCommand: Bool = false) -> [UInt8] {
        [isCommand ? 6 : 2] + bigEndian(byteCount)
    }

    /// What a worker said under another name.
    static func renamed(_ recording: [UInt8]) -> [UInt8] {
        var bytes = recording
        let property = Array("Identity".utf8) + bigEndian(9).suffix(4)
        let place = bytes.indices.first { bytes[$0...].starts(with: property) }
        if let place { bytes[place + property.count + 8] ^= 0x55 }
        return bytes
    }

    private static func bigEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }

    private static func property(_ name: String, _ value: [UInt8]) -> [UInt8] {
        [UInt8(name.utf8.count)] + Array(name.utf8) + bigEndian(UInt64(value.count)).suffix(4) + value
    }
}
