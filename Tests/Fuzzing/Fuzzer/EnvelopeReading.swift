import Coordination

@testable import Wire

/// The first frame of a message, as it comes from a socket.
enum EnvelopeReading {
    static func read(_ bytes: [UInt8]) {
        guard let header = try? EnvelopeHeader(decoding: bytes) else { return }
        precondition(header.tensors.count <= WireLimit.elements, "more tensors than are allowed")
        // Unknown fields and odd orders go; what was understood stays.
        guard let encoded = try? header.encoded() else { return }
        let again = try? EnvelopeHeader(decoding: encoded)
        precondition(again == header, "an envelope that was read comes back as another")
    }

    static var seeds: [[UInt8]] {
        let tensors = WireElement.allCases.map { type in
            TensorHeader(name: "\(type)", elementType: type, shape: [2, 3], byteCount: 6 * type.byteCount, checksum: 7)
        }
        let plain = messages.map { EnvelopeHeader(term: Term(3), cause: 4, body: .message($0)) }
        let other = [
            EnvelopeHeader(term: Term(1), tensors: tensors, body: .message(messages[3])),
            EnvelopeHeader(term: Term(1), tensors: tensors, transfer: 9, body: .message(messages[3])),
            EnvelopeHeader(body: .chunk(Chunk(transfer: 1, tensor: 0, offset: 5, total: 10, checksum: 11))),
        ]
        return (plain + other).compactMap { try? $0.encoded() } + [[], [8, 7, 0xFF]]
    }

    private static let lease = Lease(id: LeaseID(7), round: RoundID(3), blocks: 12..<40)

    static let messages: [Message] = [
        .join(JoinRequest(name: "node-4", process: 711, threads: 8, fingerprint: "openblas 0.3.21 SkylakeX")),
        .heartbeat(Heartbeat()),
        .heartbeat(Heartbeat(lease: LeaseID(.max), finishedBlocks: 9)),
        .partial(PartialNotice(lease: lease, checksum: 5, busy: .milliseconds(1234), peakMemory: 1 << 30)),
        .partial(
            PartialNotice(
                lease: lease,
                checksum: 5,
                readings: Readings(
                    before: 2,
                    [Reading(dataset: 1, stretch: 0, digest: 3), Reading(dataset: 2, stretch: 4, digest: 5)]
                )
            )
        ),
        .failure(TaskFailure(lease: lease, exitCode: -1, reason: "block 12: cannot be read")),
        .leave,
        .welcome(Welcome(heartbeat: .milliseconds(500), job: "{\"k\":10}")),
        .refusal(Refusal(code: .fingerprint, reason: "another processor")),
        .round(
            RoundNotice(
                round: RoundID(4),
                kind: "assign",
                parameters: [
                    ParameterReference(name: "centroids", version: 4), ParameterReference(name: "b", version: 1),
                ],
                attached: [0, 1]
            )
        ),
        .grant(lease),
        .revoke(LeaseID(9)),
        .acknowledgement,
        .rejoin,
        .farewell(Farewell(exitCode: 70)),
    ]
}
