import Foundation

/// Memory of this process as the kernel counts it.
package enum ProcessMemory {
    /// Resident bytes that are not pages of files: what the process itself needs. 0 where the kernel does not say.
    package static var anonymousBytes: UInt64 {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
        for line in status.split(separator: "\n") where line.hasPrefix("RssAnon:") {
            let kibibytes = line.dropFirst("RssAnon:".count).split(whereSeparator: \.isWhitespace).first.flatMap {
                UInt64($0)
            }
            return (kibibytes ?? 0) * 1024
        }
        return 0
    }
}
