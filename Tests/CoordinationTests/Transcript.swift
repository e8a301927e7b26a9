import Foundation
import Testing

/// A file of commands, each stretch of them followed by `----` and what they brought about:
///
///     # What this shows.
///     join a threads=2
///     ----
///     a <- welcome, heartbeat every 500 ms
///
/// An empty line ends the answer. `COTERIE_REWRITE=1 swift test` writes the answers anew, to be read as a diff.
struct Transcript: CustomTestStringConvertible {
    let file: URL

    static let isRewriting = ProcessInfo.processInfo.environment["COTERIE_REWRITE"] != nil

    static func all(in folder: String) -> [Transcript] {
        let place = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Transcripts/\(folder)")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
        return names.filter { $0.hasSuffix(".txt") }.sorted().map { Transcript(file: place.appending(path: $0)) }
    }

    var testDescription: String { file.lastPathComponent }

    /// The file as it is, and as it would be if every answer were `run`'s.
    func replay(_ run: (String) -> [String]) throws -> (written: String, actual: String) {
        let written = try String(contentsOf: file, encoding: .utf8)
        var actual: [String] = []
        for stretch in written.split(separator: "\n\n", omittingEmptySubsequences: true) {
            let lines = stretch.split(separator: "\n").map(String.init)
            let commands = Array(lines.prefix { $0 != "----" })
            actual.append(commands.joined(separator: "\n"))
            let answers = commands.filter { !$0.hasPrefix("#") }.flatMap(run)
            if commands.contains(where: { !$0.hasPrefix("#") }) {
                actual[actual.endIndex - 1] += "\n" + (["----"] + answers).joined(separator: "\n")
            }
        }
        return (written, actual.joined(separator: "\n\n") + "\n")
    }
}
