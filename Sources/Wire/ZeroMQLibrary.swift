import CZeroMQ

/// The ZeroMQ library this process runs with.
package enum ZeroMQLibrary {
    /// A release of libzmq.
    package struct Version: Comparable, Sendable, CustomStringConvertible {
        package let major: Int32
        package let minor: Int32
        package let patch: Int32

        package var description: String { "\(major).\(minor).\(patch)" }

        package static func < (left: Version, right: Version) -> Bool {
            (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
        }
    }

    /// The oldest libzmq with the fixes of CVE-2020-15166, by which a peer that was not let in could block a server.
    package static let oldest = Version(major: 4, minor: 3, patch: 3)

    package static var version: Version {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        unsafe zmq_version(&major, &minor, &patch)
        return Version(major: major, minor: minor, patch: patch)
    }

    /// - Throws: `.library` for a build without CURVE.
    static func checkEncryption() throws(WireError) {
        guard unsafe zmq_has("curve") == 1 else {
            throw WireError(.library, "no encryption: libzmq was built without CURVE; install one that has it")
        }
    }

    /// - Throws: `.library` for a release that is too old.
    static func check(_ version: Version) throws(WireError) {
        guard version >= oldest else {
            throw WireError(.library, "the ZeroMQ library is too old: libzmq \(version); install \(oldest) or later")
        }
    }
}
