import Foundation

/// Ports of this machine that nobody listens on, below those that the kernel gives to connections of its own choice, so that
/// a coordinator that comes back finds its port free.
enum FreePorts {
    static func choose(_ count: Int) throws(ChaosError) -> [Int] {
        let tables = ["tcp", "tcp6"].map { (try? String(contentsOfFile: "/proc/net/\($0)", encoding: .utf8)) ?? "" }
        let taken = tables.joined()
        let free = (15_000..<32_000).shuffled().lazy.filter { port in
            let digits = String(port, radix: 16, uppercase: true)
            return !taken.contains(":" + String(repeating: "0", count: 4 - digits.count) + digits + " ")
        }
        let chosen = Array(free.prefix(count))
        guard chosen.count == count else {
            throw ChaosError(.fleet, "no free port", at: "127.0.0.1", fix: "end what listens between 15000 and 32000")
        }
        return chosen
    }
}
