import Foundation

/// A port that nobody listens on, below those that the kernel gives to connections.
enum FreePort {
    static func next() throws -> Int {
        let taken = try ["tcp", "tcp6"].map { try String(contentsOfFile: "/proc/net/\($0)", encoding: .utf8) }.joined()
        while true {
            let port = Int.random(in: 15_000..<32_000)
            let digits = String(port, radix: 16, uppercase: true)
            if !taken.contains(":" + String(repeating: "0", count: 4 - digits.count) + digits + " ") { return port }
        }
    }

    /// As `tcp://127.0.0.1:PORT`.
    static func endpoint() throws -> String {
        "tcp://127.0.0.1:\(try next())"
    }
}
