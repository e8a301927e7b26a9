import Coordination

/// Puts the chunks of large payloads together again, for each peer on its own.
///
/// A peer sends one transfer after the other, the arrays of each in order, and each array from its first byte to its last. A
/// transfer whose end was lost, or overtook its chunks, is superseded by those after it, so that what is never finished keeps
/// nothing else from being so. Memory grows with the bytes that have arrived, never with what a chunk announces.
struct TransferAssembler {
    /// Bytes that the unfinished transfers of one peer may announce together.
    var limit: Int

    private var transfers: [WorkerID: [UInt64: Transfer]] = [:]
    /// Chunks that have come, by which it is known what came before what.
    private var arrivals: UInt64 = 0

    init(limit: Int = 4 << 30) {
        self.limit = limit
    }

    /// Adds the bytes of one chunk. Where the peer has too many unfinished transfers, or they announce too many bytes, those
    /// of which nothing came for longest are dropped.
    ///
    /// - Parameter frame: may be empty afterwards.
    /// - Throws: `.malformed` for a transfer of too many bytes, and for a chunk that is not the next of its transfer or
    ///   does not match its checksum; the transfer is dropped then.
    mutating func add(
        _ chunk: Chunk,
        _ frame: borrowing MessageBuffer,
        from peer: WorkerID
    ) throws(WireError) {
        var ofPeer = transfers[peer] ?? [:]
        // Out of the dictionary while it is written to, so that its arrays have one owner and are not copied.
        transfers[peer] = nil
        defer { transfers[peer] = ofPeer.isEmpty ? nil : ofPeer }
        arrivals += 1
        var transfer = ofPeer.removeValue(forKey: chunk.transfer) ?? Transfer(began: arrivals)
        try transfer.add(chunk, frame, room: limit)
        transfer.touched = arrivals
        ofPeer[chunk.transfer] = transfer
        Self.supersede(in: &ofPeer, limit: limit)
    }

    private static func supersede(in transfers: inout [UInt64: Transfer], limit: Int) {
        guard transfers.count > 1 else { return }
        var announced = 0
        let latestFirst = transfers.sorted { $0.value.touched > $1.value.touched }
        for (place, (number, transfer)) in latestFirst.enumerated() {
            if place < WireLimit.unfinishedTransfers, transfer.announced <= limit - announced {
                announced += transfer.announced
            } else {
                transfers[number] = nil
            }
        }
    }

    /// Ends a transfer, and returns its arrays under their headers.
    ///
    /// - Throws: `.malformed` when the transfer is not complete or is another one than the headers describe.
    mutating func finish(
        _ number: UInt64,
        _ headers: [TensorHeader],
        from peer: WorkerID
    ) throws(WireError) -> [WireTensor] {
        guard var transfer = transfers[peer]?.removeValue(forKey: number) else {
            throw .malformed("transfer \(number) has no chunks")
        }
        // Those of which nothing has come since this one began were sent before it, and so was what ends them.
        let others = transfers[peer]?.filter { $0.value.touched > transfer.began } ?? [:]
        transfers[peer] = others.isEmpty ? nil : others
        var tensors: [WireTensor] = []
        for (index, header) in headers.enumerated() {
            tensors.append(try transfer.take(index, header))
        }
        try transfer.checkEmpty()
        return tensors
    }

    /// Forgets the transfers of a peer.
    mutating func drop(_ peer: WorkerID) {
        transfers[peer] = nil
    }

    /// Bytes that are held for a peer.
    func heldBytes(of peer: WorkerID) -> Int {
        transfers[peer]?.values.reduce(0) { $0 + $1.held } ?? 0
    }
}

/// The arrays of one message, as far as they have arrived.
private struct Transfer {
    private struct Part {
        var total: Int
        var bytes = ArrivedBytes()
        var checksum: UInt32 = 0
    }

    /// When its first and its last chunk came, by the assembler's count.
    let began: UInt64
    var touched: UInt64 = 0

    private var parts: [Int: Part] = [:]
    private var latest = -1
    private(set) var announced = 0

    init(began: UInt64) {
        self.began = began
    }

    var held: Int { parts.values.reduce(0) { $0 + $1.bytes.count } }

    mutating func add(_ chunk: Chunk, _ frame: borrowing MessageBuffer, room: Int) throws(WireError) {
        if chunk.tensor != latest {
            try begin(chunk, room: room)
        }
        guard var part = parts.removeValue(forKey: chunk.tensor), part.total == chunk.total else {
            throw .malformed("a chunk of another tensor size than the chunks before it")
        }
        guard chunk.offset == part.bytes.count else {
            throw .malformed("a chunk at byte \(chunk.offset), where byte \(part.bytes.count) comes next")
        }
        guard 1...min(WireLimit.chunkBytes, part.total - chunk.offset) ~= frame.count else {
            throw .malformed("a chunk of \(frame.count) bytes at byte \(chunk.offset) of \(part.total)")
        }
        part.checksum = frame.withBytes { Checksum.crc32c(over: $0, continuing: part.checksum) }
        guard part.checksum == chunk.checksum else {
            throw .malformed("the chunk at byte \(chunk.offset) does not match its checksum")
        }
        part.bytes.append(frame)
        parts[chunk.tensor] = part
    }

    private mutating func begin(_ chunk: Chunk, room: Int) throws(WireError) {
        guard chunk.tensor > latest, parts[latest].map({ $0.bytes.count == $0.total }) ?? true else {
            throw .malformed("a chunk of tensor \(chunk.tensor) before tensor \(latest) is complete")
        }
        guard chunk.total <= room - announced else {
            throw .malformed("a tensor of \(chunk.total) bytes, where \(max(0, room - announced)) more are allowed")
        }
        announced += chunk.total
        latest = chunk.tensor
        parts[latest] = Part(total: chunk.total)
    }

    /// Takes one array out, which must be the one that the header describes.
    mutating func take(_ index: Int, _ header: TensorHeader) throws(WireError) -> WireTensor {
        let part = parts.removeValue(forKey: index) ?? Part(total: 0)
        guard part.bytes.count == header.byteCount, part.checksum == header.checksum else {
            throw .malformed("tensor '\(header.name)' is not the one that came in chunks")
        }
        return WireTensor(header, part.bytes.numbers(header.elementType))
    }

    func checkEmpty() throws(WireError) {
        guard parts.isEmpty else { throw .malformed("a transfer of more tensors than its message has") }
    }
}
