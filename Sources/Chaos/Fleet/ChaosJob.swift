/// The job whose fleet is to suffer.
package struct ChaosJob: Sendable, Equatable {
    /// The program: this one.
    package var executable: String
    /// The command and its options, without those of the fleet, the output folder and the progress.
    package var words: [String]
    /// Options of the fleet that are not about who is in it, such as `--suspicion`.
    package var fleetWords: [String]
    package var workers: Int
    /// What the processes see.
    package var environment: [String: String]
    /// What a worker exits with at a named point, and the points' names.
    package var exitPoints: [String]
    package var exitStatus: Int32

    package init(
        executable: String,
        words: [String],
        fleetWords: [String],
        workers: Int,
        environment: [String: String],
        exitPoints: [String],
        exitStatus: Int32
    ) {
        self.executable = executable
        self.words = words
        self.fleetWords = fleetWords
        self.workers = workers
        self.environment = environment
        self.exitPoints = exitPoints
        self.exitStatus = exitStatus
    }
}
