import Clustering
import Foundation
import Shards
import Tensors
import Testing
import Wire

@testable import Services

struct FailureDescriptionTests {
    /// What a piece of code throws.
    private func failure(_ body: () throws -> Void) throws -> FailureDescription {
        FailureDescription(try #require(throws: (any Error).self, performing: body))
    }

    @Test func `errors of services and programs keep their words and get their codes`() {
        #expect(FailureDescription(ServiceError(exitCode: 69, "a: b; c")).exitCode == 69)
        #expect(FailureDescription(ServiceError.interrupted).exitCode == 75)
        let codes: [(ClusteringError.Code, Int32)] = [(.badData, 65), (.usage, 64), (.internalError, 70)]
        for (code, exitCode) in codes {
            let described = FailureDescription(ClusteringError(code, "a: b; c"))
            #expect(described.exitCode == exitCode)
            #expect(described.message == "a: b; c")
        }
    }

    @Test func `errors of files get the codes of sysexits`() throws {
        #expect(try failure { _ = try Dataset(path: "/nowhere.npy") }.exitCode == 66)
        #expect(try failure { try NumpyWriter.write([1] as [Int32], to: "/proc/nope/x.npy") }.exitCode == 73)
        #expect(try failure { _ = try Dataset(path: #filePath) }.exitCode == 65)
    }

    @Test func `errors of the wire are a lost fleet or bad usage`() throws {
        #expect(try failure { _ = try Endpoint("nowhere") }.exitCode == 64)
        let context = try Context()
        let folder = try failure {
            let entrance = Entrance([try Endpoint("ipc:///nowhere/else/socket")], security: .plain)
            _ = try CoordinatorSocket(context: context, entrances: [entrance])
        }
        #expect(folder.exitCode == 69)
        #expect(folder.message.contains("no such folder"))
    }

    @Test func `what nobody foresaw is an internal error`() {
        struct Surprise: Error {}
        let described = FailureDescription(Surprise())
        #expect(described.exitCode == 70)
        #expect(described.message == "internal error: Surprise(); report it with the command that led to it")
    }
}
