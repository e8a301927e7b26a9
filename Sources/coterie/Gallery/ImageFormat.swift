/// The kinds of image that every browser shows.
enum ImageFormat: String, CaseIterable {
    case jpeg = "image/jpeg"
    case png = "image/png"
    case gif = "image/gif"
    case webp = "image/webp"

    /// Bytes that are enough to tell.
    static let prefixLength = 12

    /// Knows a format by its first bytes: names lie.
    init?(beginning bytes: [UInt8]) {
        let found = Self.allCases.first { format in
            format.signatures.contains { signature in
                bytes.count >= signature.count && zip(signature, bytes).allSatisfy { $0 == nil || $0 == $1 }
            }
        }
        guard let found else { return nil }
        self = found
    }

    /// What files of this kind begin with; nil for a byte that may be anything.
    private var signatures: [[UInt8?]] {
        switch self {
        case .jpeg: [[0xFF, 0xD8, 0xFF]]
        case .png: [[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]]
        case .gif: [Array("GIF87a".utf8), Array("GIF89a".utf8)]
        case .webp: [Array("RIFF".utf8) + [nil, nil, nil, nil] + Array("WEBP".utf8)]
        }
    }
}
