import Coordination
import Foundation

/// Answers those who ask how the job goes, so that no number of them can keep the coordinator from its work.
///
/// Many get the same answer, which is made anew five times a second at most, and fifty get one in a second. Who gets
/// none asks again.
struct StatusDesk {
    private static let freshness = Duration.milliseconds(200)
    private static let answersPerSecond = 50

    private var answer: String?
    private var made = Instant(.zero)
    private var second: Int64 = -1
    private var answered = 0

    /// - Parameter make: makes the answer.
    /// - Returns: nil where the asker is to be left without one.
    mutating func answer(at now: Instant, make: () throws -> String) rethrows -> String? {
        let current = now.sinceOrigin.components.seconds
        if current != second { (second, answered) = (current, 0) }
        guard answered < Self.answersPerSecond else { return nil }
        answered += 1
        if let answer, now - made < Self.freshness { return answer }
        let fresh = try make()
        (answer, made) = (fresh, now)
        return fresh
    }
}
