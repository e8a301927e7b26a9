extension RunRecord {
    /// What a job was predicted to take, and what it took.
    package struct Costs: Codable, Sendable, Equatable {
        package var predicted: Figures
        package var actual: Figures

        package init(predicted: Figures, actual: Figures) {
            self.predicted = predicted
            self.actual = actual
        }
    }

    /// Bytes; nil where there is no such thing, as traffic of a job in one process.
    package struct Figures: Codable, Sendable, Equatable {
        /// That the coordinator gets from all workers together.
        package var receivedBytes: Int?
        /// That it sends to them.
        package var sentBytes: Int?
        /// Of partial results on the coordinator's disk.
        package var spilledBytes: Int?
        /// Of the largest worker's memory, mapped input left out.
        package var workerBytes: Int?
        /// Of the coordinator's memory.
        package var coordinatorBytes: Int?

        package init(
            receivedBytes: Int?,
            sentBytes: Int?,
            spilledBytes: Int?,
            workerBytes: Int?,
            coordinatorBytes: Int?
        ) {
            self.receivedBytes = receivedBytes
            self.sentBytes = sentBytes
            self.spilledBytes = spilledBytes
            self.workerBytes = workerBytes
            self.coordinatorBytes = coordinatorBytes
        }

        private enum CodingKeys: String, CodingKey {
            case receivedBytes = "received_bytes"
            case sentBytes = "sent_bytes"
            case spilledBytes = "spilled_bytes"
            case workerBytes = "worker_bytes"
            case coordinatorBytes = "coordinator_bytes"
        }
    }
}
