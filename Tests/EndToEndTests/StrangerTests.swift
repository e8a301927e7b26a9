import Foundation
import Testing

/// Whoever connects to the port of a job that runs.
struct StrangerTests {
    /// A job on a local fleet that listens for remote workers too, with keys or without.
    private struct Target {
        let job: LongJob
        let folder: TestFolder
        let port: Int
        let run: RunningCoterie

        init(keys: Bool) throws {
            job = try LongJob()
            folder = try TestFolder()
            port = try FreePort.next()
            var fleet = ["--workers", "2", "--listen", "tcp://127.0.0.1:\(port)", "--suspicion", "30"]
            if keys {
                #expect(try CoterieProcess(["keygen", folder("worker")]).status == 0)
                #expect(try CoterieProcess(["keygen", folder("keys")]).status == 0)
                let list = try String(contentsOfFile: folder("worker/public.key"), encoding: .utf8)
                try folder.write(list, "keys/authorized_workers")
                fleet += ["--keys", folder("keys")]
            } else {
                fleet.append("--insecure")
            }
            run = try RunningCoterie(job.arguments + fleet + ["-o", folder("o")])
            // A worker that had yet to join when all are held would not.
            RunOutput(folder("o")).waitForRounds(1, workers: 2)
        }

        /// A worker that may join, by way of another port.
        func worker(by port: Int, keys: Bool) throws -> RunningCoterie {
            let flags =
                keys ? ["--keys", folder("worker"), "--coordinator-key", folder("keys/public.key")] : ["--insecure"]
            return try RunningCoterie(["worker", "tcp://127.0.0.1:\(port)"] + flags)
        }

        /// Expects the job to end as if nothing had been, but for lines that say so.
        ///
        /// - Returns: the lines.
        @discardableResult
        func end(lines most: Int = 1, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String] {
            let ended = try run.end()
            #expect(ended.status == 0, "\(ended.errors)", sourceLocation: sourceLocation)
            #expect(try RunOutput(folder("o")).digest == job.digest, sourceLocation: sourceLocation)
            // The workers stand still meanwhile, on a busy machine for long enough to be missed.
            let ordinary = ["too few workers", "going on", "note: listening"]
            let lines = ended.errorLines.filter { line in !ordinary.contains { line.contains($0) } }
            #expect((min(1, most)...most).contains(lines.count), "\(ended.errors)", sourceLocation: sourceLocation)
            ended.expectNothingLeft(sourceLocation: sourceLocation)
            return lines
        }
    }

    private static let strangers = "coterie: warning: strangers refused: tcp://127.0.0.1:"
    private static let malformed = "coterie: warning: malformed message: "
    /// What a coordinator may need for strangers, which is less than any of them can send.
    private static let mostGrowth = 64 << 20

    /// Disturbs a job in the middle of a round, with its memory watched.
    private func disturb(
        _ target: Target,
        growth: Int = mostGrowth,
        _ disturbance: (_ port: Int) throws -> Void
    ) throws {
        let before = try target.run.peakMemory
        try target.run.held { try disturbance(target.port) }
        #expect(try target.run.peakMemory - before <= growth)
    }

    @Test(arguments: [false, true])
    func `a million random bytes do not disturb the job`(keys: Bool) throws {
        var random = SplitMix(state: 7)
        let noise = (0..<1_000_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let target = try Target(keys: keys)
        try disturb(target) { port in
            let stranger = try StrangerConnection(port: port)
            stranger.send(noise)
            #expect(stranger.isHungUp())
        }
        let line = try target.end().first
        #expect(line?.hasPrefix(Self.strangers) == true || line?.hasPrefix(Self.malformed) == true)
    }

    // One after the other: Foundation's `Process.run` reads past the list of its open files where they are more than 1,300, and
    // other tests start processes meanwhile.
    @Test(.serialized, arguments: [false, true])
    func `a thousand connections that say nothing do not disturb the job`(keys: Bool) throws {
        let target = try Target(keys: keys)
        try disturb(target) { port in
            let crowd = try (0..<1000).map { _ in try StrangerConnection(port: port) }
            #expect(crowd.allSatisfy { $0.isHungUp() })
        }
        // One when the first are noticed, and one at the end of the job.
        let lines = try target.end(lines: 2)
        #expect(lines.allSatisfy { $0.hasPrefix(Self.strangers) })
        let counts = lines.compactMap { $0.dropFirst(Self.strangers.count).split(separator: " ").dropFirst().first }
        #expect(counts.compactMap { Int($0) }.reduce(0, +) == 1000, "\(lines)")
    }

    @Test(arguments: [false, true])
    func `a frame of a terabyte is not waited for`(keys: Bool) throws {
        let target = try Target(keys: keys)
        let identity = [UInt8(ascii: "C"), 8, 7, 6, 5, 4, 3, 2, 1]
        let opening = keys ? ZMTP.greeting(mechanism: "CURVE") : ZMTP.opening(identity: identity)
        try disturb(target) { port in
            let stranger = try StrangerConnection(port: port)
            stranger.speak(
                opening + ZMTP.announcement(of: 1 << 40, isCommand: keys) + [UInt8](repeating: 0, count: 9999)
            )
            #expect(stranger.isHungUp())
        }
        #expect(try target.end().first?.hasPrefix(Self.strangers) == true)
    }

    @Test func `a message that does not end is cut off`() throws {
        let target = try Target(keys: false)
        let frame = [3] + ZMTP.announcement(of: 1 << 20).dropFirst() + [UInt8](repeating: 0, count: 1 << 20)
        // What may come without an end, and what can come until somebody looks.
        try disturb(target, growth: 512 << 20) { port in
            let stranger = try StrangerConnection(port: port)
            stranger.speak(ZMTP.opening(identity: [UInt8(ascii: "C"), 9, 9, 9, 9, 9, 9, 9, 9]))
            var count = 0
            while count < 4096, stranger.send(frame) { count += 1 }
            #expect(count < 4096)
        }
        // On a busy machine some of it may have been read, and made no sense, before the rest was cut off.
        let lines = try target.end(lines: 2)
        #expect(lines.contains { $0.hasPrefix(Self.strangers) })
        #expect(lines.allSatisfy { $0.hasPrefix(Self.strangers) || $0.hasPrefix(Self.malformed) }, "\(lines)")
    }

    @Test func `nothing but the port listens`() throws {
        let target = try Target(keys: true)
        let inodes = try ["tcp", "tcp6", "udp", "udp6"].flatMap { table in
            try String(contentsOfFile: "/proc/net/\(table)", encoding: .utf8).split(separator: "\n").dropFirst()
                .map { $0.split(separator: " ") }
                // Of TCP those that listen, of UDP those that are connected to nobody: others hear only their own peer.
                .filter { $0[3] == (table.hasPrefix("udp") ? "07" : "0A") }
                .map { "socket:[\($0[9])]" }
        }
        let open = { (process: String) in
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\($0)")
            }
        }
        // Other tests of this process listen meanwhile, and what they have open may have been inherited.
        let inherited = Set(try open("self"))
        #expect(try open("\(target.run.identifier)").count { inodes.contains($0) && !inherited.contains($0) } == 1)
        try target.end(lines: 0)
    }

