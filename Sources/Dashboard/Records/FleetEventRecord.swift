/// One line of `events.jsonl`: something that happened to the fleet.
package struct FleetEventRecord: Codable, Sendable, Equatable {
    /// What happened.
    ///
    /// A reader must accept names it does not know.
    package struct Name: RawRepresentable, Codable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        package static let joined = Name(rawValue: "joined")
        /// A worker took its leave.
        package static let left = Name(rawValue: "left")
        /// A worker fell silent or its connection broke.
        package static let lost = Name(rawValue: "lost")
        /// A worker was not let in.
        package static let refused = Name(rawValue: "refused")
        /// A worker did not answer in time, and its blocks went to others.
        package static let leaseLapsed = Name(rawValue: "lease_lapsed")
        /// All blocks that a lost or slow worker had held are leased again.
        package static let leasedAgain = Name(rawValue: "leased_again")
        /// A message was of no use: late, doubled or absurd.
        package static let ignored = Name(rawValue: "ignored")
        package static let roundAdvanced = Name(rawValue: "round_advanced")
        package static let checkpointed = Name(rawValue: "checkpointed")
        /// The coordinator came back and read its journal.
        package static let resumed = Name(rawValue: "resumed")
        package static let interrupted = Name(rawValue: "interrupted")
    }

    /// Seconds since the run began.
    package var time: Double
    package var event: Name
    /// The worker concerned, by the name it has in `run.json`.
    package var worker: String?
    /// The worker that had before what this one has now.
    package var from: String?
    package var round: Int?
    /// How many blocks it concerns.
    package var blocks: Int?
    /// One line for people.
    package var detail: String?

    package init(
        time: Double,
        event: Name,
        worker: String? = nil,
        from: String? = nil,
        round: Int? = nil,
        blocks: Int? = nil,
        detail: String? = nil
    ) {
        self.time = time.ifFinite ?? 0
        self.event = event
        self.worker = worker
        self.from = from
        self.round = round
        self.blocks = blocks
        self.detail = detail
    }
}

extension FleetEventRecord {
    /// The event as one line of `events.jsonl`, without the newline.
    /// - Throws: `EncodingError` when `time` was set to a value that is not finite.
    package func line() throws -> String {
        try RecordText.line(self)
    }

    /// Reads the text of an `events.jsonl`.
    ///
    /// A last line without its newline is passed over when it cannot be read: the writer was stopped in the middle of it.
    /// - Throws: `DecodingError` when any other line is not an event.
    package static func events(fromLines text: String) throws -> [FleetEventRecord] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        var last: FleetEventRecord?
        if !text.hasSuffix("\n"), let torn = lines.popLast() {
            last = try? RecordText.read(FleetEventRecord.self, from: torn)
        }
        return try lines.map { try RecordText.read(FleetEventRecord.self, from: $0) } + (last.map { [$0] } ?? [])
    }
}
