/// How a worker takes part.
package struct WorkerOptions: Sendable {
    package var endpoint: String
    /// Nil to speak in plain text.
    package var keys: WorkerKeys?
    /// What people call it; the host and process where nothing else is said.
    package var name: String
    /// Blocks worked on at once.
    package var threads: Int
    package var deathTimeout: Duration
    /// Whether to exit when standard input ends: the worker was started by its coordinator.
    package var hasLifeline: Bool
    /// Where to end without a word; nil to live.
    package var exitPoint: ExitPoint?
    /// Takes lines for somebody who wonders what the worker does.
    package var say: @Sendable (String) -> Void

    package init(
        endpoint: String,
        keys: WorkerKeys?,
        name: String,
        threads: Int,
        deathTimeout: Duration,
        hasLifeline: Bool,
        exitPoint: ExitPoint? = nil,
        say: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.endpoint = endpoint
        self.keys = keys
        self.name = name
        self.threads = threads
        self.deathTimeout = deathTimeout
        self.hasLifeline = hasLifeline
        self.exitPoint = exitPoint
        self.say = say
    }
}

/// Where a worker's keys are.
package struct WorkerKeys: Sendable {
    /// The folder with its own pair.
    package var folder: String
    /// The file with the public key of the only coordinator it speaks to.
    package var coordinator: String

    package init(folder: String, coordinator: String) {
        self.folder = folder
        self.coordinator = coordinator
    }
}
