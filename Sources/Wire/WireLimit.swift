/// The largest of everything that a peer may ask this process to hold.
///
/// Senders keep to the same limits, so that what is refused is never our own.
package enum WireLimit {
    /// Bytes of an envelope frame; a job's text is the longest thing in one.
    package static let envelopeBytes = 1 << 20
    /// Bytes that an envelope frame may take up when it has been decoded: room for `readings` that are each of another dataset,
    /// which is more than `elements` tensors with all their dimensions and the longest frame's text.
    package static let decodedBytes = 7 << 20
    /// Bytes of one chunk of a transfer.
    package static let chunkBytes = 1 << 20
    /// Bytes of all tensors of a message up to which they travel as frames of that message.
    package static let inlineBytes = 64 << 10
    /// Bytes of any frame: libzmq drops the connection of a peer that announces more.
    package static let frameBytes = 2 << 20
    /// Bytes that a connection may bring without the end of a message: far more than a message has, and than can wait where
    /// nobody is told of it.
    package static let unfinishedMessageBytes = 128 << 20
    /// Elements of a repeated field, and so tensors of a message.
    package static let elements = 4096
    /// Readings of rows that one answer states, be they of as many datasets: eight datasets of as many stretches as there can
    /// be.
    package static let readings = 32_768
    /// Readings that a worker has stated before; none has as many.
    package static let statedReadings = Int(UInt32.max)
    /// Dimensions of a tensor.
    package static let dimensions = 8
    /// Transfers of one peer that have begun and not ended.
    package static let unfinishedTransfers = 4
    /// Messages that wait for a peer to read them; one that lets more wait is not sent to.
    package static let unreadMessages = 4096
    /// Peers that are not members of the fleet and can be answered.
    package static let guests = 1024
    /// UTF-8 bytes of a name or a kind.
    package static let nameBytes = 1 << 10
    /// UTF-8 bytes of a reason or a fingerprint.
    package static let textBytes = 64 << 10
}
