package import Coordination

/// A message as it crosses the wire: what it says, when it was said, and the arrays that go with it.
package struct Envelope: Sendable, Equatable {
    /// The version of `Protocols/` that this process speaks, and the only one it understands.
    package static let protocolVersion: UInt32 = 3

    /// The coordinator's term; 0 from a worker that has not been welcomed.
    package var term: Term
    /// Which message this one answers or comes from, for those who read logs.
    package var cause: UInt64
    package var message: Message
    /// At most `WireLimit.elements`, each of them valid.
    package var tensors: [WireTensor]

    package init(term: Term, cause: UInt64 = 0, message: Message, tensors: [WireTensor] = []) {
        self.term = term
        self.cause = cause
        self.message = message
        self.tensors = tensors
    }
}
