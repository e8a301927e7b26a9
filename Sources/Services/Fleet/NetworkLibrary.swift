import Wire

/// The library that carries messages, for those who may not see the wire.
package enum NetworkLibrary {
    /// As `4.3.4`.
    package static var version: String { ZeroMQLibrary.version.description }
}
