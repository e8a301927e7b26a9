import Clustering
import Coordination
import Testing
import Wire

@testable import Services

struct ProgramHostTests {
    /// Answers a round in pieces, in the order of `pieces`.
    private func finishRound(_ host: inout ProgramHost<CountingProgram>, _ pieces: [Range<Int>]) throws {
        let session = ProgramSession(host.program)
        let round = try #require(host.round)
        for blocks in pieces {
            let partial = try #require(try session.partial(of: blocks, in: round, threads: 1) { _ in .goOn }).partial
            try host.merge(try host.partial(from: partial.arrays(), for: blocks), blocks: blocks)
        }
        #expect(host.mergedBlocks == 7)
        _ = try host.advance()
    }

    @Test func `rounds that are answered in any pieces end as in one process`() throws {
        let program = try CountingProgram.sample()
        let rows = CollectedRows()
        var host = try ProgramHost(program, sink: rows, from: nil)
        for number in 1...3 {
            let request = try #require(try host.nextRound())
            #expect(
                request
                    == RoundRequest(
                        round: RoundID(UInt64(number)),
                        kind: "count",
                        parameters: [ParameterReference(name: "round", version: UInt64(number - 1))],
                        blocks: 7
                    )
            )
            let pieces = [[0..<7], [4..<7, 0..<4], (0..<7).reversed().map { $0..<$0 + 1 }][number - 1]
            try finishRound(&host, pieces)
        }
        #expect(try host.nextRound() == nil)
        #expect(host.model == (try LocalRunner(program).run().model))
        #expect(host.model.totals == [190, 380, 570])
        // Rows 18 and 19, of each round.
        #expect(rows.values[18] == [18, 19, 36, 38, 54, 57])
    }

    @Test func `arrays are attached to notices of the present round alone`() throws {
        var host = try ProgramHost(try CountingProgram.sample(), sink: nil, from: nil)
        let request = try #require(try host.nextRound())
        var notice = RoundNotice(round: request.round, kind: "count", parameters: request.parameters, attached: [0])
        // The second worker's are those of the first.
        for _ in 0..<2 {
            let tensors = host.tensors(attachedTo: notice)
            #expect(tensors == [WireTensor(name: "round", shape: [1], .int64([1]))])
        }
        notice.attached = []
        #expect(host.tensors(attachedTo: notice).isEmpty)
        notice = RoundNotice(round: RoundID(9), kind: "count", parameters: request.parameters, attached: [0])
        #expect(host.tensors(attachedTo: notice).isEmpty)

        try finishRound(&host, [0..<7])
        let next = try #require(try host.nextRound())
        notice = RoundNotice(round: next.round, kind: "count", parameters: next.parameters, attached: [0])
        #expect(host.tensors(attachedTo: notice) == [WireTensor(name: "round", shape: [1], .int64([2]))])
    }

    @Test func `an answer of another shape is refused and not merged`() throws {
        var host = try ProgramHost(try CountingProgram.sample(), sink: nil, from: nil)
        _ = try host.nextRound()
        #expect(throws: ClusteringError.self) { try host.partial(from: [], for: 0..<7) }
        #expect(throws: ClusteringError.self) {
            try host.partial(from: [NamedArray("sum", [Int64(1), 2])], for: 0..<7)
        }
        #expect(throws: ClusteringError.self) { try host.partial(from: [NamedArray("sum", [1.5])], for: 0..<7) }
    }

    @Test func `an answer with rows of other blocks is refused`() throws {
        var host = try ProgramHost(try CountingProgram.sample(), sink: CollectedRows(), from: nil)
        _ = try host.nextRound()
        let round = try #require(host.round)
        let session = ProgramSession(host.program)
        let arrays = try #require(try session.partial(of: 4..<7, in: round, threads: 1) { _ in .goOn }).partial.arrays()
        #expect(throws: Never.self) { try host.partial(from: arrays, for: 4..<7) }
        for blocks in [0..<3, 5..<7, 4..<8, 6..<6, -1..<2] {
            #expect(throws: ClusteringError.self) { try host.partial(from: arrays, for: blocks) }
        }
    }
}
