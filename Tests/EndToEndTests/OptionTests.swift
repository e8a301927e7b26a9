import Foundation
import Logging
import Synchronization
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
        #expect(!Endpoint.isTCP("tcp://host:0") && Endpoint.isTCP("tcp://host:0", leastPort: 0))
        #expect(Endpoint.isLocal("ipc:///run/x") && !Endpoint.isLocal("ipc://"))
    }

    @Test func `who starts workers is told where the fleet listens, how many are missing, and the command`() throws {
        func line(_ words: String, _ bound: String) throws -> String? {
            let parser = CommandLineParser(environment: [:])
            let all = ["kmeans", "x.npy", "-k", "2"] + words.split(separator: " ").map(String.init)
            let kmeans = try #require(try parser.command(for: all) as? Kmeans)
            return FleetAnnouncement(kmeans.fleet)?.line([bound])
        }
        #expect(
            try line("--workers 0 --listen tcp://node:0 --insecure --min-workers 3", "tcp://10.0.0.5:4711")
                == "listening: tcp://10.0.0.5:4711, waiting for 3 workers 300 s at most; start each with: "
                + "coterie worker tcp://node:4711 --insecure"
        )
        #expect(
            try line("--workers 2 --listen tcp://[::1]:80 --keys /k --quorum-timeout 9", "tcp://[::1]:80")
                == "listening: tcp://[::1]:80; more workers join with: "
                + "coterie worker tcp://[::1]:80 --keys DIR --coordinator-key /k/public.key"
        )
        let name = ProcessInfo.processInfo.hostName
        let anywhere = try line("--workers 0 --listen tcp://*:80 --insecure --keep-workers 1", "tcp://[::]:80")
        let end = "1 worker 300 s at most; start each with: coterie worker tcp://\(name):80 --insecure"
        #expect(anywhere?.hasSuffix(end) == true)
        #expect(try line("--workers 2", "") == nil)
    }

    @Test func `a log that is asked for more than warnings says when`() {
        let lines = Mutex<[String]>([])
        func log(_ level: Logger.Level) -> Logger {
            Logger(label: "x") { _ in StandardErrorLog(level: level) { line in lines.withLock { $0.append(line) } } }
        }
        log(.warning).warning("one")
        log(.debug).debug("two")
        #expect(lines.withLock { $0.first } == "coterie: warning: one\n")
        let timed = #/coterie: debug: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z two\n/#
        let last = lines.withLock { $0.last } ?? ""
        #expect(last.wholeMatch(of: timed) != nil)
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
