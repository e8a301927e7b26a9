import Coordination
import Shards
import Wire

/// Reads what workers say they have read, before their answers are looked at.
///
/// Most rows have been read here already, or are in the system's memory since a worker on this machine has read them. Where
/// they are not, an answer waits, and the reading goes on between messages, so that nobody seems to have fallen silent.
struct ReadingAudit {
    /// An answer whose readings are not all verified.
    private struct Waiting {
        let envelope: Envelope
        let worker: WorkerID
        let readings: [Reading]
        /// Those of `readings` that need not be looked at again.
        var done = 0
    }

    /// A worker has one answer on its way; another can only be of before it joined again.
    private static let mostOfWorker = 2

    private let ledger: ReadingLedger
    private var waiting: [Waiting] = []
    private var verified: Set<Place> = []

    private struct Place: Hashable {
        let dataset: UInt64
        let stretch: Int
    }

    init(ledger: ReadingLedger = .process) {
        self.ledger = ledger
    }

    /// Whether answers wait.
    var isBusy: Bool { !waiting.isEmpty }

    /// Takes an answer, behind those before it.
    mutating func add(_ envelope: Envelope, of notice: PartialNotice, from worker: WorkerID) {
        guard waiting.count(where: { $0.worker == worker }) < Self.mostOfWorker else { return }
        waiting.append(Waiting(envelope: envelope, worker: worker, readings: notice.readings.stated))
    }

    /// Reads for the first answer until it is ready, or for a while.
    ///
    /// - Returns: what has been read, to be told before the answer.
    mutating func work(for span: Duration) -> [VerifiedReading] {
        let clock = ContinuousClock()
        let end = clock.now + span
        var found: [VerifiedReading] = []
        guard !waiting.isEmpty else { return [] }
        while waiting[0].done < waiting[0].readings.count {
            let reading = waiting[0].readings[waiting[0].done]
            waiting[0].done += 1
            let place = Place(dataset: reading.dataset, stretch: reading.stretch)
            guard !verified.contains(place) else { continue }
            // What this process knows nothing of is not verified, and the machine says so to whoever states it.
            if let (own, text) = ledger.reading(ofStretch: reading.stretch, of: reading.dataset) {
                verified.insert(place)
                found.append(VerifiedReading(Reading(own), place: text))
            }
            if clock.now >= end { break }
        }
        return found
    }

    /// The first answer, once all that it states has been read here.
    mutating func takeReady() -> (envelope: Envelope, worker: WorkerID)? {
        guard let first = waiting.first, first.done == first.readings.count else { return nil }
        waiting.removeFirst()
        return (first.envelope, first.worker)
    }
}

extension Reading {
    init(_ reading: RowReading) {
        self.init(dataset: reading.dataset, stretch: reading.stretch, digest: reading.digest)
    }
}
