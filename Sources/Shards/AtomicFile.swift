import Glibc

/// A file written aside, `.name.partial-<pid>` in the same folder, that takes its name only when it is whole and on
/// the disk.
///
/// One that is not committed is removed when the value dies.
///
/// A name has one writer at a time: in a run's folder its lock sees to that.
package struct AtomicFile: ~Copyable, Sendable {
    /// The name the file will have.
    package let path: String

    private let aside: String
    private let file: OpenFile
    private var isCommitted = false

    /// Creates the file aside.
    ///
    /// - Throws: `.cannotCreate` if the folder does not allow it, `.inputOutput` if the disk does not.
    package init(path: String) throws(ShardError) {
        let (folder, name) = path.splitAtLastComponent
        self.path = path
        aside = folder.appendingPathComponent(".\(name).partial-\(getpid())")
        // A process of the same number may have died and left one behind.
        unsafe unlink(aside)
        file = try OpenFile(creating: aside, O_RDWR | O_EXCL, at: path)
    }

    deinit {
        if !isCommitted {
            unsafe unlink(aside)
        }
    }

    /// Writes bytes after those written so far.
    ///
    /// - Throws: `.inputOutput`, as every method here.
    package func write(_ bytes: RawSpan) throws(ShardError) {
        do {
            try file.write(bytes)
        } catch {
            throw error.writing(path)
        }
    }

    /// Writes bytes at `offset` from the beginning.
    package func write(_ bytes: RawSpan, at offset: Int) throws(ShardError) {
        do {
            try file.write(bytes, at: offset)
        } catch {
            throw error.writing(path)
        }
    }

    /// Reads back what was written, from `offset` on until `destination` is full.
    func read(into destination: UnsafeMutableRawBufferPointer, at offset: Int) throws(ShardError) {
        do {
            try unsafe file.read(into: destination, at: offset)
        } catch {
            throw error.reading(path)
        }
    }

    /// Gives the file its final size, with room on the disk reserved for all of it.
    package func reserve(_ byteCount: Int) throws(ShardError) {
        do {
            try file.reserve(byteCount)
        } catch {
            throw error.writing(path)
        }
    }

    /// Puts the file under its name, in place of one that has it: synced, renamed, and the folder synced.
    ///
    /// - Parameter isLasting: false for a file that is worth nothing after a loss of power: no sync is waited for.
    package consuming func commit(isLasting: Bool = true) throws(ShardError) {
        try commit(as: path, isLasting: isLasting)
    }

    /// Puts the file under another name in the same folder, for one that follows from its contents.
    consuming func commit(as path: String, isLasting: Bool = true) throws(ShardError) {
        do {
            if isLasting { try file.synchronize() }
            _ = try SystemFailure.retrying { unsafe rename(aside, path) }
            isCommitted = true
            if isLasting { try OpenFile(path.splitAtLastComponent.folder, O_RDONLY | O_DIRECTORY).synchronize() }
        } catch {
            throw error.writing(path)
        }
    }

    /// Writes a whole file at once.
    package static func write(
        _ bytes: [UInt8],
        to path: String,
        isLasting: Bool = true
    ) throws(ShardError) {
        let file = try AtomicFile(path: path)
        try file.write(unsafe bytes.span.bytes)
        try file.commit(isLasting: isLasting)
    }

    /// Writes a whole text file at once, in UTF-8.
    package static func write(_ text: String, to path: String) throws(ShardError) {
        try write(Array(text.utf8), to: path)
    }
}

extension String {
    /// The folder a path leads through, and the last name in it.
    var splitAtLastComponent: (folder: String, name: String) {
        guard let slash = lastIndex(of: "/") else { return (".", self) }
        return (slash == startIndex ? "/" : String(self[..<slash]), String(self[index(after: slash)...]))
    }
}
