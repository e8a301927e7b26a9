import Foundation
import Testing

struct TranscriptTests {
    @Test(arguments: Transcript.all(in: "Coordinator"))
    func `The coordinator does as its transcripts say`(transcript: Transcript) throws {
        var script = CoordinatorScript()
        try check(transcript) { script.run($0) }
    }

    @Test(arguments: Transcript.all(in: "Worker"))
    func `The worker does as its transcripts say`(transcript: Transcript) throws {
        var script = WorkerScript()
        try check(transcript) { script.run($0) }
    }

    @Test func `There are transcripts to check`() {
        #expect(Transcript.all(in: "Coordinator").count >= 10)
        #expect(Transcript.all(in: "Worker").count >= 4)
    }

    private func check(_ transcript: Transcript, _ run: (String) -> [String]) throws {
        let (written, actual) = try transcript.replay(run)
        if Transcript.isRewriting {
            try actual.write(to: transcript.file, atomically: true, encoding: .utf8)
        } else {
            #expect(written == actual)
        }
        #expect(!actual.contains("no such command") && !actual.contains("BROKEN"))
    }
}
