import Crypto

/// SHA-256 of bytes that come piece by piece, in hexadecimal.
package struct Digest: Sendable {
    private var hasher = SHA256()

    package init() {}

    package mutating func update(_ bytes: [UInt8]) {
        hasher.update(data: bytes)
    }

    package mutating func update(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
    }

    /// The digest of everything so far: 64 lower-case digits.
    package func hexadecimal() -> String {
        hasher.finalize().reduce(into: "") { text, byte in
            text += byte < 16 ? "0" : ""
            text += String(byte, radix: 16)
        }
    }

    /// The digest of bytes.
    package static func hexadecimal(of bytes: [UInt8]) -> String {
        var digest = Digest()
        digest.update(bytes)
        return digest.hexadecimal()
    }

    /// The digest of a file, as `sha256sum` prints it.
    ///
    /// The file is read from a mapping, never held whole.
    ///
    /// - Throws: `.noInput` or `.inputOutput` if it cannot be opened.
    package static func hexadecimal(ofFile path: String) throws(ShardError) -> String {
        let file = try MappedFile(path: path)
        file.advise(.sequential, for: 0..<file.byteCount)
        var digest = Digest()
        file.withBytes(in: 0..<file.byteCount) { digest.update($0) }
        return digest.hexadecimal()
    }
}
