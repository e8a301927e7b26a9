import Foundation
import Testing

/// Real processes with real keys over loopback.
struct SecurityTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    private func keygen(_ name: String) throws -> String {
        let run = try CoterieProcess(["keygen", folder(name)])
        #expect(run.status == 0 && run.errors.isEmpty)
        return String(run.output.dropLast())
    }

    @Test func `keygen makes a pair once, and prints the public key`() throws {
        let key = try keygen("keys")
        #expect(key.utf8.count == 40)
        #expect(try String(contentsOfFile: folder("keys/public.key"), encoding: .utf8).contains("\n\(key)\n"))
        let secret = try FileManager.default.attributesOfItem(atPath: folder("keys/secret.key"))
        #expect(secret[.posixPermissions] as? Int == 0o600)
        let again = try CoterieProcess(["keygen", folder("keys")])
        #expect(again.status == 73 && again.output.isEmpty && again.errorLines.count == 1)
    }

    @Test func `keys that are not to be used end a worker before it connects`() throws {
        _ = try keygen("keys")
        let pinned = folder("keys/public.key")
        func worker(_ keys: String, _ coordinator: String) throws -> CoterieProcess {
            let flags = ["--keys", folder(keys), "--coordinator-key", coordinator]
            return try CoterieProcess(["worker", "tcp://127.0.0.1:9"] + flags)
        }
        #expect(try worker("nowhere", pinned).status == 66)
        #expect(try worker("keys", folder("nowhere.key")).status == 66)
        try folder.write("no key", "bad.key")
        #expect(try worker("keys", folder("bad.key")).status == 65)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder("keys/secret.key"))
        let open = try worker("keys", pinned)
        #expect(open.status == 77)
        #expect(open.errors.hasPrefix("coterie: key refused: \(folder("keys/secret.key"))"))
        #expect(open.errors.contains("chmod 600"))
    }

    @Test func `who has no key on the list is refused with 77, and the job ends with the same digest`() throws {
        let job = ["kmeans", SampleEmbeddings.digits, "-k", "10", "--block-rows", "128", "--no-progress", "--quiet"]
        #expect(try CoterieProcess(job + ["--in-process", "-o", folder("alone")]).status == 0)
        let keys = try ["good", "bad", "late", "coordinator"].map(keygen)
        try folder.write("# the good one\n\(keys[0])\n", "coordinator/authorized_workers")
        let endpoint = try FreePort.endpoint()
        // One worker more than are let in at first, so that the job waits until all of this has happened.
        let fleet = ["--workers", "0", "--min-workers", "2", "--listen", endpoint, "--keys", folder("coordinator")]
        let coordinator = try RunningCoterie(job + fleet + ["-o", folder("fleet")])
        func worker(_ name: String, of coordinator: String = "coordinator") throws -> RunningCoterie {
            let pinned = ["--coordinator-key", folder("\(coordinator)/public.key")]
            return try RunningCoterie(["worker", endpoint, "--keys", folder(name), "--quiet"] + pinned)
        }

        let good = try worker("good")
        let strangers = [
            try RunningCoterie(["worker", endpoint, "--insecure", "--quiet"]), try worker("bad"),
            try worker("good", of: "bad"),
        ]
        for stranger in strangers {
            let ended = try stranger.end(within: 30)
            #expect(ended.status == 77 && ended.errorLines.count == 1, "\(ended.errors)")
            #expect(ended.errors.hasPrefix("coterie: key refused: \(endpoint): "))
        }
        #expect(try eventually { try coordinator.errors.contains("key refused: \(keys[1]) at ") })

        try folder.write("nonsense\n", "coordinator/authorized_workers")
        coordinator.send(SIGHUP)
        #expect(try eventually { try coordinator.errors.contains("the old list stays in use") })
        try folder.write("\(keys[0])\n\(keys[2]) # came later\n", "coordinator/authorized_workers")
        coordinator.send(SIGHUP)
        // Whoever comes before the list is read is turned away.
        #expect(try eventually { try worker("late").end(within: 20).status == 0 })

        let ended = try coordinator.end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.errorLines.count { $0.contains("key refused: \(keys[1]) at ") } == 1, "\(ended.errors)")
        #expect(try good.end(within: 10).status == 0)
        #expect(try RunOutput(folder("fleet")).digest == RunOutput(folder("alone")).digest)
    }

    @Test func `a key that is taken off the list ends its worker with 77, and the job goes on`() throws {
        let job = try LongJob()
        let keys = try ["remote", "coordinator"].map(keygen)
        try folder.write("\(keys[0])\n", "coordinator/authorized_workers")
        let endpoint = try FreePort.endpoint()
        let fleet = ["--workers", "2", "--listen", endpoint, "--keys", folder("coordinator"), "--suspicion", "30"]
        let run = try RunningCoterie(job.arguments + fleet + ["-o", folder("o")])
        let pinned = ["--coordinator-key", folder("coordinator/public.key")]
        let remote = try RunningCoterie(["worker", endpoint, "--keys", folder("remote")] + pinned)
        RunOutput(folder("o")).waitForRounds(1, workers: 3)
        try run.held {
            try folder.write("# nobody\n", "coordinator/authorized_workers")
            run.send(SIGHUP)
            let refused = try remote.end(within: 20)
            #expect(refused.status == 77)
            #expect(refused.errorLines.count == 1 && refused.errors.contains("key refused: \(keys[0])"))
        }
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.errorLines.count { $0.contains("key refused: \(keys[0]) of worker ") } == 1, "\(ended.errors)")
        #expect(RunOutput(folder("o")).events.contains("lost"))
        #expect(try RunOutput(folder("o")).digest == job.digest)
    }

    @Test func `a refused key stands in the error of a fleet that waits, and a wrong pin in the worker's`() throws {
        let keys = try ["stranger", "coordinator"].map(keygen)
        try folder.write("# nobody\n", "coordinator/authorized_workers")
        let endpoint = try FreePort.endpoint()
        let run = try RunningCoterie(
            try LongJob().arguments + ["--workers", "0", "--listen", endpoint, "--keys", folder("coordinator")]
                + ["--quorum-timeout", "\(12 * Patience.factor)", "-o", folder("o")]
        )
        let pin = folder("coordinator/public.key")
        #expect(try eventually { try run.errors.contains(" --keys DIR --coordinator-key \(pin)") })
        func worker(_ pin: String) throws -> CoterieProcess {
            let flags = ["--keys", folder("stranger"), "--coordinator-key", folder(pin), "--death-timeout", "3"]
            return try RunningCoterie(["worker", endpoint] + flags).end(within: 30)
        }
        // First, since the fleet does not wait for long.
        #expect(try worker("coordinator/public.key").status == 77)
        #expect(try eventually { try run.errors.contains("key refused: \(keys[0]) at 127.0.0.1") })
        let wrong = try worker("stranger/public.key")
        #expect(wrong.status == 77)
        let advice = "check --coordinator-key, which must be its public key"
        #expect(wrong.errorLines.last?.contains(advice) == true, "\(wrong.errors)")
        let ended = try run.end(within: 30)
        #expect(ended.status == 69)
        let last = try #require(ended.errorLines.last)
        #expect(last.contains("too few workers: 0 of at least 1"))
        #expect(last.contains("key refused: \(keys[0]) at 127.0.0.1"), "\(ended.errors)")
    }
}
