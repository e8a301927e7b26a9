import Foundation

/// The processor cores that this process may use: the default for workers and threads.
///
/// The least of what limits it: its affinity (`taskset`, cpusets), the quotas of its control groups and of all that these
/// lie in, and what Slurm granted. A machine of 128 cores shared by many is not taken whole by a job that was given two.
struct UsableCores: Equatable, Sendable {
    /// At least 1.
    let count: Int
    /// That the machine has.
    let machine: Int
    /// What leaves no more, such as `cgroup quota`; nil where every core can be used.
    let because: String?

    /// - Parameters:
    ///   - machine: its cores, where the system has no list of those that are online.
    ///   - file: the contents of a file of the system by its path; nil where there is none.
    init(machine: Int, environment: [String: String], file: (String) -> String?) {
        let online = file("/sys/devices/system/cpu/online").flatMap { ProcessorList(text: $0[...])?.numbers }
        self.machine = max(1, online?.count ?? machine)
        let limits = [Self.affinity(file, online), Self.quota(file), Self.slurm(environment)].compactMap(\.self)
        let least = limits.min { $0.cores < $1.cores }
        if let least, least.cores < self.machine {
            (count, because) = (max(1, least.cores), least.name)
        } else {
            (count, because) = (self.machine, nil)
        }
    }

    /// Of this process, as it was when it was first asked.
    static let ofThisProcess = UsableCores(
        machine: ProcessInfo.processInfo.activeProcessorCount,
        environment: ProcessEnvironment.current,
        // Such files have no size to be read by.
        file: { try? String(contentsOfFile: $0, encoding: .utf8) }
    )

    private typealias Limit = (cores: Int, name: String)

    /// The processors that the process may run on and that are there: a mask may name some that are not.
    private static func affinity(_ file: (String) -> String?, _ online: Set<Int>?) -> Limit? {
        let key = "Cpus_allowed_list:"
        let line = file("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix(key) }
        guard let line, let allowed = ProcessorList(text: line.dropFirst(key.count))?.numbers else { return nil }
        let usable = online.map { allowed.intersection($0) } ?? allowed
        return usable.isEmpty ? nil : (usable.count, "affinity")
    }

    private static func quota(_ file: (String) -> String?) -> Limit? {
        guard let groups = file("/proc/self/cgroup"), let mounts = file("/proc/self/mountinfo") else { return nil }
        return ControlGroups(groups: groups, mounts: mounts).leastQuota(file).map { quota in
            // Half a core more than one is used by a second thread, not by none.
            (max(1, Int(min(quota, 1e6).rounded(.up))), "cgroup quota")
        }
    }

    /// What a task was granted; else what the job was granted of this node, which is no less.
    private static func slurm(_ environment: [String: String]) -> Limit? {
        for name in ["SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"] {
            if let cores = environment[name].flatMap({ Int($0) }), cores >= 1 { return (cores, name) }
        }
        return nil
    }
}

/// Numbers of processors as the kernel lists them: `0-3,8`.
struct ProcessorList: Equatable {
    let numbers: Set<Int>

    /// Far more than any machine has: a list is not believed to name a billion.
    private static let most = 1 << 16

    /// - Returns: nil for text that is no such list.
    init?(text: Substring) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        var numbers: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends[0], let last = ends[ends.count - 1], ends.count <= 2,
                0 <= first, first <= last, last < Self.most
            else { return nil }
            numbers.formUnion(first...last)
        }
        self.numbers = numbers
    }
}
