@testable import Coordination

/// The words of a transcript's command: `partial a 0-3 checksum=7`.
struct Arguments {
    let name: String
    private let positional: [String]
    private let named: [String: String]

    init(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        name = words[0]
        positional = words.dropFirst().filter { !$0.contains("=") }
        let pairs = words.dropFirst().filter { $0.contains("=") }.map { $0.split(separator: "=", maxSplits: 1) }
        named = Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), $0.count > 1 ? String($0[1]) : "") })
    }

    var workers: [String] { positional.filter { $0.count == 1 } }

    var worker: WorkerID { Names.worker(positional[0]) }

    /// Everything after the worker, as one sentence.
    var reason: String { positional.dropFirst().joined(separator: " ") }

    subscript(_ key: String) -> String? { named[key] }

    func integer(_ key: String, default value: Int) -> Int { named[key].flatMap { Int($0) } ?? value }

    /// The first word that looks like `0-3` or `4`.
    var blocks: Range<Int>? {
        positional.lazy.compactMap { word -> Range<Int>? in
            let ends = word.split(separator: "-").map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil else { return nil }
            return first..<last + 1
        }.first
    }

    /// The first word that looks like `+500ms` or `+2s`.
    var span: Duration? { positional.lazy.filter { $0.hasPrefix("+") }.compactMap { Self.duration($0) }.first }

    func duration(_ key: String) -> Duration? { named[key].flatMap { Self.duration($0) } }

    /// `parameters=centroids@1,mask@4`.
    var parameters: [ParameterReference] {
        (named["parameters"] ?? "").split(separator: ",").map { reference in
            let parts = reference.split(separator: "@")
            return ParameterReference(name: String(parts[0]), version: UInt64(parts[1]) ?? 0)
        }
    }

    /// `before=2 readings=3:30,4:40`: stretches of one dataset and their digests.
    var readings: Readings {
        let pairs = (named["readings"] ?? "").split(separator: ",").map { $0.split(separator: ":") }
        return Readings(
            before: integer("before", default: 0),
            pairs.map { Reading(dataset: 1, stretch: Int($0[0]) ?? 0, digest: UInt64($0[1]) ?? 0) }
        )
    }

    private static func duration(_ text: String) -> Duration? {
        let digits = text.drop { $0 == "+" }.prefix { $0.isNumber }
        guard let number = Int64(digits) else { return nil }
        return text.hasSuffix("ms") ? .milliseconds(number) : .seconds(number)
    }
}

/// Workers of transcripts have one letter.
enum Names {
    static func worker(_ letter: String) -> WorkerID {
        WorkerID(UInt64(letter.unicodeScalars.first?.value ?? 0))
    }

    static func letter(_ worker: WorkerID) -> String {
        UnicodeScalar(UInt32(worker.rawValue)).map { String(Character($0)) } ?? "?"
    }
}
