import Foundation
import Testing

@testable import Dashboard

/// `coterie status` says who is alive, what round, who is slow, and what was moved.
struct StatusTests {
    private func snapshot(_ place: [String]) throws -> FleetSnapshot {
        let run = try CoterieProcess(["status", "--json"] + place)
        try #require([0, 75].contains(run.status), "\(run.errors)")
        #expect(run.output.split(separator: "\n").count == 1)
        return try FleetSnapshot(json: run.output)
    }

    /// A job that does not end, and its local workers once they are at work.
    private func begin(
        _ folder: TestFolder,
        suspicion: String,
        workers: Int = 3,
        more: [String] = []
    ) throws -> (run: RunningCoterie, output: RunOutput) {
        let arguments = ["--workers", "\(workers)", "--suspicion", suspicion, "-o", folder("o")]
        let run = try RunningCoterie(try LongJob(isEndless: true).arguments + arguments + more)
        let output = RunOutput(folder("o"))
        output.waitForRounds(5, workers: workers)
        return (run, output)
    }

    @Test func `during a fault it names the lost worker and where its blocks went`() throws {
        let folder = try TestFolder()
        let (run, _) = try begin(folder, suspicion: "0.5")
        let stopped = try #require(run.workers.first)
        kill(stopped, SIGSTOP)
        defer { kill(stopped, SIGCONT) }
        var now = try snapshot([folder("o")])
        // Its blocks go to the others once those have answered what they were at.
        _ = try eventually {
            now = try snapshot([folder("o")])
            return now.workers.contains { $0.state == .lost }
                && now.moves.first { $0.reason == "lost" }?.isWhole == true
        }
        let lost = try #require(now.workers.first { $0.state == .lost })
        #expect(lost.pid == Int(stopped))
        #expect(lost.remarks.first?.hasPrefix("silent for ") == true)
        #expect(now.fleet.lost == 1)
        #expect(now.workers.count { $0.state != .lost } == 2)
        let move = try #require(now.moves.first { $0.reason == "lost" })
        #expect(move.worker == lost.name)
        let others = Set(now.workers.filter { $0.state != .lost }.map(\.name))
        #expect(Set(move.to.map(\.worker)).isSubset(of: others))
        #expect(move.isWhole)

        let page = try CoterieProcess(["status", folder("o")])
        #expect(page.output.contains(move.worker + " lost: block"))
        #expect(page.output.contains("moved "))
        run.send(SIGTERM)
        _ = try run.end()
    }

