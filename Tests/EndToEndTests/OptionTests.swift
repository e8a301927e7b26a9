import Foundation
import Testing

@testable import coterie

struct OptionTests {
    @Test func `a run's folder is named for the local time in every locale`() throws {
        let date = Date(timeIntervalSince1970: 1_767_225_599)
        #expect(OutputOptions.stamp(date, in: .gmt) == "20251231-235959")
        #expect(OutputOptions.stamp(date, in: try #require(TimeZone(secondsFromGMT: 3600))) == "20260101-005959")
    }

    @Test func `endpoints are addresses with a port`() {
        for good in ["tcp://host:1", "tcp://0.0.0.0:65535", "tcp://*:5555", "tcp://[::1]:80"] {
            #expect(Endpoint.isTCP(good), "\(good)")
        }
        for bad in ["", "tcp://", "tcp:", "tcp://:1", "tcp://host", "tcp://host:", "tcp://host:65536", "tcp://h:-1"] {
            #expect(!Endpoint.isTCP(bad), "\(bad)")
        }
        #expect(Endpoint.isLocal("ipc:///run/x") && !Endpoint.isLocal("ipc://"))
    }

    @Test func `first centroids have names, or come from a file`() throws {
        #expect(try Initialisation(argument: "k-means++") == .plusPlus)
        #expect(try Initialisation(argument: "k-means-parallel") == .parallel)
        #expect(try Initialisation(argument: "random") == .random)
        #expect(try Initialisation(argument: "old/centroids.npy") == .file("old/centroids.npy"))
        #expect(throws: (any Error).self) { try Initialisation(argument: "kmeans++") }
    }

    @Test func `exit codes are those of sysexits, and 1 of a check that objects`() {
        let codes = ExitStatus.allCases.map(\.rawValue)
        #expect(codes == [0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 77])
    }

    @Test func `an error nobody foresaw is internal, and one line`() {
        struct Strange: Error, CustomStringConvertible { let description = "two\nlines" }
        let failure = Failure(Strange())
        #expect(failure.status == .internalError)
        #expect(failure.line.hasPrefix("coterie: internal error: two lines; "))
    }
}
