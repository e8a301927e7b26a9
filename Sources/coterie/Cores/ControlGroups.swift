import Foundation

/// The control groups of a process, by which a machine's processors are shared out: where to read the quotas of each.
struct ControlGroups {
    /// A folder of a group, and whether it is of version 2.
    struct Folder: Equatable {
        let path: String
        let isUnified: Bool
    }

    /// The folders of the process's groups and of all groups that these lie in.
    let folders: [Folder]

    /// - Parameters:
    ///   - groups: `/proc/self/cgroup`.
    ///   - mounts: `/proc/self/mountinfo`.
    init(groups: String, mounts: String) {
        let mounts = mounts.split(separator: "\n").compactMap { Mount(line: $0) }
        folders = groups.split(separator: "\n").flatMap { line -> [Folder] in
            // The number of the hierarchy, its controllers, the group's path; the path may hold colons.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let isUnified = fields[1].isEmpty
            guard isUnified || fields[1].split(separator: ",").contains("cpu") else { return [] }
            let mount = mounts.last { isUnified ? $0.isUnified : $0.hasProcessorTime }
            return mount?.folders(ofGroup: String(fields[2])).map { Folder(path: $0, isUnified: isUnified) } ?? []
        }
    }

    /// The least quota in cores; nil where no group has one.
    func leastQuota(_ file: (String) -> String?) -> Double? {
        folders.compactMap { Self.quota(of: $0, file) }.min()
    }

    private static func quota(of folder: Folder, _ file: (String) -> String?) -> Double? {
        let words: [String?]
        if folder.isUnified {
            // The quota, or "max", and the period, which is 100 ms where it is not said.
            let text = file(folder.path + "/cpu.max") ?? ""
            let pair = text.split(whereSeparator: \.isWhitespace).map(String.init)
            words = pair.count == 1 ? pair + ["100000"] : pair
        } else {
            words = [file(folder.path + "/cpu.cfs_quota_us"), file(folder.path + "/cpu.cfs_period_us")]
        }
        let numbers = words.map { $0.flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) } }
        // Without a limit version 1 says -1.
        guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else {
            return nil
        }
        return quota / period
    }
}

/// A file system of control groups, as a line of `/proc/self/mountinfo` tells of it.
private struct Mount {
    /// The group that is seen at the mount point: not the topmost one in a container that has no name space of its own.
    let root: String
    let point: String
    let isUnified: Bool
    /// Whether it is of version 1 and has the controller of processor time.
    let hasProcessorTime: Bool

    init?(line: Substring) {
        // Six fields and some optional ones, a dash, then the type, the source and the options of the file system.
        let halves = line.components(separatedBy: " - ")
        guard halves.count == 2 else { return nil }
        let fields = halves[0].split(separator: " ").map(String.init)
        let kind = halves[1].split(separator: " ").map(String.init)
        guard fields.count >= 6, kind.count >= 3, ["cgroup", "cgroup2"].contains(kind[0]) else { return nil }
        root = fields[3].unescaped
        point = fields[4].unescaped
        isUnified = kind[0] == "cgroup2"
        hasProcessorTime = !isUnified && kind[2].split(separator: ",").contains("cpu")
    }

    /// Of the mount point down to a group.
    func folders(ofGroup path: String) -> [String] {
        let below: Substring
        if root == "/" {
            below = path.dropFirst()
        } else if path == root || path.hasPrefix(root + "/") {
            below = path.dropFirst(root.count)
        } else {
            // A group outside of what is mounted here; the mount point is the nearest that can be seen.
            below = ""
        }
        var folder = point
        var folders = [folder]
        for name in below.split(separator: "/") where name != ".." {
            folder += "/" + name
            folders.append(folder)
        }
        return folders
    }
}

extension String {
    /// With blanks and the like, which stand in such lists as a backslash and three octal digits.
    fileprivate var unescaped: String {
        replacing(#/\\([0-7]{3})/#) { match in
            UInt8(match.output.1, radix: 8).map { String(UnicodeScalar($0)) } ?? String(match.output.0)
        }
    }
}
