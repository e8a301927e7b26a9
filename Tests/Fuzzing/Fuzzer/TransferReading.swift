import CZeroMQ
import Coordination

@testable import Wire

/// Messages one after the other, as a coordinator takes them: an envelope each, and what follows it.
///
/// An input is a byte of flags and then frames, each after its length in two bytes, the lower first.
enum TransferReading {
    /// Less than an input can announce, more than it can bring.
    private static let limit = 1 << 16
    private static let peer = WorkerID(1)
    /// The flag that has chunks come with the right checksum, which no mutation would find.
    private static let repairs: UInt8 = 1

    static func read(_ bytes: [UInt8]) {
        guard let flags = bytes.first else { return }
        var frames = Frames(bytes: bytes.dropFirst())
        var reading = Reading(isRepairing: flags & repairs != 0, assembler: TransferAssembler(limit: limit))
        while let envelope = frames.next() {
            guard let header = try? EnvelopeHeader(decoding: envelope) else { continue }
            reading.take(header, &frames)
            precondition(reading.assembler.heldBytes(of: peer) <= limit, "more is held than is allowed")
        }
        reading.assembler.drop(peer)
        precondition(reading.assembler.heldBytes(of: peer) == 0, "something is held of nobody")
    }

    private struct Frames {
        var bytes: ArraySlice<UInt8>

        mutating func next() -> [UInt8]? {
            guard bytes.count >= 2 else { return nil }
            let count = Int(bytes.removeFirst()) + Int(bytes.removeFirst()) << 8
            defer { bytes = bytes.dropFirst(count) }
            return Array(bytes.prefix(count))
        }
    }

    private struct Reading {
        let isRepairing: Bool
        var assembler: TransferAssembler
        /// Of each array of each transfer, up to where it has come.
        var checksums: [UInt64: [Int: UInt32]] = [:]

        mutating func take(_ header: EnvelopeHeader, _ frames: inout Frames) {
            switch header.body {
            case .chunk(let chunk):
                guard let payload = frames.next() else { return }
                add(chunk, payload)
            case .message where header.transfer != 0:
                let tensors = try? assembler.finish(header.transfer, header.tensors, from: peer)
                checksums[header.transfer] = nil
                precondition(tensors?.allSatisfy(\.isValid) ?? true, "a tensor that has not its shape's bytes")
            case .message:
                for tensor in header.tensors {
                    guard let payload = frames.next() else { return }
                    _ = try? unsafe tensor.tensor(of: payload.span.bytes)
                }
            }
        }

        private mutating func add(_ chunk: Chunk, _ payload: [UInt8]) {
            var chunk = chunk
            if isRepairing {
                let before = checksums[chunk.transfer]?[chunk.tensor] ?? 0
                chunk.checksum = unsafe Checksum.crc32c(over: payload.span.bytes, continuing: before)
            }
            do {
                try assembler.add(chunk, frame(payload), from: peer)
                checksums[chunk.transfer, default: [:]][chunk.tensor] = chunk.checksum
            } catch {
                checksums[chunk.transfer] = nil
            }
        }
    }

    static var seeds: [[UInt8]] {
        let inline = tensor(12, "counts")
        let envelopes = [
            Envelope(term: Term(1), message: EnvelopeReading.messages[0]),
            Envelope(term: Term(1), message: EnvelopeReading.messages[3], tensors: [inline, tensor(0, "none")]),
        ]
        let messages = envelopes.compactMap { try? EnvelopeEncoder($0, transfer: 1).messages }
        return messages.map { [0] + input($0.flatMap { $0.map(bytes) }) } + [
            [repairs] + input(chunked), [0] + input(chunked),
        ]
    }

    /// Two arrays in five chunks and the message they belong to: far smaller ones than a sender would cut.
    private static var chunked: [[UInt8]] {
        var frames: [[UInt8]] = []
        var headers: [TensorHeader] = []
        for (place, tensor) in [tensor(24, "sums"), tensor(16, "labels")].enumerated() {
            let bytes = bytes(.part(tensor.numbers, 0..<tensor.byteCount))
            var checksum: UInt32 = 0
            for start in stride(from: 0, to: bytes.count, by: 10) {
                let slice = bytes[start..<min(start + 10, bytes.count)]
                checksum = Checksum.crc32c(over: slice, continuing: checksum)
                let chunk = Chunk(
                    transfer: 1,
                    tensor: place,
                    offset: start,
                    total: bytes.count,
                    checksum: checksum
                )
                if let envelope = try? EnvelopeHeader(body: .chunk(chunk)).encoded() {
                    frames += [envelope, Array(slice)]
                }
            }
            headers.append(
                TensorHeader(
                    name: tensor.name,
                    elementType: tensor.elementType,
                    shape: tensor.shape,
                    byteCount: bytes.count,
                    checksum: checksum
                )
            )
        }
        let end = EnvelopeHeader(tensors: headers, transfer: 1, body: .message(EnvelopeReading.messages[3]))
        if let envelope = try? end.encoded() { frames.append(envelope) }
        return frames
    }

    private static func tensor(_ count: Int, _ name: String) -> WireTensor {
        WireTensor(name: name, shape: [count], .uint8((0..<count).map { UInt8($0) }))
    }

    private static func bytes(_ frame: OutgoingFrame) -> [UInt8] {
        switch frame {
        case .own(let bytes): bytes
        case .part(let numbers, let range):
            numbers.withBytes { bytes in unsafe bytes.extracting(range).withUnsafeBytes { unsafe Array($0) } }
        }
    }

    /// A frame as if these bytes had come in it.
    private static func frame(_ bytes: [UInt8]) -> MessageBuffer {
        let frame = MessageBuffer()
        unsafe zmq_msg_init_size(frame.message, bytes.count)
        let room = unsafe UnsafeMutableRawBufferPointer(start: zmq_msg_data(frame.message), count: bytes.count)
        unsafe room.copyBytes(from: bytes)
        return frame
    }

    private static func input(_ frames: [[UInt8]]) -> [UInt8] {
        frames.flatMap { [UInt8(truncatingIfNeeded: $0.count), UInt8(truncatingIfNeeded: $0.count >> 8)] + $0 }
    }
}
