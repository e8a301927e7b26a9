/// How a worker takes part.
package struct WorkerOptions: Sendable {
    package var endpoint: String
    /// What people call it; the host and process where nothing else is said.
    package var name: String
    /// Blocks worked on at once.
    package var threads: Int
    package var deathTimeout: Duration
    /// Whether to exit when standard input ends: the worker was started by its coordinator.
    package var hasLifeline: Bool

    package init(endpoint: String, name: String, threads: Int, deathTimeout: Duration, hasLifeline: Bool) {
        self.endpoint = endpoint
        self.name = name
        self.threads = threads
        self.deathTimeout = deathTimeout
        self.hasLifeline = hasLifeline
    }
}
