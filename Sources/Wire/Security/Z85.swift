/// 32 bytes as 40 printable letters (ZeroMQ RFC 32), as keys are written.
///
/// libzmq's own decoder is not used: what it makes of letters outside the alphabet differs between its releases.
enum Z85 {
    static let byteCount = 32
    static let letterCount = 40

    private static let alphabet = Array(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8
    )

    /// The place of each letter in the alphabet; 255 for what is no letter.
    private static let places: [UInt8] = {
        var places = [UInt8](repeating: 255, count: 256)
        for (place, letter) in alphabet.enumerated() { places[Int(letter)] = UInt8(place) }
        return places
    }()

    /// - Parameter bytes: 32 of them.
    static func encode(_ bytes: [UInt8]) -> String {
        var letters: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 4) {
            let number = bytes[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            for divisor: UInt32 in [52_200_625, 614_125, 7225, 85, 1] {
                letters.append(alphabet[Int(number / divisor % 85)])
            }
        }
        return String(decoding: letters, as: UTF8.self)
    }

    /// - Returns: 32 bytes; nil unless the text is 40 letters that stand for some.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let letters = Array(text.utf8)
        guard letters.count == letterCount else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: letterCount, by: 5) {
            var number: UInt64 = 0
            for letter in letters[start..<start + 5] {
                let place = places[Int(letter)]
                guard place < 85 else { return nil }
                number = number * 85 + UInt64(place)
            }
            guard let word = UInt32(exactly: number) else { return nil }
            for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return bytes
    }
}
