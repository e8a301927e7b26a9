package import Coordination

/// How a fleet is to be made up.
package struct FleetPlan: Sendable {
    /// Worker processes on this machine that live and die with the coordinator.
    package var localWorkers: Int
    /// Addresses at which workers of other machines may join, such as `tcp://0.0.0.0:5600`.
    package var listen: [String]
    package var settings: FleetSettings
    /// The program that local workers run: this one.
    package var executable: String

    package init(localWorkers: Int, listen: [String], settings: FleetSettings, executable: String) {
        self.localWorkers = localWorkers
        self.listen = listen
        self.settings = settings
        self.executable = executable
    }
}
