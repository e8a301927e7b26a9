extension RunRecord {
    /// Who took part in all the run's lives, and what passed between them, as the coordinator counted it.
    package struct Fleet: Codable, Sendable, Equatable {
        package var workersRequested: Int
        /// Including those lost later and those that came back, each time.
        package var workersJoined: Int
        package var workersLost: Int
        package var messagesSent: Int
        package var messagesReceived: Int
        package var bytesSent: Int
        package var bytesReceived: Int
        /// Of the coordinator, mapped input included.
        package var peakResidentBytes: Int
        /// In the order they joined.
        package var workers: [Worker]
        /// Where workers of other machines could connect, port 0 resolved; nil where they could not.
        package var listening: [String]?

        private enum CodingKeys: String, CodingKey {
            case workers, listening
            case workersRequested = "workers_requested"
            case workersJoined = "workers_joined"
            case workersLost = "workers_lost"
            case messagesSent = "messages_sent"
            case messagesReceived = "messages_received"
            case bytesSent = "bytes_sent"
            case bytesReceived = "bytes_received"
            case peakResidentBytes = "peak_resident_bytes"
        }

        package init(
            workersRequested: Int,
            workersJoined: Int,
            workersLost: Int,
            messagesSent: Int,
            messagesReceived: Int,
            bytesSent: Int,
            bytesReceived: Int,
            peakResidentBytes: Int,
            workers: [Worker]
        ) {
            self.workersRequested = workersRequested
            self.workersJoined = workersJoined
            self.workersLost = workersLost
            self.messagesSent = messagesSent
            self.messagesReceived = messagesReceived
            self.bytesSent = bytesSent
            self.bytesReceived = bytesReceived
            self.peakResidentBytes = peakResidentBytes
            self.workers = workers
        }
    }

    /// One life of one worker.
    package struct Worker: Codable, Sendable, Equatable {
        package var name: String
        package var pid: Int
        package var host: String
        /// Tasks it answered: one block in one round each.
        package var blocks: Int
        package var busySeconds: Double
        package var peakResidentBytes: Int
        /// Seconds since the run began.
        package var joinedAt: Double
        /// Seconds since the run began; `nil` for a worker that stayed to the end. For one that saw its coordinator end before
        /// the run did, when that was.
        package var lostAt: Double?

        private enum CodingKeys: String, CodingKey {
            case name, pid, host, blocks
            case busySeconds = "busy_seconds"
            case peakResidentBytes = "peak_resident_bytes"
            case joinedAt = "joined_at"
            case lostAt = "lost_at"
        }

        package init(
            name: String,
            pid: Int,
            host: String,
            blocks: Int,
            busySeconds: Double,
            peakResidentBytes: Int,
            joinedAt: Double,
            lostAt: Double?
        ) {
            self.name = name
            self.pid = pid
            self.host = host
            self.blocks = blocks
            self.busySeconds = busySeconds.ifFinite ?? 0
            self.peakResidentBytes = peakResidentBytes
            self.joinedAt = joinedAt.ifFinite ?? 0
            self.lostAt = lostAt?.ifFinite
        }
    }
}
