// Whether workers work on the same bytes.

extension Coordinator {
    /// Takes down what the coordinator has read itself. The first reading of rows stays: it is what they are held against.
    mutating func note(_ readings: [VerifiedReading]) -> [Effect] {
        for verified in readings where self.readings[verified.reading.place] == nil {
            self.readings[verified.reading.place] = verified
        }
        return []
    }

    /// Holds what a worker has read against the coordinator's own readings.
    ///
    /// - Returns: nil where its answer may count, as far as the data goes; otherwise what to do instead.
    mutating func objection(to notice: PartialNotice, from index: Int, at now: Instant) -> [Effect]? {
        let stated = notice.readings
        let id = workers[index].id
        guard stated.before <= workers[index].readings else {
            // An answer was lost, and with it what this one was computed from. After a welcome the worker states all anew.
            return [.send(.rejoin, to: id), .ignored(because: .readingsMissed)]
        }
        for reading in stated.stated {
            guard let own = readings[reading.place] else {
                return expel(
                    index,
                    at: now,
                    "data unknown: worker \(name(index)) read rows that are none of the job's; run the same version everywhere"
                )
            }
            guard own.reading.digest == reading.digest else {
                return expel(
                    index,
                    at: now,
                    "data differ: worker \(name(index)) read other bytes of \(own.place); give it the same file, not an old "
                        + "page or half a copy"
                )
            }
        }
        workers[index].readings = max(workers[index].readings, stated.end)
        return nil
    }

    private func name(_ index: Int) -> String { workers[index].request.name }

    /// Sends a worker away whose answers cannot be trusted; what it held goes to others.
    private mutating func expel(_ index: Int, at now: Instant, _ reason: String) -> [Effect] {
        let id = workers[index].id
        let refusal = Refusal(code: .data, reason: reason)
        return [.send(.refusal(refusal), to: id), .report(.refused(id, refusal))] + lose(id, because: reason, at: now)
    }
}
