import Glibc

// What a run keeps in its folder for itself.
extension RunFolder {
    /// Whether a folder has been a run's: every run leaves its lock there.
    package static func isRun(at path: String) -> Bool {
        (try? OpenFile.Status(ofPath: path.appendingPathComponent(lockName))) != nil
    }

    /// Who works in a folder at this moment; nil where nobody does.
    ///
    /// - Throws: `.inputOutput`, `.noInput` or `.cannotCreate` where that cannot be told.
    package static func holder(of path: String) throws(ShardError) -> LockHolder? {
        try FolderLock.holder(of: path.appendingPathComponent(lockName), at: path)
    }

    /// Whether there is a file of this name.
    package func has(_ name: String) -> Bool {
        (try? OpenFile.Status(ofPath: path(for: name))) != nil
    }

    /// Removes a file, if it is there.
    ///
    /// - Throws: `.inputOutput`.
    package func removeFile(_ name: String) throws(ShardError) {
        do {
            _ = try SystemFailure.retrying { unsafe unlink(path(for: name)) }
        } catch  where error.number == ENOENT {
            return
        } catch {
            throw error.writing(path(for: name))
        }
    }

    /// Gives a file another name, in place of one that has it.
    ///
    /// - Throws: `.inputOutput`.
    package func rename(_ name: String, to other: String) throws(ShardError) {
        do {
            _ = try SystemFailure.retrying { unsafe Glibc.rename(path(for: name), path(for: other)) }
            try OpenFile(path, O_RDONLY | O_DIRECTORY).synchronize()
        } catch {
            throw error.writing(path(for: other))
        }
    }

    /// Removes hidden files whose names begin so, but for those that are to be kept.
    ///
    /// - Throws: `.cannotCreate`, `.inputOutput`.
    package func removeFiles(beginningWith prefix: String, keeping kept: [String] = []) throws(ShardError) {
        for name in try Self.names(in: path) where name.hasPrefix(prefix) && !kept.contains(name) {
            try removeFile(name)
        }
    }

    /// Removes what a process that died was writing aside.
    ///
    /// - Throws: `.cannotCreate`, `.inputOutput`.
    package func removePartialFiles() throws(ShardError) {
        for name in try Self.names(in: path) where name.hasPrefix(".") && name.contains(".partial-") {
            try removeFile(name)
        }
    }
}
