import Wire

/// A fault that is being done to messages.
package struct Toxic: Sendable, Equatable {
    /// Of the fault.
    package let number: Int
    package let rule: FaultRule
    /// The workers whose messages it is done to, by name.
    package let workers: Set<String>

    package init(number: Int, rule: FaultRule, workers: Set<String>) {
        self.number = number
        self.rule = rule
        self.workers = workers
    }

    func concerns(_ worker: String, _ direction: Relay.Direction) -> Bool {
        let isThisWay =
            switch rule.direction {
            case .both: true
            case .toCoordinator: direction == .toCoordinator
            case .toWorkers: direction == .toWorkers
            }
        return isThisWay && workers.contains(worker)
    }
}
