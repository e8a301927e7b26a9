import Chaos
import Foundation
import Testing

/// `coterie chaos`: real processes, real faults.
struct ChaosTests {
    private func chaos(_ folder: TestFolder, plan: String, _ more: [String] = []) throws -> CoterieProcess {
        try folder.write(plan, "plan.yaml")
        let job = try LongJob()
        let words = job.arguments.filter { $0 != "--no-progress" }
        return try CoterieProcess(
            ["chaos", "--plan", folder("plan.yaml"), "-o", folder("o"), "--json", "--quiet"] + more + ["--"] + words
                + ["--workers", "3", "--suspicion", "0.5"],
            timeout: 240
        )
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test func `killed and stopped processes, damaged messages and a torn journal change no bit`() throws {
        let folder = try TestFolder()
        let run = try chaos(
            folder,
            plan: """
                seed: 3
                count: 14
                duration: 3
                faults:
                  - kill: one
                    weight: 3
                  - exit: one
                  - pause: one
                    for: 0.8
                  - kill: coordinator
                    weight: 0.5
                  - torn-write: coordinator
                    weight: 0.5
                  - bit-flip: all
                    probability: 0.2
                    for: \(0.5 * Patience.factor)
                """
        )
        #expect(run.status == 0, "\(run.errors) \(run.output)")
        let record = try run.json()
        let faultFree = try #require(record["fault_free"] as? [String: Any])
        let faulted = try #require(record["faulted"] as? [String: Any])
        #expect(faultFree["digest"] as? String == (try LongJob().digest))
        #expect(faulted["digest"] as? String == (try LongJob().digest))
        let faults = try #require(record["faults"] as? [[String: Any]])
        #expect(faults.contains { $0["fired"] as? Bool == true && $0["kind"] as? String == "kill" })
        #expect(try text(folder("o/junit.xml")).contains("failures=\"0\""))
        #expect(try text(folder("o/timeline.html")).contains("<strong>Passed.</strong>"))
        run.expectNothingLeft()
    }

    @Test func `a suite in which nothing happens has not passed`() throws {
        let folder = try TestFolder()
        let run = try chaos(folder, plan: "interval: 1000\nduration: 0.05\nfaults: [{kill: one}]")
        #expect(run.status == 1)
        #expect(run.errors.hasPrefix("coterie: faults fired: no: none of 0 that were due"), "\(run.errors)")
        #expect(try text(folder("o/junit.xml")).contains("failures=\"1\""))
    }

    @Test func `a job that fails by itself is not tried again, and leaves a report that says why`() throws {
        let folder = try TestFolder()
        let run = try CoterieProcess(
            ["chaos", "-o", folder("o"), "--quiet", "--", "kmeans", folder("none.npy"), "-k", "2", "--workers", "2"]
        )
        run.expectFailure(1)
        #expect(run.errors.hasPrefix("coterie: suite completed: no: the job fails without faults: "), "\(run.errors)")
        #expect(run.errors.contains("exited with 66"))
        #expect(try text(folder("o/junit.xml")).contains("suite completed"))
        #expect(try text(folder("o/timeline.html")).contains("<strong>Failed:</strong> suite completed"))
        let record = try ChaosRecord(json: try text(folder("o/chaos.json")))
        #expect(record.faultFree.coordinators == 1 && record.faulted.coordinators == 0)
    }

    @Test func `a suite that somebody stops leaves a report of what was done`() throws {
        let folder = try TestFolder()
        try folder.write("interval: 0.3\nfaults: [{kill: one}]", "plan.yaml")
        let job = try LongJob(isEndless: true).arguments.filter { $0 != "--no-progress" }
        let run = try RunningCoterie(
            ["chaos", "--plan", folder("plan.yaml"), "-o", folder("o")] + ["--"] + job + ["--workers", "2"]
        )
        RunOutput(folder("o/fault-free")).waitForRounds(3)
        run.send(SIGINT)
        let ended = try run.end(within: 30)
        #expect(ended.status == 1)
        let words = "suite completed: no: somebody asked to stop"
        #expect(ended.errorLines.last?.contains(words) == true, "\(ended.errors)")
        #expect(try text(folder("o/junit.xml")).contains("somebody asked to stop"))
        _ = try ChaosRecord(json: try text(folder("o/chaos.json")))
        ended.expectNothingLeft()
    }

    @Test func `what cannot be is refused in one line`() throws {
        let folder = try TestFolder()
        try folder.write("faults: [{kil: one}]", "bad.yaml")
        let job = ["--", "kmeans", "x.npy", "-k", "2"]
        try CoterieProcess(["chaos", "--plan", folder("bad.yaml")] + job).expectFailure(65)
        try CoterieProcess(["chaos", "--plan", folder("none.yaml")] + job).expectFailure(66)
        try CoterieProcess(["chaos", "--reference", folder("none")] + job).expectFailure(66)
        try CoterieProcess(["chaos", "-o", folder.path] + job).expectFailure(73)
        try CoterieProcess(["chaos", "--", "inspect", "x.npy"]).expectFailure(64)
        try CoterieProcess(["chaos"] + job + ["--in-process"]).expectFailure(64)
        try CoterieProcess(["chaos"]).expectFailure(64)
    }
}