    @Test func `who speaks plain text where keys are asked for is hung up on`() throws {
        let target = try Target(keys: true)
        try disturb(target) { port in
            let stranger = try StrangerConnection(port: port)
            stranger.speak(ZMTP.opening(identity: [UInt8(ascii: "C"), 1, 2, 3, 4, 5, 6, 7, 8]) + ZMTP.frame([8, 1]))
            #expect(stranger.isHungUp())
        }
        #expect(try target.end().first?.hasPrefix(Self.strangers) == true)
    }

    /// What a worker said to one coordinator, from its greeting to its first heartbeats.
    private func recording(keys: Bool) throws -> (target: Target, bytes: [UInt8]) {
        let target = try Target(keys: keys)
        let proxy = try RecordingProxy(to: target.port)
        let worker = try target.worker(by: proxy.port, keys: keys)
        RunOutput(target.folder("o")).waitForRounds(1, workers: 3)
        let bytes = proxy.recording
        worker.send(SIGKILL)
        _ = try worker.end()
        // Its name is free only once its connection, which leads through the proxy, is known to be gone.
        #expect(eventually { RunOutput(target.folder("o")).events.contains("lost") })
        return (target, bytes)
    }

    @Test func `a recorded join with keys lets nobody in`() throws {
        let (target, bytes) = try recording(keys: true)
        let joined = RunOutput(target.folder("o")).events.count { $0 == "joined" }
        try disturb(target) { port in
            for _ in 0..<3 {
                let stranger = try StrangerConnection(port: port)
                stranger.speak(bytes)
                #expect(stranger.isHungUp())
            }
        }
        #expect(try target.end().first?.contains("3 connections that were not a worker's") == true)
        #expect(RunOutput(target.folder("o")).events.count { $0 == "joined" } == joined)
    }

    @Test func `a recorded join under another name, and in a later term, changes no bit`() throws {
        let (first, bytes) = try recording(keys: false)
        try disturbAndEnd(first, bytes)
        try disturbAndEnd(Target(keys: false), bytes)
    }

    /// Has a recorded worker join under its name and another, and stay without a word while the job goes on.
    private func disturbAndEnd(_ target: Target, _ recording: [UInt8]) throws {
        var guests: [StrangerConnection] = []
        try disturb(target) { port in
            for bytes in [recording, ZMTP.renamed(recording)] {
                let guest = try StrangerConnection(port: port)
                guest.speak(bytes)
                guests.append(guest)
            }
            RunOutput(target.folder("o")).waitForRounds(1, workers: 4)
        }
        // Whoever reaches a port without keys may join: it is a worker among others, and what it does not do others do.
        try target.end(lines: 0)
        #expect(guests.count == 2)
    }

    @Test func `a peer that is no worker does not disturb the job`() throws {
        let target = try Target(keys: false)
        try disturb(target) { port in
            for identity in ["guest", ""] {
                let stranger = try StrangerConnection(port: port)
                let frames = (0..<2000).flatMap { _ in ZMTP.frame([1, 2, 3]) }
                stranger.speak(ZMTP.opening(identity: Array(identity.utf8)) + frames)
                // Nobody answers it; libzmq has taken all of it by then.
                Thread.sleep(forTimeInterval: 0.5)
            }
        }
        #expect(try target.end().first?.hasPrefix(Self.malformed) == true)
    }

    @Test func `a worker's name with envelopes of garbage does not disturb the job`() throws {
        let identity = [UInt8(ascii: "C"), 1, 2, 3, 4, 5, 6, 7, 8]
        var random = SplitMix(state: 8)
        let garbage = (0..<500).flatMap { _ in
            ZMTP.frame((0..<(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        }
        let target = try Target(keys: false)
        try disturb(target) { port in
            let stranger = try StrangerConnection(port: port)
            stranger.speak(ZMTP.opening(identity: identity) + garbage)
            Thread.sleep(forTimeInterval: 0.5)
        }
        // One for envelopes that make no sense, and one for those of another version.
        #expect(try target.end(lines: 2).allSatisfy { $0.hasPrefix("coterie: warning: ") })
    }
}
