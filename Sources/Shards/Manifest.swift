import Foundation

/// The files of a dataset, short enough to travel whatever their number: a digest that says whether two lists are the same,
/// and a tag of each file that says where they first differ.
package struct Manifest: Codable, Equatable, Sendable {
    /// SHA-256 over the names, rows and sizes of the files in the order of their rows, in hexadecimal.
    package let sha256: String
    /// How many files there are.
    package let count: Int
    /// Three bytes for each file, or for as many neighbouring ones as keep it to `mostTags` tags.
    private let tags: Data

    static let mostTags = 1 << 15
    private static let tagBytes = 3

    init(_ files: [DatasetFile]) {
        var digest = Digest()
        var tags = Data()
        let group = Self.filesOfTag(files.count)
        for start in stride(from: 0, to: files.count, by: group) {
            var tag: UInt64 = 0
            for file in files[start..<min(start + group, files.count)] {
                let line = Array("\(file.rows) \(file.byteCount) \(file.name)\n".utf8)
                digest.update(line)
                tag = RowDigest.of(line, after: tag)
            }
            for byte in 0..<Self.tagBytes { tags.append(UInt8(truncatingIfNeeded: tag >> (8 * UInt64(byte)))) }
        }
        sha256 = digest.hexadecimal()
        count = files.count
        self.tags = tags
    }

    private static func filesOfTag(_ count: Int) -> Int { max(1, (count + mostTags - 1) / mostTags) }

    /// Where two lists first differ: the place of a file, or of the first of a few of which one differs.
    ///
    /// - Returns: nil where they are the same, or one goes on where the other ends.
    func firstDifference(from other: Manifest) -> Int? {
        let group = Self.filesOfTag(count)
        guard sha256 != other.sha256, group == Self.filesOfTag(other.count) else { return nil }
        let (mine, theirs) = (Array(tags), Array(other.tags))
        let common = min(mine.count, theirs.count)
        let byte = (0..<common).first { mine[$0] != theirs[$0] }
        return byte.map { $0 / Self.tagBytes * group }
    }
}
