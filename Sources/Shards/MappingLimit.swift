import Foundation
import Synchronization

/// How many files this process may have mapped at a time.
///
/// Linux gives a process so many regions of memory (`vm.max_map_count`, 65,530 unless it was raised), and threads and the
/// allocator need some too; where none is left, whatever asks for one first fails. No descriptor is kept for a mapping.
enum MappingLimit {
    /// Regions that are left to everything else.
    private static let reserve = 4096

    private static let mapped = Atomic(0)

    static let most: Int = {
        let text = try? String(contentsOfFile: "/proc/sys/vm/max_map_count", encoding: .utf8)
        let regions = text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 65_530
        return max(regions - reserve, reserve)
    }()

    /// Counts a mapping; false where there are as many as may be.
    static func claim() -> Bool {
        guard mapped.add(1, ordering: .relaxed).newValue <= most else {
            release()
            return false
        }
        return true
    }

    static func release() { mapped.subtract(1, ordering: .relaxed) }

    /// The failure of a mapping that was not tried.
    static let reached = SystemFailure(number: ENOMEM)

    static func refusal(of path: String) -> ShardError {
        ShardError(
            .inputOutput,
            "more than \(most) files to map",
            at: path,
            fix: "join them into fewer files, or raise vm.max_map_count"
        )
    }
}
