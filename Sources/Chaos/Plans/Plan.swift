/// What is to happen to a fleet, as a file in `Deploy/chaos` says it.
package struct Plan: Sendable, Equatable {
    /// The file's name without its ending.
    package var name: String
    /// Everything that is drawn is drawn from this.
    package var seed: UInt64 = 1
    package var pace: Pace = .poisson(interval: 2)
    /// Faults begin until then, in seconds since the fleet was started.
    package var duration = 600.0
    package var rules: [FaultRule]

    package enum Pace: Sendable, Equatable {
        /// At random, so many seconds apart on average.
        case poisson(interval: Double)
        /// So many, each at any moment of the duration alike: what a Poisson process is, given their number.
        case count(Int)
    }

    package init(name: String, rules: [FaultRule]) {
        self.name = name
        self.rules = rules
    }

    /// Whether workers must speak to the coordinator through the proxy.
    package var needsProxy: Bool { rules.contains { $0.kind.isOfNetwork } }
}

/// A kind of fault in a plan, and how it is done.
package struct FaultRule: Sendable, Equatable {
    package var kind: FaultKind
    package var target: Target
    /// How often it is drawn, in proportion to the others.
    package var weight = 1.0
    /// Seconds until it is taken back; 0 for what does not last.
    package var seconds: Double
    /// The share of messages that it is done to.
    package var probability = 1.0
    /// Seconds by which messages are late.
    package var delay = 0.05
    /// Seconds by which the delay varies, both ways.
    package var jitter = 0.0
    /// Bytes per second.
    package var rate = 100_000.0
    package var direction = Ways.both
    /// Where a worker exits, by the name of the point; nil for any.
    package var point: String?
    /// Processes that want a processor.
    package var processes = 2

    package init(_ kind: FaultKind, _ target: Target? = nil) {
        self.kind = kind
        self.target = target ?? kind.targets[0]
        seconds = kind.lasts ? 2 : 0
    }
}
