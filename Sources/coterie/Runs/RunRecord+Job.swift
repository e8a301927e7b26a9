import Clustering
import Coordination
import Dashboard
import Foundation
import Services
import Tensors

// What other modules know, as run.json says it.

extension RunRecord.Fleet {
    /// - Parameter earlier: seconds of the run before the fleet's.
    init(_ fleet: FleetRecord, after earlier: Double) {
        self.init(
            workersRequested: fleet.requested,
            workersJoined: fleet.members.count,
            workersLost: fleet.lostCount,
            messagesSent: fleet.traffic.messagesSent,
            messagesReceived: fleet.traffic.messagesReceived,
            bytesSent: fleet.traffic.bytesSent,
            bytesReceived: fleet.traffic.bytesReceived,
            peakResidentBytes: Int(ProcessMemory.peakBytes),
            workers: fleet.members.map { RunRecord.Worker($0, after: earlier) }
        )
        if !fleet.listening.isEmpty { listening = fleet.listening }
    }
}

extension RunRecord.Worker {
    init(_ member: FleetRecord.Member, after earlier: Double) {
        self.init(
            name: member.request.name,
            pid: Int(member.request.process),
            host: Self.host(of: member.request),
            blocks: member.blocks,
            busySeconds: member.busy.seconds,
            peakResidentBytes: Int(member.peakMemory),
            joinedAt: earlier + member.joined.seconds,
            lostAt: member.lost.map { earlier + $0.seconds }
        )
    }
}

extension RunRecord.Worker {
    private static func host(of request: JoinRequest) -> String {
        request.host.isEmpty ? "unknown" : request.host
    }
}

extension RunRecord.Cores {
    /// Nil where every core can be used.
    init?(_ cores: UsableCores) {
        guard let because = cores.because else { return nil }
        self.init(usable: cores.count, machine: cores.machine, because: because)
    }
}

extension RunRecord.Versions {
    /// The compiler's version as far as the language lets a program ask.
    private static var compiler: String {
        #if compiler(>=6.4)
        "6.4 or later"
        #elseif compiler(>=6.3)
        "6.3"
        #else
        "6.2"
        #endif
    }

    /// Of what this process runs with.
    static var current: RunRecord.Versions {
        RunRecord.Versions(
            coterie: Coterie.version,
            swift: compiler,
            openblas: KernelFingerprint.libraryVersion,
            zeromq: NetworkLibrary.version
        )
    }
}

extension ClusteringMetrics {
    /// The metrics by their published keys.
    func dictionary() throws -> [String: Double] {
        try JSONDecoder().decode([String: Double].self, from: try JSONEncoder().encode(self))
    }
}

extension FleetOptions {
    /// The flags as run.json records them.
    var record: [String: JSONValue] {
        var record: [String: JSONValue] = [
            "workers": .integer(localWorkers),
            "threads": .integer(threadsOfEach),
            "in-process": .boolean(inProcess),
            "min-workers": .integer(minWorkers),
            "keep-workers": .integer(keepWorkers),
            "allow-mixed": .boolean(allowMixed),
            "suspicion": .number(suspicion),
            "quorum-timeout": .number(quorumTimeout),
        ]
        if let listen { record["listen"] = .string(listen) }
        return record
    }
}

extension RunRecord.CertifiedRound {
    init(_ certification: Certification) {
        self.init(
            rows: certification.rows,
            inFloat: certification.inFloat,
            inDouble: certification.inDouble,
            pairs: certification.pairs,
            multiplied: certification.multiplied
        )
    }
}
