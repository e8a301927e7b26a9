import CZeroMQ
import Coordination

@testable import Wire

/// Messages and numbers that the tests share.
enum Samples {
    static let lease = Lease(id: LeaseID(7), round: RoundID(3), blocks: 12..<40)

    static let readings = Readings(
        before: 3,
        [
            Reading(dataset: 1, stretch: 0, digest: .max), Reading(dataset: 1, stretch: 7, digest: 0),
            Reading(dataset: .max, stretch: .max, digest: 9), Reading(dataset: 1, stretch: 8, digest: 1),
        ]
    )

    /// Every case of Message, with ordinary and with extreme values.
    static let messages: [Message] = [
        .join(JoinRequest(name: "nœud-4:711", process: 711, threads: 8, fingerprint: "openblas 0.3.21 SkylakeX")),
        .join(JoinRequest(name: "", process: .max, threads: .max, fingerprint: "")),
        .join(JoinRequest(name: "w", process: 1, host: "nœud-4", threads: 1, fingerprint: "x")),
        .heartbeat(Heartbeat()),
        .heartbeat(Heartbeat(lease: LeaseID(3), finishedBlocks: 2, isDraining: true)),
        .statusRequest,
        .status("{\"job\":\"kmeans\"}"),
        .heartbeat(Heartbeat(lease: LeaseID(0), finishedBlocks: 0)),
        .heartbeat(Heartbeat(lease: LeaseID(.max), finishedBlocks: .max)),
        .partial(
            PartialNotice(
                lease: lease,
                checksum: .max,
                busy: .milliseconds(1234),
                peakMemory: .max,
                certified: CertifiedRows(rows: .max, inFloat: 3, inDouble: 1, pairs: 1 << 60, multiplied: 5)
            )
        ),
        .partial(PartialNotice(lease: lease, checksum: 0, readings: readings)),
        .partial(
            PartialNotice(
                lease: lease,
                checksum: 0,
                readings: Readings(
                    before: Int(UInt32.max),
                    // Each of another dataset, which takes the most room.
                    (0..<32_768).map { Reading(dataset: .max - UInt64($0), stretch: $0, digest: .max) }
                )
            )
        ),
        .failure(TaskFailure(lease: lease, exitCode: -1, reason: "block 12: cannot be read\nat all")),
        .leave,
        .unable(because: "no such file: /data/x.npy"),
        .welcome(Welcome(heartbeat: .milliseconds(500), job: String(repeating: "k: 10\n", count: 150_000))),
        .refusal(Refusal(code: .fingerprint, reason: "another processor")),
        .refusal(Refusal(code: .version, reason: "")),
        .refusal(Refusal(code: .malformed, reason: "?")),
        .refusal(Refusal(code: .data, reason: "other bytes")),
        .round(
            RoundNotice(
                round: RoundID(.max),
                kind: "assign",
                parameters: (0..<4096).map { ParameterReference(name: "p\($0)", version: UInt64($0)) },
                attached: [0, 4095, 3]
            )
        ),
        .round(RoundNotice(round: RoundID(1), kind: "", parameters: [], attached: [])),
        .grant(lease),
        .grant(Lease(id: LeaseID(.max), round: RoundID(0), blocks: Int.max..<Int.max)),
        .revoke(LeaseID(9)),
        .acknowledgement,
        .rejoin,
        .farewell(Farewell(exitCode: 70)),
    ]

    static func bytes(_ count: Int) -> [UInt8] {
        var random = SeededGenerator(seed: UInt64(count))
        var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: random.next()), count: count)
        for place in stride(from: 0, to: count, by: 61) {
            bytes[place] = UInt8(truncatingIfNeeded: random.next())
        }
        return bytes
    }

    static func tensor(_ count: Int, named name: String = "sums") -> WireTensor {
        WireTensor(name: name, shape: [count], .uint8(bytes(count)))
    }

    static func envelope(_ message: Message = .grant(lease), _ tensors: [WireTensor] = []) -> Envelope {
        Envelope(term: Term(2), cause: 99, message: message, tensors: tensors)
    }
}

extension OutgoingFrame {
    /// A copy of the bytes.
    var bytes: [UInt8] {
        switch self {
        case .own(let bytes): bytes
        case .part(let numbers, let range):
            numbers.withBytes { bytes in unsafe bytes.extracting(range).withUnsafeBytes { unsafe Array($0) } }
        }
    }
}

extension MessageBuffer {
    /// A frame as if these bytes had come in it.
    init(_ bytes: [UInt8]) {
        self.init()
        unsafe zmq_msg_init_size(message, bytes.count)
        unsafe UnsafeMutableRawBufferPointer(start: zmq_msg_data(message), count: bytes.count).copyBytes(from: bytes)
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
