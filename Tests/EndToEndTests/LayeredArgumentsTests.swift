import Testing

@testable import coterie

struct LayeredArgumentsTests {
    private let options = [
        CommandOption(key: "k", spellings: ["-k"], isFlag: false, isRepeating: false),
        CommandOption(key: "output", spellings: ["-o", "--output"], isFlag: false, isRepeating: false),
        CommandOption(key: "max-iterations", spellings: ["--max-iterations"], isFlag: false, isRepeating: false),
        CommandOption(key: "quiet", spellings: ["-q", "--quiet"], isFlag: true, isRepeating: false),
        CommandOption(key: "also", spellings: ["--also"], isFlag: false, isRepeating: true),
    ]

    private func layered(
        _ arguments: [String],
        _ environment: [String: String] = [:],
        yaml: String? = nil
    ) throws -> LayeredArguments {
        let file = try yaml.map { try SettingsFile(text: $0, path: "fleet.yaml") }
        return try LayeredArguments(arguments, options: options, environment: environment, file: file)
    }

    @Test func `a flag wins over the environment, and that over the file`() throws {
        let yaml = "k: 1\noutput: file\nmax-iterations: 5"
        let environment = ["COTERIE_K": "2", "COTERIE_OUTPUT": "environment"]
        #expect(try layered(["-k", "3"], yaml: yaml).arguments == ["--output=file", "--max-iterations=5", "-k", "3"])
        #expect(
            try layered(["-o", "flag"], environment, yaml: yaml).arguments
                == ["-k=2", "--max-iterations=5", "-o", "flag"]
        )
    }

    @Test(arguments: [["-k=3"], ["-k", "3"], ["-qk", "3"]])
    func `every way to write an option counts as given`(arguments: [String]) throws {
        #expect(try !layered(arguments, ["COTERIE_K": "9"]).arguments.contains("-k=9"))
    }

    @Test func `what follows two dashes is not an option`() throws {
        #expect(try layered(["--", "-k"], ["COTERIE_K": "9"]).arguments == ["-k=9", "--", "-k"])
    }

    @Test func `flags take true and false`() throws {
        #expect(try layered([], yaml: "quiet: true").arguments == ["--quiet"])
        #expect(try layered([], yaml: "quiet: false").arguments.isEmpty)
        #expect(try layered([], ["COTERIE_QUIET": "0"], yaml: "quiet: yes").arguments.isEmpty)
        #expect(try layered([], ["COTERIE_QUIET": ""], yaml: "quiet: yes").arguments == ["--quiet"])
        #expect(throws: CommandError.self) { try layered([], yaml: "quiet: 7") }
    }

    @Test func `a list is for options that may be repeated`() throws {
        #expect(try layered([], yaml: "also: [a, b]").arguments == ["--also=a", "--also=b"])
        #expect(throws: CommandError.self) { try layered([], yaml: "k: [1, 2]") }
    }

    @Test func `values keep the text they have in the file`() throws {
        #expect(try layered([], yaml: "output: 1e-4").arguments == ["--output=1e-4"])
        #expect(try layered([], yaml: "output: 007").arguments == ["--output=007"])
    }

    @Test func `unknown names in a file are refused with the nearest known one`() {
        let error = #expect(throws: CommandError.self) { try layered([], yaml: "max-iteration: 3") }
        #expect(error?.status == .usage)
        #expect(error?.message == "unknown setting 'max-iteration': fleet.yaml; did you mean 'max-iterations'?")
    }

    @Test(arguments: ["- k", "k: {a: b}", "k:", "k: 1\nk: 2", "k: [1"])
    func `a file that is no list of settings is refused`(yaml: String) {
        let error = #expect(throws: CommandError.self) { try layered([], yaml: yaml) }
        #expect(error?.status == .usage)
        #expect(error?.message.contains("fleet.yaml") == true)
    }

    @Test(arguments: ["", "# nothing yet\n"])
    func `an empty file says nothing`(yaml: String) throws {
        #expect(try layered(["x"], yaml: yaml).arguments == ["x"])
    }

    @Test func `a message names the source of the option it is about`() throws {
        let layered = try layered([], ["COTERIE_K": "0"], yaml: "max-iterations: 0")
        #expect(layered.naming(sourceIn: "bad '-k <k>'") == "bad '-k <k>' (from COTERIE_K)")
        #expect(layered.naming(sourceIn: "bad --max-iterations 0") == "bad --max-iterations 0 (from fleet.yaml)")
        #expect(layered.naming(sourceIn: "bad --output") == "bad --output")
    }

    @Test func `the options of a command are those ArgumentParser describes`() throws {
        let catalog = try CommandCatalog.ofThisProgram()
        let names = [
            "chaos", "evaluate", "inspect", "keygen", "kmeans", "neighbors", "nouns", "predict", "report", "resume",
            "scan", "simulate", "status", "tac", "worker",
        ]
        #expect(catalog.names == names)
        let kmeans = try #require(catalog.options["kmeans"])
        let keys = kmeans.map(\.key)
        #expect(Set(keys).count == keys.count)
        let expected: Set = [
            "k", "metric", "init", "max-iterations", "tolerance", "restarts", "sample", "weights", "images", "workers",
            "threads", "in-process", "listen", "min-workers", "keep-workers", "keys", "insecure", "allow-mixed",
            "quorum-timeout", "suspicion",
            "output",
            "overwrite",
            "truth", "json", "quiet", "no-progress", "seed", "block-rows",
        ]
        #expect(Set(keys) == expected)
        let output = try #require(kmeans.first { $0.key == "output" })
        #expect(Set(output.spellings) == ["-o", "--output"])
        #expect(kmeans.first { $0.key == "max-iterations" }?.variable == "COTERIE_MAX_ITERATIONS")
        #expect(kmeans.filter(\.isFlag).map(\.key).contains("json"))
        let configurable: Set = [
            "inspect", "kmeans", "neighbors", "nouns", "predict", "scan", "simulate", "status", "tac", "worker",
        ]
        #expect(catalog.configurable == configurable)
    }

    @Test func `a nearest name is near`() {
        #expect(NearestName.of("kmaens", among: ["inspect", "kmeans"]) == "kmeans")
        #expect(NearestName.of("sead", among: ["seed", "restarts"]) == "seed")
        #expect(NearestName.of("frobnicate", among: ["seed", "restarts"]) == nil)
    }
}
