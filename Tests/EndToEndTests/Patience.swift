import Foundation
import Testing

/// What is different where the program was built with a sanitizer, as `Scripts/sanitize` says in the environment.
enum Patience {
    private static let environment = ProcessInfo.processInfo.environment

    /// How many times as long things may take: `COTERIE_TEST_PATIENCE`, 1 unless given.
    static let factor = environment["COTERIE_TEST_PATIENCE"].flatMap(Double.init) ?? 1

    /// Whether processes can be told that their files must not grow before they begin: ThreadSanitizer's runtime writes a file of
    /// its own as it begins, and dies of the limit.
    static let mayLimitFiles = environment["TSAN_OPTIONS"] == nil
    static let limitsFiles: Comment = "ThreadSanitizer's runtime writes a file as it begins, which the limit forbids"

    /// What the sanitizers of the processes that tests start are told.
    static let ofSanitizers = environment.filter {
        $0.key.hasSuffix("SAN_OPTIONS") || ["SWIFT_BACKTRACE", "LD_PRELOAD"].contains($0.key)
    }
}
