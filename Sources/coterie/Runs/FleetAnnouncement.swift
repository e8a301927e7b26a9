import Foundation

/// What whoever starts workers by hand must know of a coordinator: where it listens, what it waits for, and the command.
struct FleetAnnouncement: Sendable {
    /// As it was given: a name, an address or a wildcard.
    private let host: String
    /// Workers that must come from elsewhere before work starts.
    private let missing: Int
    private let patience: Double
    /// The coordinator's keys; nil without.
    private let keys: String?

    /// Nil where nobody can come from elsewhere.
    init?(_ fleet: FleetOptions) {
        guard let listen = fleet.listen, let colon = listen.lastIndex(of: ":") else { return nil }
        host = String(listen[..<colon].dropFirst("tcp://".count))
        missing = max(0, max(fleet.minWorkers, fleet.keepWorkers) - fleet.localWorkers)
        patience = fleet.quorumTimeout
        keys = fleet.hasKeys ? fleet.keys?.absolutePath : nil
    }

    /// - Parameter bound: where it listens, with wildcards and port 0 resolved; not empty.
    func line(_ bound: [String]) -> String {
        let port = bound[0].split(separator: ":").last ?? ""
        let isAnywhere = ["*", "0.0.0.0", "[::]"].contains(host)
        let place = "tcp://\(isAnywhere ? ProcessInfo.processInfo.hostName : host):\(port)"
        let security = keys.map { "--keys DIR --coordinator-key \($0)/public.key" } ?? "--insecure"
        let workers = missing == 1 ? "1 worker" : "\(missing) workers"
        let seconds = Int(patience.rounded(.up))
        let wait =
            missing > 0 ? ", waiting for \(workers) \(seconds) s at most; start each with" : "; more workers join with"
        return "listening: \(bound.joined(separator: ", "))\(wait): coterie worker \(place) \(security)"
    }
}
