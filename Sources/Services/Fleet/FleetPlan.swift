package import Coordination

/// How a fleet is to be made up.
package struct FleetPlan: Sendable {
    /// Worker processes on this machine that live and die with the coordinator.
    package var localWorkers: Int
    /// Threads of each of them.
    package var threadsOfEach: Int
    /// Addresses at which workers of other machines may join, such as `tcp://0.0.0.0:5600`.
    package var listen: [String]
    /// The folder with the coordinator's keys and `authorized_workers`; nil to let in anybody, in plain text.
    package var keys: String?
    package var settings: FleetSettings
    /// Is told where workers of other machines can connect, with wildcards and port 0 resolved, once they can.
    package var announce: @Sendable ([String]) -> Void = { _ in }
    /// The program that local workers run: this one.
    package var executable: String

    package init(
        localWorkers: Int,
        threadsOfEach: Int = 1,
        listen: [String],
        keys: String?,
        settings: FleetSettings,
        executable: String
    ) {
        self.localWorkers = localWorkers
        self.threadsOfEach = threadsOfEach
        self.listen = listen
        self.keys = keys
        self.settings = settings
        self.executable = executable
    }
}
