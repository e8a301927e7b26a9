/// One incarnation of a worker process: drawn at random when the process starts and never used again, so that a message
/// of a process that is gone cannot be taken for one of its successor.
package struct WorkerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static func < (left: WorkerID, right: WorkerID) -> Bool {
        left.rawValue < right.rawValue
    }

    package var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// The number of a round within a job, from 1.
package struct RoundID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static func < (left: RoundID, right: RoundID) -> Bool {
        left.rawValue < right.rawValue
    }

    package var description: String { "\(rawValue)" }
}

/// The number of a lease within a term, from 1.
package struct LeaseID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static func < (left: LeaseID, right: LeaseID) -> Bool {
        left.rawValue < right.rawValue
    }

    package var description: String { "#\(rawValue)" }
}

/// One life of the coordinator, from 1. A message of another term is never acted on.
package struct Term: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static func < (left: Term, right: Term) -> Bool {
        left.rawValue < right.rawValue
    }

    package var description: String { "\(rawValue)" }
}
