import Foundation
import Testing

@testable import coterie

/// How many cores a process may use, by what the system's files say.
struct UsableCoresTests {
    private static let mounts = """
        23 1 254:0 / / rw,relatime - ext4 /dev/root rw
        30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate
        """
    private static let oldMounts = """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
        34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
        """

    private func cores(_ files: [String: String], _ environment: [String: String] = [:]) -> UsableCores {
        let all = ["/sys/devices/system/cpu/online": "0-127\n"].merging(files) { _, given in given }
        return UsableCores(machine: 2, environment: environment) { all[$0] }
    }

    private func status(_ list: String) -> [String: String] {
        ["/proc/self/status": "Name:\tcoterie\nCpus_allowed:\tff\nCpus_allowed_list:\t\(list)\nMems_allowed:\t1\n"]
    }

    @Test func `without limits they are the machine's`() {
        let all = cores(status("0-127"))
        #expect(all.count == 128 && all.machine == 128 && all.because == nil)
        #expect(UsableCores(machine: 6, environment: [:]) { _ in nil }.count == 6)
        #expect(UsableCores(machine: 0, environment: [:]) { _ in nil }.count == 1)
    }

    @Test(arguments: [("3", 1), ("0-3,8", 5), ("0-1,4-5,127", 5), ("0-3,200-300", 4), ("nonsense", 128), ("", 128)])
    func `affinity counts, of processors that are online`(list: String, count: Int) {
        let some = cores(status(list))
        #expect(some.count == count)
        #expect(some.because == (count < 128 ? "affinity" : nil))
    }

    @Test(arguments: [
        ("max 100000", 128), ("200000 100000", 2), ("150000 100000", 2), ("10000 100000", 1), ("50000", 1),
        ("-5 100000", 128), ("x y", 128), ("1 0", 128), ("", 128), ("1e30 1", 128),
    ])
    func `a quota of version 2 is rounded up, and is one core at least`(text: String, count: Int) {
        let files = [
            "/proc/self/cgroup": "0::/a/b\n", "/proc/self/mountinfo": Self.mounts,
            "/sys/fs/cgroup/a/b/cpu.max": text + "\n",
        ]
        #expect(cores(files).count == count)
        #expect(cores(files).because == (count < 128 ? "cgroup quota" : nil))
    }

    @Test func `the least quota of a group and of those it lies in counts`() {
        var files = [
            "/proc/self/cgroup": "0::/kubepods/pod7/box\n", "/proc/self/mountinfo": Self.mounts,
            "/sys/fs/cgroup/kubepods/pod7/box/cpu.max": "800000 100000",
            "/sys/fs/cgroup/kubepods/pod7/cpu.max": "400000 100000",
            "/sys/fs/cgroup/kubepods/cpu.max": "6400000 100000",
        ]
        #expect(cores(files).count == 4)
        files["/sys/fs/cgroup/cpu.max"] = "300000 100000"
        #expect(cores(files).count == 3)
        files["/sys/fs/cgroup/other/cpu.max"] = "100000 100000"
        #expect(cores(files).count == 3)
    }

    @Test func `quotas of version 1 are found by their controller`() {
        var files = [
            "/proc/self/cgroup": "9:name=systemd:/x\n4:cpu,cpuacct:/slurm/job_5/step_0\n3:cpuset:/y\n0::/z\n",
            "/proc/self/mountinfo": Self.oldMounts,
            "/sys/fs/cgroup/cpu,cpuacct/slurm/job_5/step_0/cpu.cfs_quota_us": "-1\n",
            "/sys/fs/cgroup/cpu,cpuacct/slurm/job_5/step_0/cpu.cfs_period_us": "100000\n",
        ]
        #expect(cores(files).count == 128)
        files["/sys/fs/cgroup/cpu,cpuacct/slurm/job_5/cpu.cfs_quota_us"] = "250000\n"
        files["/sys/fs/cgroup/cpu,cpuacct/slurm/job_5/cpu.cfs_period_us"] = "100000\n"
        #expect(cores(files).count == 3)
    }

    @Test func `a container without a name space of its own sees its group at the mount point`() {
        let mounts = """
            32 31 0:29 /docker/ab /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
            33 31 0:30 /docker\\040x/ab /mnt/a\\040b rw - cgroup2 none rw
            """
        for (path, quota) in [("/docker/ab", ""), ("/docker/ab/in", "/in"), ("/elsewhere", ""), ("/../..", "")] {
            let files = [
                "/proc/self/cgroup": "1:cpu:\(path)\n", "/proc/self/mountinfo": mounts,
                "/sys/fs/cgroup/cpu\(quota)/cpu.cfs_quota_us": "500000\n",
                "/sys/fs/cgroup/cpu\(quota)/cpu.cfs_period_us": "100000\n",
            ]
            #expect(cores(files).count == 5, "\(path)")
        }
        let groups = ControlGroups(groups: "0::/docker x/ab/c:d\n", mounts: mounts)
        #expect(groups.folders.map(\.path) == ["/mnt/a b", "/mnt/a b/c:d"])
    }

    @Test func `Slurm's grant counts, that of a task before that of the node`() {
        #expect(cores([:], ["SLURM_CPUS_PER_TASK": "4", "SLURM_CPUS_ON_NODE": "2"]).count == 4)
        #expect(cores([:], ["SLURM_CPUS_ON_NODE": "2"]).because == "SLURM_CPUS_ON_NODE")
        #expect(cores([:], ["SLURM_CPUS_PER_TASK": "500"]).because == nil)
        #expect(cores([:], ["SLURM_CPUS_PER_TASK": "0"]).count == 128)
        // The least of all that there is to go by.
        let both = cores(status("0-2"), ["SLURM_CPUS_PER_TASK": "4"])
        #expect(both.count == 3 && both.because == "affinity")
    }

    @Test func `a job on one core of several starts one worker, and says so`() throws {
        let machine = UsableCores.ofThisProcess
        guard machine.count > 1 else { return }
        let folder = try TestFolder()
        let data = try SampleEmbeddings.write(
            SampleEmbeddings.values(rows: 300, columns: 8),
            columns: 8,
            to: folder("d.npy")
        )
        let run = try CoterieProcess(
            ["kmeans", data, "-k", "3", "--restarts", "1", "-o", folder("o")],
            shell: #"exec taskset -c "$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')" "$@""#
        )
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains(#/cores +1 of the machine's \d+: affinity\n/#))
        let record = try RunOutput(folder("o")).record
        #expect((record["settings"] as? [String: Any])?["workers"] as? Int == 1)
        let cores = try #require(record["cores"] as? [String: Any])
        #expect(cores["usable"] as? Int == 1 && cores["machine"] as? Int == machine.machine)
        #expect(cores["because"] as? String == "affinity")
        #expect(try RunOutput(folder("o")).text("report.html").contains("affinity"))
    }
}
