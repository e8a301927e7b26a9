import Testing

@testable import coterie

/// What a run's folder keeps of the command that began it.
struct JobWordsTests {
    /// Those of the run's place and of how it shows itself belong to each life of a run.
    private static let passing: Set = ["output", "overwrite", "json", "quiet", "no-progress"]

    private static let shared = [
        "--truth", "t.txt", "--seed", "7", "--block-rows", "99", "--workers", "3", "--listen", "tcp://host:5000",
        "--insecure", "--allow-mixed", "--min-workers", "2", "--keep-workers", "2", "--quorum-timeout", "10.5",
        "--suspicion", "0.25", "--threads", "2",
    ]

    private func parse(_ words: [String]) throws -> Any {
        try CommandLineParser(environment: [:]).command(for: words)
    }

    private func check(_ given: [String], without absent: Set<String>, _ words: (Any) -> [String]?)
        throws
    {
        let command = try parse(given)
        let kept = try #require(words(command))
        let parsed = try parse(kept)
        #expect(words(parsed) == kept)
        let options = try #require(CommandCatalog.ofThisProgram().options[given[0]])
        for option in options where !Self.passing.contains(option.key) && !absent.contains(option.key) {
            #expect(option.isGiven(in: kept), "--\(option.key) is lost when a run is resumed")
        }
    }

    @Test func `every option of kmeans is kept, with paths from the root`() throws {
        let own = ["-k", "5", "--metric", "euclidean", "--init", "c.npy", "--max-iterations", "8"]
        let more = ["--tolerance", "1e-7", "--images", "p", "--restarts", "1", "--sample", "9"]
        let given = ["kmeans", "x.npy"] + own + more + Self.shared
        try check(given, without: ["in-process", "keys", "weights"]) {
            ($0 as? Kmeans).map { $0.words + $0.fleet.words }
        }
        // In place of a sample.
        let weighted = ["kmeans", "x.npy"] + own + more.dropLast(2) + ["--weights", "w"] + Self.shared
        try check(weighted, without: ["in-process", "keys", "sample"]) {
            ($0 as? Kmeans).map { $0.words + $0.fleet.words }
        }
        let command = try #require(try parse(given) as? Kmeans)
        #expect(command.words[1].hasPrefix("/") && command.words[1].hasSuffix("/x.npy"))
        let again = try #require(try parse(command.words + command.fleet.words) as? Kmeans)
        #expect(again.method.tolerance == 1e-7 && again.common.seed == 7 && again.fleet.suspicion == 0.25)
    }

    @Test func `every option of predict is kept`() throws {
        let given = ["predict", "c.npy", "x.npy", "--metric", "cosine", "--temperature", "0.1", "--labels-only"]
        try check(given + Self.shared, without: ["in-process", "keys"]) {
            ($0 as? Predict).map { $0.words + $0.fleet.words }
        }
        let alone = try #require(try parse(["predict", "c.npy", "x.npy", "--in-process"]) as? Predict)
        #expect(alone.fleet.words.contains("--in-process"))
    }

    @Test func `every option of neighbors is kept`() throws {
        let shared = Array(Self.shared.drop { $0 != "--seed" })
        let own = ["neighbors", "x.npy", "-k", "7", "--metric", "inner-product"]
        let absent: Set = ["in-process", "keys", "truth"]
        let approximate: Set = ["approximate", "probes", "target-recall", "cells", "centroids"]
        try check(own + ["--include-self"] + shared, without: absent.union(approximate).union(["queries"])) {
            ($0 as? FindNeighbors).map { $0.words + $0.fleet.words }
        }
        for options in [["--probes", "3", "--centroids", "c.npy"], ["--target-recall", "0.9", "--cells", "8"]] {
            let given = ["neighbors", "x.npy", "-k", "7", "--metric", "euclidean", "--include-self", "--approximate"]
            let others = approximate.subtracting(["approximate"] + options.map { String($0.drop { $0 == "-" }) })
            try check(given + options + shared, without: absent.union(others).union(["queries"])) {
                ($0 as? FindNeighbors).map { $0.words + $0.fleet.words }
            }
        }
        let given = own + ["--queries", "q.npy"] + shared
        try check(given, without: absent.union(approximate).union(["include-self"])) {
            ($0 as? FindNeighbors).map { $0.words + $0.fleet.words }
        }
        let command = try #require(try parse(given) as? FindNeighbors)
        #expect(command.words[1].hasPrefix("/") && command.words.contains { $0.hasSuffix("/q.npy") })
    }

    private static let choice = [
        "--names", "n.txt", "--filter", "gradnorm", "--centres", "12", "--per-centre", "3", "--temperature", "0.5",
        "--power", "1.5", "--uniqueness", "0.1", "--keep-duplicates",
    ]

