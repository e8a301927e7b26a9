import Coordination
import Testing
import Wire

@testable import Services

struct MalformedWarningsTests {
    @Test func `of each kind there is one line in ten seconds, which counts the others`() throws {
        let error = try #require(throws: WireError.self) { try Endpoint("nowhere") }
        var warnings = MalformedWarnings()
        func line(_ seconds: Int, isOfWorker: Bool = true) -> String? {
            warnings.line(for: error, isOfWorker: isOfWorker, at: Instant(.seconds(seconds)))
        }
        #expect(line(0) == error.message)
        #expect((1...9).allSatisfy { line($0) == nil })
        #expect(line(5, isOfWorker: false) == error.message)
        #expect(line(10) == "\(error.message) (and 9 more since the last such line)")
        #expect(line(19) == nil)
        #expect(line(40) == "\(error.message) (and 1 more since the last such line)")
    }
}
