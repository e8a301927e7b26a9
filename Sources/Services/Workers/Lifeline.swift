import Foundation

/// Ties the life of a local worker to its coordinator's.
enum Lifeline {
    /// Exits when standard input ends, which it does when the coordinator's process ends, however it ends.
    ///
    /// The thread reads rather than asking the kernel for a signal at the parent's death, because that signal is sent
    /// already when the thread that started the process ends.
    static func hold(endpoint: String) {
        Thread.detachNewThread {
            while !FileHandle.standardInput.availableData.isEmpty {}
            PrivateFolder.remove(behind: endpoint)
            _exit(0)
        }
    }
}