    @Test func `every option of nouns is kept, but for those of the listing`() throws {
        let given =
            ["nouns", "i.npy", "n.npy", "-k", "5"] + Self.choice + Self.shared.filter { !$0.hasPrefix("t.txt") }
        let job = given.filter { $0 != "--truth" }
        try check(job, without: ["in-process", "keys", "truth", "wordnet", "underscores"]) {
            ($0 as? Nouns).map { $0.words + $0.fleet.words }
        }
        let command = try #require(try parse(job) as? Nouns)
        let again = try #require(try parse(command.words) as? Nouns)
        #expect(again.images?.hasSuffix("/i.npy") == true && again.nouns?.hasSuffix("/n.npy") == true)
        #expect(again.method.power == 1.5 && again.method.centres == .exactly(12) && again.clusters == 5)
    }

    private static let headless: Set = [
        "in-process", "keys", "neighbors", "epochs", "batch-size", "full-batch", "expected-neighbors",
        "contrast-temperature", "balance", "confidence", "probabilities",
    ]

    @Test func `every option of tac without training is kept, with paths from the root`() throws {
        let own = ["-k", "5", "--no-train", "--apply", "d.npy", "--retrieval-temperature", "0.01", "--restarts", "4"]
        let given = ["tac", "i.npy", "n.npy"] + own + ["--max-iterations", "9"] + Self.choice + Self.shared
        try check(given, without: Self.headless) { ($0 as? Tac).map { $0.words + $0.fleet.words } }
        let command = try #require(try parse(given) as? Tac)
        let again = try #require(try parse(command.words) as? Tac)
        #expect(again.apply?.hasPrefix("/") == true && again.method.names?.hasPrefix("/") == true)
        #expect(again.retrievalTemperature == 0.01 && again.restarts == 4 && again.maxIterations == 9)
    }

    @Test func `every option of tac with training is kept`() throws {
        let own = ["-k", "5", "--apply", "d.npy", "--retrieval-temperature", "0.01", "--restarts", "4"]
        let heads = [
            "--neighbors", "7", "--epochs", "3", "--contrast-temperature", "0.4", "--balance", "3", "--confidence",
            "paper",
            "--probabilities",
        ]
        let given = ["tac", "i.npy", "n.npy"] + own + heads + Self.choice + Self.shared
        let ways = [["--batch-size", "64"], ["--full-batch"], ["--expected-neighbors"]]
        for way in ways {
            let others = ways.filter { $0 != way }.map { String($0[0].dropFirst(2)) }
            let absent = Set(["in-process", "keys", "no-train", "max-iterations"] + others)
            try check(given + way, without: absent) { ($0 as? Tac).map { $0.words + $0.fleet.words } }
        }
    }

    @Test func `every option of scan is kept`() throws {
        let heads = ["--entropy-weight", "4", "--heads", "3", "--hidden", "9", "--epochs", "7", "--batch-size", "64"]
        let labels = [
            "--self-label", "--threshold", "0.9", "--self-label-epochs", "4", "--self-label-rate", "0.01",
            "--averaging",
            "0.9", "--dropout", "0.2", "--noise", "0.3", "--unbalanced",
        ]
        let own = ["scan", "x.npy", "-k", "5", "--apply", "y.npy", "--probabilities"] + heads + labels
        let given = own + ["--optimizer", "sgd", "--learning-rate", "0.5"] + Self.shared
        let views = ["--strong-view", "s.npy", "--weak-view", "w.npy"]
        for (kept, absent) in [
            (["--neighbors-file", "n"], ["neighbors", "strong-view", "weak-view"]),
            (["--neighbors", "8"] + views, ["neighbors-file"]),
        ] {
            try check(given + kept, without: Set(["in-process", "keys"] + absent)) {
                ($0 as? Scan).map { $0.words + $0.fleet.words }
            }
        }
        let command = try #require(try parse(given) as? Scan)
        #expect(command.words[1].hasPrefix("/") && command.words.contains { $0.hasSuffix("/y.npy") })
    }

    @Test func `the folder of keys is kept in place of --insecure`() throws {
        let given = ["kmeans", "x.npy", "-k", "5", "--listen", "tcp://host:5000", "--keys", "k"]
        let command = try #require(try parse(given) as? Kmeans)
        let again = try #require(try parse(command.words + command.fleet.words) as? Kmeans)
        #expect(again.fleet.keys?.hasPrefix("/") == true && again.fleet.keys?.hasSuffix("/k") == true)
        #expect(!again.fleet.insecure)
    }
}
