import Coordination

/// No effect is seen before its record: nobody hears of a round that begins from more than was on disk, or of a life whose
/// term was not; and a life goes on from no less than was there.
struct RecordChecker {
    static let name = "record"

    /// How many rounds may be done that are not on disk.
    private let unrecordedRounds: UInt64
    private var recordedRounds: UInt64 = 0
    private var recordedTerm: UInt64 = 0
    private var heardOf: UInt64 = 0

    init(unrecordedRounds: Int) {
        self.unrecordedRounds = UInt64(unrecordedRounds)
    }

    mutating func see(_ observation: Observation) -> String? {
        switch observation {
        case .recorded(let entry):
            recordedTerm = max(recordedTerm, entry.term)
            recordedRounds = max(recordedRounds, entry.snapshot?.rounds ?? 0)
        case .lifeBegan(_, let rounds, _):
            if rounds < recordedRounds {
                return "a life goes on after round \(rounds), \(recordedRounds) were recorded"
            }
            if heardOf > rounds + 1 + unrecordedRounds {
                return "round \(heardOf) was seen, but a life goes on after round \(rounds)"
            }
            // What was found on disk is there, whether or not its writer knew.
            recordedRounds = rounds
        case .sent(let packet) where packet.direction == .toWorker:
            return see(packet)
        default: break
        }
        return nil
    }

    private mutating func see(_ packet: Packet) -> String? {
        guard packet.term.rawValue <= recordedTerm else { return "term \(packet.term) was seen before its record" }
        let round: UInt64
        switch packet.message {
        case .round(let notice): round = notice.round.rawValue
        case .grant(let lease): round = lease.round.rawValue
        default: return nil
        }
        heardOf = max(heardOf, round)
        guard round <= recordedRounds + 1 + unrecordedRounds else {
            return "round \(round) was seen when \(recordedRounds) rounds were recorded, not \(round - 1)"
        }
        return nil
    }
}
