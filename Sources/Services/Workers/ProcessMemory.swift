import Foundation

/// Memory of this process as the kernel counts it.
package enum ProcessMemory {
    /// Resident bytes that are not pages of files: what the process itself needs. 0 where the kernel does not say.
    package static var anonymousBytes: UInt64 { bytes("RssAnon:") }

    /// The most resident bytes there have been, pages of files included. 0 where the kernel does not say.
    package static var peakBytes: UInt64 { bytes("VmHWM:") }

    private static func bytes(_ name: String) -> UInt64 {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
        for line in status.split(separator: "\n") where line.hasPrefix(name) {
            let kibibytes = line.dropFirst(name.count).split(whereSeparator: \.isWhitespace).first.flatMap {
                UInt64($0)
            }
            return (kibibytes ?? 0) * 1024
        }
        return 0
    }
}