    @Test func `a worker that has been silent for a while is shown before it is lost`() throws {
        let folder = try TestFolder()
        let (run, _) = try begin(folder, suspicion: "20", workers: 2)
        let stopped = try #require(run.workers.first)
        kill(stopped, SIGSTOP)
        defer { kill(stopped, SIGCONT) }
        var now = try snapshot([folder("o")])
        #expect(
            try eventually {
                now = try snapshot([folder("o")])
                return now.workers.contains { $0.state == .silent }
            }
        )
        let silent = try #require(now.workers.first { $0.state == .silent })
        #expect(silent.pid == Int(stopped))
        #expect(silent.remarks.contains { $0.hasPrefix("stopped, overloaded or cut off?") })
        #expect(now.fleet.lost == 0)
        #expect(now.moves.contains { $0.reason == "copied" && $0.worker == silent.name && !$0.to.isEmpty })
        kill(stopped, SIGCONT)
        run.send(SIGTERM)
        _ = try run.end()
    }

    @Test func `a worker that is killed is named with its process and the signal`() throws {
        let folder = try TestFolder()
        let (run, _) = try begin(folder, suspicion: "2")
        let killed = try #require(run.workers.first)
        kill(killed, SIGKILL)
        var now = try snapshot([folder("o")])
        #expect(
            try eventually {
                now = try snapshot([folder("o")])
                return now.workers.contains { $0.state == .lost }
            }
        )
        let lost = try #require(now.workers.first { $0.state == .lost })
        #expect(lost.pid == Int(killed))
        // Whichever is found first.
        #expect(["killed by signal 9", "its connection is gone"].contains(lost.remarks.first))
        #expect(lost.host == ProcessInfo.processInfo.hostName)
        run.send(SIGTERM)
        _ = try run.end()
    }

    @Test func `the snapshot has the keys that scripts depend on`() throws {
        let folder = try TestFolder()
        let (run, _) = try begin(folder, suspicion: "2", workers: 2)
        // The snapshot in the folder may be half a second old.
        #expect(try eventually { try snapshot([folder("o")]).workers.count { $0.blocks > 0 } == 2 })
        let status = try CoterieProcess(["status", "--json", folder("o")])
        let object = try status.json()
        let keys = Set(object.keys)
        let always: Set<String> = [
            "job", "state", "written", "elapsed_seconds", "coordinator", "progress", "fleet", "workers", "moves",
            "events",
        ]
        #expect(keys.isSuperset(of: always))
        #expect(keys.subtracting(always).isSubset(of: ["round", "rows_per_second"]))
        #expect(object["job"] as? String == "kmeans")
        #expect(object["state"] as? String == "working")
        #expect((object["coordinator"] as? [String: Any])?["pid"] as? Int == Int(run.identifier))
        let workers = try #require(object["workers"] as? [[String: Any]])
        #expect(workers.count == 2)
        for worker in workers {
            let needed: Set<String> = [
                "id", "name", "pid", "host", "threads", "state", "silent_seconds", "blocks", "bytes_sent",
                "bytes_received", "remarks",
            ]
            #expect(Set(worker.keys).isSuperset(of: needed))
            #expect(worker["blocks"] as? Int ?? 0 > 0)
        }
        let fleet = try #require(object["fleet"] as? [String: Any])
        #expect(
            Set(fleet.keys) == ["requested", "present", "least", "joined", "lost", "suspicion_seconds"]
        )
        run.send(SIGTERM)
        _ = try run.end()
    }

    @Test func `a job in one process has a status without workers`() throws {
        let folder = try TestFolder()
        let run = try RunningCoterie(try LongJob(isEndless: true).arguments + ["--in-process", "-o", folder("o")])
        #expect(eventually { FileManager.default.fileExists(atPath: folder("o") + "/.status.json") })
        let page = try CoterieProcess(["status", folder("o")])
        #expect(page.output.hasPrefix("kmeans: working"))
        #expect(page.output.contains("in one process, without workers"))
        run.send(SIGTERM)
        _ = try run.end()
    }

    @Test func `a run that was killed is interrupted, and how to go on is said`() throws {
        let folder = try TestFolder()
        let (run, _) = try begin(folder, suspicion: "2", workers: 2)
        #expect(try eventually { try snapshot([folder("o")]).progress.done > 0 })
        run.send(SIGKILL)
        _ = try run.end()
        let page = try CoterieProcess(["status", folder("o")])
        page.expectFailure(75)
        #expect(page.output.hasPrefix("kmeans: interrupted"))
        #expect(page.output.contains("'coterie resume \(folder("o"))' goes on"))
        let ended = try snapshot([folder("o")])
        #expect(ended.state == .interrupted)
        #expect(ended.fleet.present == 0)
        #expect(ended.progress.done > 0)
    }

    @Test func `a run that has ended shows its summary, and nothing is kept for the status`() throws {
        let folder = try TestFolder()
        let data = try SampleEmbeddings.write(
            SampleEmbeddings.values(rows: 300, columns: 8),
            columns: 8,
            to: folder("d.npy")
        )
        let run = try CoterieProcess(["kmeans", data, "-k", "3", "--workers", "1", "-o", folder("o")])
        #expect(run.status == 0, "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder("o") + "/.status.json"))
        let page = try CoterieProcess(["status", folder("o")])
        #expect(page.status == 0)
        #expect(page.output.contains("digest"))
        #expect(try snapshot([folder("o")]).state == .done)
    }

    @Test func `what is no run is refused`() throws {
        let folder = try TestFolder()
        try CoterieProcess(["status", folder("nowhere")]).expectFailure(66)
        try CoterieProcess(["status", folder.path]).expectFailure(65)
    }

    @Test func `watching ends with the job`() throws {
        let folder = try TestFolder()
        let (run, _) = try begin(folder, suspicion: "2", workers: 1)
        let watch = try RunningCoterie(["status", "--watch", "--json", folder("o")])
        #expect(try eventually { try watch.output.contains("\n") })
        run.send(SIGTERM)
        _ = try run.end()
        let seen = try watch.end(within: 10)
        #expect(seen.status == 75, "\(seen.errors)")
        let states = try seen.output.split(separator: "\n").map { try FleetSnapshot(json: String($0)).state }
        #expect(states.first == .working)
        #expect(states.last == .interrupted)
    }

    // Over the wire.

    @Test func `a coordinator that listens is asked, and the asker is no worker`() throws {
        let folder = try TestFolder()
        let port = try FreePort.next()
        let place = "tcp://127.0.0.1:\(port)"
        let (run, output) = try begin(folder, suspicion: "2", workers: 1, more: ["--listen", place, "--insecure"])
        let answer = try snapshot([place, "--insecure"])
        #expect(answer.state == .working)
        #expect(answer.workers.map(\.name) == ["local-1"])
        #expect(answer.fleet.joined == 1)
        #expect(!output.events.contains("refused"))
        run.send(SIGTERM)
        _ = try run.end()
    }

    @Test func `a coordinator that cannot be reached is 69`() throws {
        try CoterieProcess(["status", "tcp://127.0.0.1:\(try FreePort.next())", "--insecure"]).expectFailure(69)
    }

    @Test func `behind keys the coordinator's own pair and those on the list are answered, others refused`() throws {
        let folder = try TestFolder()
        for name in ["own", "friend", "stranger"] {
            #expect(try CoterieProcess(["keygen", folder(name)]).status == 0)
        }
        try FileManager.default.copyItem(
            atPath: folder("friend") + "/public.key",
            toPath: folder("own") + "/authorized_workers"
        )
        let place = "tcp://127.0.0.1:\(try FreePort.next())"
        let (run, _) = try begin(
            folder,
            suspicion: "2",
            workers: 1,
            more: ["--listen", place, "--keys", folder("own")]
        )
        #expect(try snapshot([place, "--keys", folder("own")]).state == .working)
        let pinned = ["--coordinator-key", folder("own") + "/public.key"]
        #expect(try snapshot([place, "--keys", folder("friend")] + pinned).state == .working)
        try CoterieProcess(["status", place, "--keys", folder("stranger")] + pinned).expectFailure(77)
        run.send(SIGTERM)
        _ = try run.end()
    }
}

extension FleetSnapshot.Move {
    /// Whether all its blocks have found somebody.
    fileprivate var isWhole: Bool {
        to.reduce(0) { $0 + $1.blocks.end - $1.blocks.first } == blocks.end - blocks.first
    }
}
