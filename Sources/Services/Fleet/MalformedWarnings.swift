import Coordination
import Wire

/// What to say of messages that make no sense: a line for each kind now and then, since whoever can reach the port can send
/// as many as they like.
struct MalformedWarnings {
    private struct Kind: Hashable {
        let code: WireError.Code
        let isOfWorker: Bool
    }

    private struct Record {
        var said: Instant
        var kept = 0
    }

    private static let interval = Duration.seconds(10)

    private var records: [Kind: Record] = [:]

    /// - Returns: nil when a message of this kind was spoken of just before.
    mutating func line(for error: WireError, isOfWorker: Bool, at now: Instant) -> String? {
        let kind = Kind(code: error.code, isOfWorker: isOfWorker)
        if let record = records[kind], now - record.said < Self.interval {
            records[kind]?.kept += 1
            return nil
        }
        let kept = records.updateValue(Record(said: now), forKey: kind)?.kept ?? 0
        return kept == 0 ? error.message : "\(error.message) (and \(kept) more since the last such line)"
    }
}
