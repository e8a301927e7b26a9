/// A fault that was due, what it was done to, and how it is known that it happened.
package struct FaultReport: Codable, Sendable, Equatable {
    package var number: Int
    package var kind: FaultKind
    package var target: Target
    /// The place of its rule in the plan, from 0.
    package var rule: Int
    /// Seconds since the fleet was started: when it was due, when it was done, when it was taken back.
    package var due: Double
    package var began: Double?
    package var ended: Double?
    /// Names of the workers, or `coordinator`, or `machine`.
    package var victims: [String]
    package var fired = false
    /// What proves that it fired, or why it did not.
    package var proof: String

    package init(_ fault: Schedule.Fault) {
        number = fault.number
        kind = fault.rule.kind
        target = fault.rule.target
        rule = fault.place
        due = fault.time
        victims = []
        proof = "the job was over before it could be done"
    }

    /// `kill: minority`, as the plan has it.
    package var title: String { "\(kind.rawValue): \(target.rawValue)" }
}
