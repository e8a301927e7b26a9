import Yams

/// Reads a plan from YAML and refuses what it does not know: a fault that is misspelt must not be a fault that is left out.
package struct PlanReader {
    /// For error messages.
    private let path: String
    /// Names of the points at which a worker can exit.
    private let points: [String]

    /// - Parameters:
    ///   - path: of the file, for error messages and the plan's name.
    ///   - points: at which a worker can exit.
    package init(path: String, points: [String]) {
        self.path = path
        self.points = points
    }

    /// - Throws: `ChaosError` of `.badPlan`, which names the key and what to do.
    package func plan(fromYAML text: String) throws(ChaosError) -> Plan {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            let words = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
            throw bad("not YAML", fix: "correct this: \(words)")
        }
        guard let root, case .mapping = root else { throw bad("no plan", fix: "write 'faults:' and a list of faults") }
        let keys = try Keys(root, "the plan", ["seed", "interval", "count", "duration", "faults"], self)
        let name = path.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? path
        var plan = Plan(name: name, rules: try rules(of: keys))
        plan.seed = try keys.whole("seed") ?? plan.seed
        plan.duration = try keys.number("duration", in: 0.05...1e6) ?? plan.duration
        if let interval = try keys.number("interval", in: 0.01...1e6) { plan.pace = .poisson(interval: interval) }
        if let count = try keys.whole("count") {
            guard keys["interval"] == nil else { throw bad("'count' and 'interval'", fix: "leave out one") }
            guard keys["duration"] != nil else {
                throw bad("'count' without 'duration'", fix: "say within how many seconds")
            }
            guard 1...100_000 ~= count else { throw bad("'count' is \(count)", fix: "give 1 to 100000") }
            plan.pace = .count(Int(count))
        }
        return plan
    }

    private func rules(of keys: Keys) throws(ChaosError) -> [FaultRule] {
        guard let sequence = keys["faults"]?.sequence, !sequence.isEmpty else {
            throw bad("no faults", fix: "write 'faults:' and a list, such as '- kill: one'")
        }
        var rules: [FaultRule] = []
        for (index, node) in sequence.enumerated() {
            rules.append(try rule(node, "fault \(index + 1)"))
        }
        return rules
    }

    /// `- kill: minority` with other keys beside it.
    private func rule(_ node: Node, _ place: String) throws(ChaosError) -> FaultRule {
        guard case .mapping(let mapping) = node else {
            throw bad("\(place) has no name", fix: "write '- KIND: TARGET', such as '- kill: one'")
        }
        let kinds = mapping.compactMap { $0.key.scalar.flatMap { FaultKind(rawValue: $0.string) } }
        guard kinds.count == 1 else {
            let known = FaultKind.allCases.map(\.rawValue).joined(separator: ", ")
            let unknown = mapping.first?.key.scalar?.string ?? ""
            let what = kinds.isEmpty ? "unknown fault '\(unknown)' in \(place)" : "\(place) is several"
            throw bad(what, fix: "name one of \(known)")
        }
        var rule = FaultRule(kinds[0])
        let keys = try Keys(node, place, [rule.kind.rawValue] + Self.keys(of: rule.kind), self)
        rule.target = try keys.word(rule.kind.rawValue, rule.kind.targets) ?? rule.target
        rule.weight = try keys.number("weight", in: 0.001...1e6) ?? rule.weight
        rule.seconds = try keys.number("for", in: 0.01...3600) ?? rule.seconds
        rule.probability = try keys.number("probability", in: 0.000_001...1) ?? rule.probability
        rule.delay = try keys.number("delay", in: 0...60) ?? rule.delay
        rule.jitter = try keys.number("jitter", in: 0...60) ?? rule.jitter
        rule.rate = try keys.number("rate", in: 1...1e12) ?? rule.rate
        rule.direction = try keys.word("direction", Ways.allCases) ?? rule.direction
        rule.processes = try keys.whole("processes").map(Int.init(clamping:)) ?? rule.processes
        guard 1...256 ~= rule.processes else { throw bad("'processes' of \(place)", fix: "give 1 to 256") }
        if let point = keys["point"]?.scalar?.string {
            guard points.contains(point) else {
                throw bad("'point: \(point)' of \(place)", fix: "name one of \(points.joined(separator: ", "))")
            }
            rule.point = point
        }
        return rule
    }

    /// What can be said of a fault of this kind.
    private static func keys(of kind: FaultKind) -> [String] {
        let network = ["probability", "direction", "for", "weight"]
        return switch kind {
        case .kill, .terminate, .diskFull, .tornWrite, .reset: ["weight"]
        case .exit: ["point", "weight"]
        case .pause, .slowStart: ["for", "weight"]
        case .latency: ["delay", "jitter"] + network
        case .reorder: ["delay"] + network
        case .drop, .duplicate, .truncate, .bitFlip: network
        case .partition: ["direction", "for", "weight"]
        case .bandwidth: ["rate", "direction", "for", "weight"]
        case .cpuHog: ["processes", "for", "weight"]
        }
    }

    fileprivate func bad(_ what: String, fix remedy: String) -> ChaosError {
        ChaosError(.badPlan, what, at: path, fix: remedy)
    }
}

/// The keys of a mapping, all of them known.
private struct Keys {
    private let values: [String: Node]
    private let place: String
    private let reader: PlanReader

    init(_ node: Node, _ place: String, _ known: [String], _ reader: PlanReader) throws(ChaosError) {
        var values: [String: Node] = [:]
        for (key, value) in node.mapping ?? [:] {
            let name = key.scalar?.string ?? ""
            guard known.contains(name) else {
                throw reader.bad(
                    "unknown key '\(name)' in \(place)",
                    fix: "use \(known.joined(separator: ", "))"
                )
            }
            values[name] = value
        }
        self.values = values
        self.place = place
        self.reader = reader
    }

    subscript(_ key: String) -> Node? { values[key] }

    func number(_ key: String, in range: ClosedRange<Double>) throws(ChaosError) -> Double? {
        guard let node = values[key] else { return nil }
        guard let number = node.scalar.flatMap({ Double($0.string) }), range.contains(number) else {
            throw reader.bad(
                "'\(key)' of \(place) is not a number from \(range.lowerBound) to \(range.upperBound)",
                fix: "write '\(key): NUMBER'"
            )
        }
        return number
    }

    func whole(_ key: String) throws(ChaosError) -> UInt64? {
        guard let node = values[key] else { return nil }
        guard let number = node.scalar.flatMap({ UInt64($0.string) }) else {
            throw reader.bad("'\(key)' of \(place) is not a whole number", fix: "write '\(key): NUMBER'")
        }
        return number
    }

    /// A word of a list; nil also where the key has no value, as in `- kill:`.
    func word<Word: RawRepresentable<String>>(_ key: String, _ words: [Word]) throws(ChaosError) -> Word? {
        guard let node = values[key], node.null == nil else { return nil }
        let text = node.scalar?.string ?? ""
        guard let word = words.first(where: { $0.rawValue == text }) else {
            let known = words.map(\.rawValue).joined(separator: ", ")
            throw reader.bad("'\(key): \(text)' of \(place)", fix: "use one of \(known)")
        }
        return word
    }
}
