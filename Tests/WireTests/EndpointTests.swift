import Testing

@testable import Wire

struct EndpointTests {
    @Test(arguments: [
        ("tcp://127.0.0.1:5555", true), ("tcp://10.0.0.4:0", false), ("tcp://*:*", false), ("tcp://localhost:1", true),
        ("tcp://[::1]:80", true), ("tcp://[fe80::1%eth0]:80", false), ("ipc:///run/coterie.sock", true),
        ("tcp://node-1.example.org:9000", false), ("tcp://127.evil.org:1", false),
    ])
    func `is read, and known to be local or not`(text: String, isLocal: Bool) throws {
        #expect(try Endpoint(text).isLocal == isLocal)
    }

    @Test(arguments: [
        "", "tcp://", "tcp://host", "tcp://host:", "tcp://:80", "tcp://host:65536", "tcp://host:-1", "tcp://host:+1",
        "tcp://a b:1", "tcp://::1:80", "udp://host:1", "ipc://", "ipc://*", "inproc://x", "tcp://a;b:1", "host:1",
    ])
    func `anything else is refused`(text: String) {
        #expect { try Endpoint(text) } throws: { ($0 as? WireError)?.code == .endpoint }
    }

    @Test func `a path must fit the system's address`() throws {
        _ = try Endpoint("ipc://" + String(repeating: "p", count: 107))
        #expect {
            try Endpoint("ipc://" + String(repeating: "p", count: 108))
        } throws: {
            "\($0)".contains("the path is 108 bytes long, where the system allows 107")
        }
    }

    @Test func `a name is listened at by its addresses, and what is none by itself`() throws {
        let places = try Endpoint("tcp://localhost:80").places().map(\.description)
        #expect(Set(places).isSubset(of: ["tcp://127.0.0.1:80", "tcp://[::1]:80"]) && !places.isEmpty)
        #expect(Set(places).count == places.count)
        for text in ["tcp://10.0.0.4:5", "tcp://[::1]:5", "tcp://*:5", "tcp://lo:5", "ipc:///run/x"] {
            #expect(try Endpoint(text).places() == [try Endpoint(text)])
        }
        let unknown = try Endpoint("tcp://no-such-host.invalid:5")
        #expect { try unknown.places() } throws: { ($0 as? WireError)?.code == .unresolved }
        #expect(unknown.resolutionFailure?.message.hasPrefix("unknown host: tcp://no-such-host.invalid:5: ") == true)
        #expect(try Endpoint("tcp://127.0.0.1:5").resolutionFailure == nil)
    }

    @Test func `a place is connected to over IPv6 only where it has no other address`() throws {
        #expect(try Endpoint("tcp://[::1]:5").isReachedOverIPv6())
        #expect(try !Endpoint("tcp://127.0.0.1:5").isReachedOverIPv6())
        #expect(try !Endpoint("tcp://localhost:5").isReachedOverIPv6())
        #expect(try !Endpoint("ipc:///run/x").isReachedOverIPv6())
    }

    @Test func `port 0 is any port`() throws {
        #expect(try Endpoint("tcp://127.0.0.1:0").description == "tcp://127.0.0.1:*")
        #expect(try !Endpoint("tcp://127.0.0.1:0").isConnectable)
        #expect(try Endpoint("tcp://127.0.0.1:0") == Endpoint("tcp://127.0.0.1:*"))
    }
}

struct ZeroMQLibraryTests {
    @Test func `a library that is too old is refused`() {
        let old = ZeroMQLibrary.Version(major: 4, minor: 3, patch: 2)
        #expect { try ZeroMQLibrary.check(old) } throws: { "\($0)".contains("libzmq 4.3.2; install 4.3.3 or later") }
        #expect(throws: Never.self) { try ZeroMQLibrary.check(ZeroMQLibrary.version) }
        #expect(old < ZeroMQLibrary.oldest)
    }
}
