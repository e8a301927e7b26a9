import Foundation
import Glibc

/// The folder a run writes to, locked against other coordinators for as long as the object lives.
package final class RunFolder: Sendable {
    /// The folder's path as it was given, without a slash at the end.
    package let path: String

    /// Whether this run made the folder.
    package let isNew: Bool

    /// Ends with this object.
    private let lock: FolderLock

    /// Every name a result can have.
    ///
    /// `run.json` is last: it says that the others are whole.
    package static let resultNames = [
        "labels.npy", "centroids.npy", "neighbors.npy", "similarities.npy", "distances.npy", "nouns.txt", "nouns.npy",
        "nouns.json", "text.npy", "probabilities.npy", "head.safetensors", "clusters.json", "report.html", "run.json",
    ]

    static let lockName = ".lock"

    private init(path: String, isNew: Bool, lock: consuming FolderLock) {
        self.path = path
        self.isNew = isNew
        self.lock = lock
    }

    /// Makes the folder, and those it lies in, for a new run.
    ///
    /// - Parameter overwrite: accept a folder that is not empty. Its files stay until `removeOldResults(keeping:)`.
    /// - Throws: `.cannotCreate` if the folder cannot be made or written to, has something in it, or is in use by
    ///   another coordinator; `.inputOutput` if the disk is full.
    package static func create(at path: String, overwrite: Bool) throws(ShardError) -> RunFolder {
        guard path.addressScheme == nil else {
            throw ShardError(
                .cannotCreate,
                "an address, where a folder is made",
                at: path,
                fix: "choose a folder of this machine, and copy the results from there"
            )
        }
        let path = path.withoutTrailingSlashes
        let isNew = try makeFolder(path)
        do {
            let hasLock = try names(in: path).contains(lockName)
            // Nothing, not even a lock, is put into a folder that is somebody's own.
            if !hasLock, !overwrite { try requireEmpty(path) }
            let lock = try takeLock(in: path)
            if !overwrite { try requireEmpty(path) }
            return RunFolder(path: path, isNew: isNew, lock: lock)
        } catch {
            if isNew { unsafe rmdir(path) }
            throw error
        }
    }

    /// Makes a folder that was not there: `path`, or with `-2`, `-3` and so on after it where somebody was faster.
    ///
    /// - Throws: as `create(at:overwrite:)`.
    package static func createNew(at path: String) throws(ShardError) -> RunFolder {
        var name = path
        var number = 1
        // Making a folder succeeds for one of several processes.
        while try !makeFolder(name) {
            number += 1
            name = "\(path)-\(number)"
        }
        do {
            return RunFolder(path: name, isNew: true, lock: try takeLock(in: name))
        } catch {
            unsafe rmdir(name)
            throw error
        }
    }

    /// Opens the folder of a run to go on with it.
    ///
    /// - Throws: `.noInput` if there is no such folder; `.cannotCreate` if it cannot be written to or is in use by
    ///   another coordinator.
    package static func open(at path: String) throws(ShardError) -> RunFolder {
        let path = path.withoutTrailingSlashes
        guard try status(of: path)?.isDirectory == true else {
            throw ShardError(.noInput, "no such run folder", at: path, fix: "check the path")
        }
        return RunFolder(path: path, isNew: false, lock: try takeLock(in: path))
    }

    /// The path of a file in the folder.
    package func path(for name: String) -> String {
        path.appendingPathComponent(name)
    }

    /// Removes the folder and everything in it if this run made it.
    ///
    /// For a job that never began.
    ///
    /// - Throws: `.inputOutput`.
    package func remove() throws(ShardError) {
        guard isNew else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw ShardError(.inputOutput, "cannot remove the folder", at: path, fix: "remove it by hand")
        }
    }

    /// Removes results that an earlier run left in the folder, so that what is there belongs together.
    ///
    /// For the moment when this run's own results are committed; other files are left alone.
    ///
    /// - Parameter names: what this run writes.
    /// - Throws: `.inputOutput`.
    package func removeOldResults(keeping names: [String]) throws(ShardError) {
        for name in Self.resultNames where !names.contains(name) {
            try removeFile(name)
        }
    }

    /// The digest of results: the SHA-256 of lines `<sha256>  <name>` in the byte order of the names.
    ///
    /// It is what `sha256sum centroids.npy labels.npy | sha256sum` prints in the folder for those two.
    ///
    /// - Throws: `.noInput` if one is missing.
    package func resultDigest(of names: [String]) throws(ShardError) -> String {
        var lines = ""
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            lines += "\(try Digest.hexadecimal(ofFile: path(for: name)))  \(name)\n"
        }
        return Digest.hexadecimal(of: Array(lines.utf8))
    }
}

extension RunFolder {
    /// Makes a folder and those it lies in; false if it is there already.
    private static func makeFolder(_ path: String) throws(ShardError) -> Bool {
        if let status = try status(of: path) {
            guard status.isDirectory else {
                throw ShardError(.cannotCreate, "a file where a folder is needed", at: path, fix: "choose another -o")
            }
            return false
        }
        let parent = path.splitAtLastComponent.folder
        if parent != path { _ = try makeFolder(parent) }
        do {
            _ = try SystemFailure.retrying { unsafe mkdir(path, 0o777) }
            return true
        } catch  where error.number == EEXIST {
            return false
        } catch {
            throw error.creating(path)
        }
    }

    private static func takeLock(in path: String) throws(ShardError) -> FolderLock {
        try FolderLock(path: path.appendingPathComponent(lockName), at: path)
    }

    private static func requireEmpty(_ path: String) throws(ShardError) {
        guard try names(in: path).allSatisfy({ $0 == lockName }) else {
            throw ShardError(
                .cannotCreate,
                "the folder is not empty",
                at: path,
                fix: "give --overwrite or choose another -o"
            )
        }
    }

    static func names(in path: String) throws(ShardError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw ShardError(.cannotCreate, "cannot list the folder", at: path, fix: "choose another -o")
        }
    }

    private static func status(of path: String) throws(ShardError) -> OpenFile.Status? {
        do {
            return try OpenFile.Status(ofPath: path)
        } catch {
            throw error.creating(path)
        }
    }
}

extension String {
    fileprivate var withoutTrailingSlashes: String {
        var path = self[...]
        while path.count > 1, path.last == "/" { path.removeLast() }
        return String(path)
    }
}
