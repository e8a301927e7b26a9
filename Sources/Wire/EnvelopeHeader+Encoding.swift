import CProtobufC
import CProtocols
import Coordination

extension EnvelopeHeader {
    /// The envelope frame.
    ///
    /// - Throws: `.malformed` for what a receiver would refuse.
    func encoded() throws(WireError) -> [UInt8] {
        var arena = EncodingArena()
        let envelope = unsafe arena.place(coterie__v1__envelope__init)
        unsafe envelope.pointee.version = Envelope.protocolVersion
        unsafe envelope.pointee.term = term.rawValue
        unsafe envelope.pointee.cause = cause
        unsafe envelope.pointee.transfer = transfer
        var headers: [UnsafeMutablePointer<Coterie__V1__TensorHeader>?] = unsafe []
        for tensor in tensors {
            unsafe headers.append(try arena.tensorHeader(tensor))
        }
        unsafe envelope.pointee.n_tensors = unsafe headers.count
        unsafe envelope.pointee.tensors = unsafe arena.array(headers)
        switch body {
        case .message(let message): unsafe try arena.write(message, into: envelope)
        case .chunk(let chunk): unsafe try arena.write(chunk, into: envelope)
        }
        let bytes = unsafe Self.packed(envelope)
        // A sender that holds itself to the receiver's own rules cannot drift from them.
        _ = try EnvelopeHeader(decoding: bytes)
        return bytes
    }

    private static func packed(_ envelope: UnsafePointer<Coterie__V1__Envelope>) -> [UInt8] {
        let count = unsafe coterie__v1__envelope__get_packed_size(envelope)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            written = unsafe count == 0 ? 0 : coterie__v1__envelope__pack(envelope, buffer.baseAddress)
        }
    }
}

extension EncodingArena {
    fileprivate mutating func tensorHeader(
        _ header: TensorHeader
    ) throws(WireError) -> UnsafeMutablePointer<Coterie__V1__TensorHeader> {
        let place = unsafe place(coterie__v1__tensor_header__init)
        unsafe place.pointee.name = try text(header.name)
        unsafe place.pointee.element_type = Coterie__V1__ElementType(rawValue: header.elementType.rawValue)
        var shape: [UInt64] = []
        for length in header.shape {
            shape.append(try Self.number(length, "a length of tensor '\(header.name)'"))
        }
        unsafe place.pointee.n_shape = shape.count
        unsafe place.pointee.shape = unsafe array(shape)
        unsafe place.pointee.byte_count = try Self.number(header.byteCount, "the size of tensor '\(header.name)'")
        unsafe place.pointee.crc32c = header.checksum
        return unsafe place
    }

    fileprivate mutating func write(
        _ chunk: Chunk,
        into envelope: UnsafeMutablePointer<Coterie__V1__Envelope>
    ) throws(WireError) {
        let place = unsafe place(coterie__v1__chunk__init)
        unsafe place.pointee.transfer = chunk.transfer
        unsafe place.pointee.tensor = try Self.number(chunk.tensor, "a tensor's place")
        unsafe place.pointee.offset = try Self.number(chunk.offset, "a chunk's offset")
        unsafe place.pointee.total = try Self.number(chunk.total, "a tensor's size")
        unsafe place.pointee.crc32c = chunk.checksum
        unsafe envelope.pointee.body_case = COTERIE__V1__ENVELOPE__BODY_CHUNK
        unsafe envelope.pointee.chunk = unsafe place
    }

    /// A number of the protocol, which knows no negative counts.
    static func number<Number: UnsignedInteger>(_ value: Int, _ name: String) throws(WireError) -> Number {
        guard let number = Number(exactly: value) else { throw .malformed("\(name) is \(value)") }
        return number
    }

    /// Whole nanoseconds, of which an Int64 holds 292 years.
    static func nanoseconds(_ duration: Duration, _ name: String) throws(WireError) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowOfSum) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard !overflow, !overflowOfSum else { throw .malformed("\(name) is \(duration)") }
        return sum
    }
}
