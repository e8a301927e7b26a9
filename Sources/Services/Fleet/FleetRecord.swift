package import Coordination
import Wire

/// What became of a fleet, for run.json and the report.
package struct FleetRecord: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package var id: WorkerID
        package var request: JoinRequest
        /// Since the job began.
        package var joined: Duration
        package var lost: Duration?
        /// Blocks of all rounds whose answers were merged.
        package var blocks = 0
        package var busy = Duration.zero
        /// Bytes, mapped input excluded.
        package var peakMemory: UInt64 = 0
        /// Bytes of messages to it and of arrays from it.
        package var sentBytes = 0
        package var receivedBytes = 0
    }

    package var requested = 0
    /// Where workers of other machines could connect, with wildcards and port 0 resolved.
    package var listening: [String] = []
    /// In the order in which they joined; a worker that joined again is there twice.
    package var members: [Member] = []
    package var traffic = FleetTraffic()
    /// Message and byte counts when each round ended, signs of life left out.
    package var fingerprint: String?

    package init() {}

    package var lostCount: Int { members.count { $0.lost != nil } }

    mutating func note(_ event: FleetEvent, after time: Duration) {
        switch event {
        case .joined(let id, let request):
            fingerprint = fingerprint ?? request.fingerprint
            members.append(Member(id: id, request: request, joined: time))
        case .lost(let id, _):
            guard let index = index(of: id) else { return }
            members[index].lost = time
        case .refused, .left, .quorumReached, .quorumLost, .roundStarted, .roundFinished, .leaseLapsed, .leaseCopied,
            .answerIgnored:
            return
        }
    }

    mutating func note(_ notice: PartialNotice, from id: WorkerID) {
        guard let index = index(of: id) else { return }
        members[index].blocks += notice.lease.blocks.count
        members[index].busy += notice.busy
        members[index].peakMemory = max(members[index].peakMemory, notice.peakMemory)
    }

    mutating func note(sent bytes: Int, to id: WorkerID) {
        if let index = index(of: id) { members[index].sentBytes += bytes }
    }

    mutating func note(received bytes: Int, from id: WorkerID) {
        if let index = index(of: id) { members[index].receivedBytes += bytes }
    }

    package func name(of id: WorkerID) -> String {
        index(of: id).map { members[$0].request.name } ?? id.description
    }

    private func index(of id: WorkerID) -> Int? {
        members.lastIndex { $0.id == id }
    }
}

/// Messages and bytes that crossed the coordinator's sockets.
package struct FleetTraffic: Sendable, Equatable {
    package var messagesSent = 0
    package var messagesReceived = 0
    package var bytesSent = 0
    package var bytesReceived = 0
    /// Signs of life and their answers, which grow with time and are not in the counts above.
    package var heartbeats = 0

    package init() {}

    init(_ traffic: Traffic) {
        messagesSent = traffic.sent.others.messages
        messagesReceived = traffic.received.others.messages
        bytesSent = traffic.sent.others.bytes
        bytesReceived = traffic.received.others.bytes
        heartbeats = traffic.sent.heartbeats.messages + traffic.received.heartbeats.messages
    }
}
