import Glibc

/// How many descriptors this process may have open at a time.
///
/// Libraries of the system end the process where they get none (Dispatch with a trap, libzmq with an abort), so what is
/// needed is looked at before anything is begun.
package enum DescriptorLimit {
    /// For a job in this process: its folder, journal and inputs, with room for what was inherited.
    package static let ofJob = 24
    /// For a worker, or a coordinator before the first worker of its machine.
    package static let ofFleet = 64

    /// For a coordinator with workers on its machine: pipes, watches and connections.
    ///
    /// Foundation closes 256 descriptors in a new process, and fails to start it where there cannot be as many.
    package static func ofLocalFleet(_ workers: Int) -> Int {
        workers == 0 ? ofFleet : max(256, ofFleet + 4 * workers)
    }

    /// Raises the limit as far as this process may, and checks that it is enough.
    ///
    /// - Throws: exit code 69 where it is not.
    package static func require(_ count: Int, for what: String, else remedy: String = "") throws(ServiceError) {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(count)
        else { return }
        limit.rlim_cur = min(limit.rlim_max, rlim_t(count))
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_cur >= rlim_t(count) else {
            throw .fleetLost(
                "too few open files allowed: \(limit.rlim_cur), where \(what) needs \(count); "
                    + "raise the limit (ulimit -n \(count))\(remedy)"
            )
        }
    }
}
