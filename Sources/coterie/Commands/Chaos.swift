import ArgumentParser

/// Runs a job on a fleet that real faults are done to.
struct Chaos: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a job on a local fleet under real faults, and hold it to the digest of a fault-free run.",
        discussion: """
            The job runs twice on worker processes of this machine, as many as its --workers says: first undisturbed, then \
            under the faults of the plan: processes are killed, stopped and slowed, messages delayed, lost, doubled and \
            damaged, the disk fills up. What dies is replaced, as a scheduler would; a dead coordinator goes on by \
            'coterie resume'. Plans are YAML files such as those in Deploy/chaos, whose README says what may stand in one.

            The output folder gets junit.xml, chaos.json, timeline.html and the folders of both runs, whatever came between. \
            The exit code is 0 when every check holds and 1 when one does not: the digests differ, a fault did not fire, a \
            process or half a file was left, nothing moved for too long, the job failed by itself, or Ctrl-C ended the suite.

            Examples:
              coterie chaos -- kmeans embeddings.npy -k 100 --workers 4
              coterie chaos --plan Deploy/chaos/network.yaml --seed 7 -- kmeans embeddings.npy -k 100
            """
    )

    @Option(help: ArgumentHelp("A YAML file of faults. (default: all kinds, one every 2 seconds)", valueName: "file"))
    var plan: String?

    @Option(help: "What to draw the faults from: 0 to 2^64 - 1. (default: the plan's)", transform: Bounded.seed)
    var seed: UInt64?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The suite's folder, which must be empty or new. (default: runs/chaos-yyyyMMdd-HHmmss)",
            valueName: "folder"
        )
    )
    var output: String?

    @Option(
        help: ArgumentHelp(
            "The folder of a suite of the same job whose fault-free run is used again. (default: run it)",
            valueName: "folder"
        )
    )
    var reference: String?

    @Option(
        help: ArgumentHelp(
            "A run hangs when no round ends for this long; a worker is an orphan when it does not go. (default: 120)",
            valueName: "seconds"
        ),
        transform: Bounded.number(in: 1...1e6, unit: "seconds")
    )
    var patience: Double = 120

    @Flag(help: "Print chaos.json on standard output. (default: a table)")
    var json = false

    @OptionGroup var progress: ProgressOptions

    @Argument(parsing: .postTerminator, help: "The job and its options, after '--'.")
    var job: [String] = []

    func validate() throws {
        if job.isEmpty {
            throw CommandError(
                .usage,
                "no job",
                at: "coterie chaos",
                fix: "write it after two dashes: coterie chaos -- kmeans embeddings.npy -k 10"
            )
        }
    }

    func run() throws {
        try ChaosRun(command: self).run()
    }
}
