import Coordination

/// Each block of each round is counted exactly once before the round advances.
struct CountingChecker {
    static let name = "counting"

    private let blocks: Int
    private var counts: [Int] = []
    private var round: UInt64 = 0

    init(blocks: Int) {
        self.blocks = blocks
    }

    mutating func see(_ observation: Observation) -> String? {
        switch observation {
        case .lifeBegan(_, let rounds, _):
            begin(rounds + 1)
        case .merged(let answer):
            guard answer.round == round else {
                return "an answer to round \(answer.round) was merged in round \(round)"
            }
            guard answer.blocks.lowerBound >= 0, answer.blocks.upperBound <= blocks else {
                return "blocks \(answer.blocks.blockDescription) do not exist"
            }
            for block in answer.blocks { counts[block] += 1 }
            if let block = answer.blocks.first(where: { counts[$0] > 1 }) {
                return "block \(block) of round \(round) was counted \(counts[block]) times"
            }
        case .advanced(let advanced, _):
            guard advanced == round else { return "round \(advanced) advanced in round \(round)" }
            if let block = counts.firstIndex(of: 0) { return "round \(round) advanced without block \(block)" }
            begin(round + 1)
        default: break
        }
        return nil
    }

    private mutating func begin(_ round: UInt64) {
        self.round = round
        counts = Array(repeating: 0, count: blocks)
    }
}
