import Foundation
import Testing

struct UsageTests {
    @Test(arguments: [
        "kmeans d.npy -k=0", "kmeans d.npy -k=-3", "kmeans d.npy -k=abc", "kmeans d.npy -k -3", "kmeans d.npy -k",
        "kmeans d.npy", "kmeans", "kmeans -k 3", "kmeans d.npy -k 3 --nope", "kmeans d.npy -k 3 extra", "nope",
        "--nope",
        "help nope", "kmeans d.npy -k 3 --metric angle", "kmeans d.npy -k 3 --init best",
        "kmeans d.npy -k 3 --max-iterations 0", "kmeans d.npy -k 3 --tolerance -1",
        "kmeans d.npy -k 3 --tolerance nan", "kmeans d.npy -k 3 --restarts 0",
        "kmeans d.npy -k 3 --init x.npy --restarts 2", "kmeans d.npy -k 3 --sample 0",
        "kmeans d.npy -k 3 --block-rows 0",
        "kmeans d.npy -k 3 --block-rows 1048577", "kmeans d.npy -k 3 --seed -1", "kmeans d.npy -k 3 --workers -1",
        "kmeans d.npy -k 3 --workers 0", "kmeans d.npy -k 3 --workers 2 --min-workers 3",
        "kmeans d.npy -k 3 --in-process --workers 2", "kmeans d.npy -k 3 --listen tcp://*:5555",
        "kmeans d.npy -k 3 --insecure --listen nowhere", "kmeans d.npy -k 3 --insecure --listen tcp://host:65536",
        "worker tcp://host:0 --insecure", "kmeans d.npy -k 3 --workers 2 --keep-workers 3",
        "kmeans d.npy -k 3 --in-process --keep-workers 2",
        "kmeans d.npy -k 3 --suspicion 0.01", "kmeans d.npy -k 3 --suspicion 61", "predict h.npy", "worker",
        "worker tcp://host:5555", "worker tcp://host:5555 --keys k", "worker tcp://host:5555 --coordinator-key k",
        "worker tcp://host:5555 --insecure --keys k", "keygen",
        "kmeans d.npy -k 3 --listen tcp://*:5555 --insecure --keys k", "worker host:5555 --insecure",
        "worker ipc:///x --threads 0",
        "simulate", "simulate --seeds 5", "simulate --seeds 5..<5", "simulate --seeds 7..<3", "simulate --seeds 0...9",
        "simulate --seeds -1..<3", "simulate --seeds 0..<1 --seed 1", "simulate --seed x",
        "simulate --seeds 0..<9 --trace",
        "simulate --seeds 0..<9 --faults 1", "simulate --seed 1 --faults 0", "simulate --seed 1 --faults a",
        "simulate --seed 1 --workers 0", "simulate --seed 1 --blocks 0",
        "neighbors", "neighbors d.npy -k 0", "neighbors d.npy --metric angle", "neighbors d.npy --truth t.txt",
        "neighbors d.npy --queries q.npy --include-self", "neighbors d.npy --probes 3",
        "neighbors d.npy --target-recall 0.9", "neighbors d.npy --cells 3", "neighbors d.npy --centroids c.npy",
        "neighbors d.npy --approximate --metric inner-product", "neighbors d.npy --approximate --queries q.npy",
        "neighbors d.npy --approximate --probes 3 --target-recall 0.9", "neighbors d.npy --approximate --probes 0",
        "neighbors d.npy --approximate --cells 3 --centroids c.npy", "neighbors d.npy --approximate --target-recall 2",
        "scan", "scan d.npy", "scan d.npy -k 1",
        "scan d.npy -k 3 --heads 0", "scan d.npy -k 3 --hidden -1", "scan d.npy -k 3 --neighbors 0",
        "scan d.npy -k 3 --neighbors 5 --neighbors-file n.npy", "scan d.npy -k 3 --threshold 0.9",
        "scan d.npy -k 3 --self-label --threshold 1", "scan d.npy -k 3 --averaging 0.9", "scan d.npy -k 3 --noise 0.1",
        "scan d.npy -k 3 --optimizer lion", "scan d.npy -k 3 --strong-view s.npy", "scan d.npy -k 3 --weak-view s.npy",
        "scan d.npy -k 3 --strong-view s.npy --weak-view s.npy --neighbors-file n.npy",
        "predict h.safetensors d.npy --metric cosine", "predict h.safetensors d.npy --temperature 1",
        "evaluate l.txt", "inspect", "inspect d.npy --workers 0", "report", "status", "status host://x",
        "status tcp://host:5555", "status tcp://host:5555 --insecure --keys k",
        "status tcp://host:5555 --insecure --coordinator-key k", "kmeans d.npy -k 3 --suspicion 0.0499",
        "kmeans d.npy -k 3 --suspicion nan",
        "nouns", "nouns i.npy", "nouns i.npy n.npy --filter best", "nouns i.npy n.npy --centres 0",
        "nouns i.npy n.npy --filter sic", "nouns i.npy n.npy --per-centre 0", "nouns i.npy n.npy --truth t.txt",
        "nouns i.npy --wordnet d", "tac i.npy n.npy -k 3 --no-train --epochs 4", "tac i.npy n.npy --no-train",
        "tac i.npy -k 3 --no-train",
        "tac i.npy n.npy -k 3 --no-train --retrieval-temperature 0", "tac i.npy n.npy -k 3 --no-train --restarts 0",
        "tac i.npy n.npy -k 3 --max-iterations 9", "tac i.npy n.npy -k 1", "tac i.npy n.npy -k 3 --restarts 9",
        "tac i.npy n.npy -k 3 --batch-size 64 --full-batch", "tac i.npy n.npy -k 3 --full-batch --expected-neighbors",
        "tac i.npy n.npy -k 3 --confidence sure", "tac i.npy n.npy -k 3 --no-train --probabilities",
    ])
    func `a command line that cannot be is refused in one line with 64`(line: String) throws {
        let run = try CoterieProcess(line.split(separator: " ").map(String.init))
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.errorLines.count == 1)
        #expect(run.errors.hasPrefix("coterie: "))
        #expect(run.errors.contains("; "))
    }

    @Test func `an error says what is wrong, where, and what to do`() throws {
        let zero = try CoterieProcess(["kmeans", "d.npy", "-k=0"])
        #expect(
            zero.errors == """
                coterie: bad usage: the value '0' is invalid for '-k <k>': give a whole number from 1 to 2147483647; \
                see 'coterie kmeans --help'

                """
        )
        let listening = try CoterieProcess(["kmeans", "d.npy", "-k", "2", "--listen", "tcp://*:5555"])
        #expect(
            listening.errors == """
                coterie: no keys: --listen tcp://*:5555; give --keys DIR, or --insecure to \
                accept anybody in plain text

                """
        )
        let command = try CoterieProcess(["kmaens"])
        #expect(command.errors == "coterie: bad usage: unknown command 'kmaens'; did you mean 'coterie kmeans'?\n")
    }

    @Test func `a line feed in an argument does not break the line`() throws {
        let run = try CoterieProcess(["inspect", "no\nsuch\u{1B}[31m"])
        #expect(run.status == 66)
        #expect(run.errorLines.count == 1)
        #expect(!run.errors.contains("\u{1B}"))
    }

    @Test(arguments: [[], ["--help"], ["help"], ["-h"]])
    func `help is printed on standard output`(arguments: [String]) throws {
        let run = try CoterieProcess(arguments)
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        #expect(run.output.contains("USAGE: coterie <subcommand>"))
        #expect(run.output.contains("Exit codes: 0 done"))
    }

    @Test func `the version is printed on standard output`() throws {
        let run = try CoterieProcess(["--version"])
        #expect(run.status == 0)
        #expect(run.output.wholeMatch(of: #/\d+\.\d+\.\d+\n/#) != nil)
    }

    @Test(arguments: [
        "kmeans", "neighbors", "nouns", "tac", "scan", "predict", "evaluate", "inspect", "report", "worker", "status",
        "keygen", "simulate", "chaos",
    ])
    func `the help of every command has examples and states every default`(command: String) throws {
        let run = try CoterieProcess([command, "--help"])
        #expect(run.status == 0)
        #expect(run.output.components(separatedBy: "\n  coterie \(command) ").count > 2)
        let lines = run.output.split(separator: "\n")
        let options = lines.drop { !$0.hasPrefix("USAGE") }.joined(separator: "\n").split(separator: "\n  -")
            .dropFirst()
        #expect(!options.isEmpty)
        for option in options where !option.contains("-help") && !option.hasPrefix("-version") {
            #expect(option.contains("default"), "\(option)")
        }
    }

    @Test func `settings in the environment do not stand in the way of help`() throws {
        let run = try CoterieProcess(["kmeans", "--help"], environment: ["COTERIE_CONFIG": "/nowhere.yaml"])
        #expect(run.status == 0)
    }
}
