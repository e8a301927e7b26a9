import Foundation
import Glibc

/// A new folder that only this user can enter, for the socket of the local fleet; removed with this value.
///
/// Not in the run's folder, whose path may be longer than the 107 bytes that a socket's address holds.
final class PrivateFolder {
    let path: String

    init() throws {
        let preferred = FileManager.default.temporaryDirectory.path
        let base = preferred.utf8.count <= 60 ? preferred : "/tmp"
        path = base + "/coterie-" + UUID().uuidString.prefix(13)
        guard unsafe mkdir(path, 0o700) == 0 else {
            let reason = unsafe String(cString: strerror(errno)).lowercased()
            throw ServiceError(
                exitCode: 73,
                "cannot create a folder for the fleet's socket (\(reason)): \(path); "
                    + "set TMPDIR to a folder that can be written"
            )
        }
    }

    deinit {
        // A folder that cannot be removed is empty and private, and the job's result does not depend on it.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Removes the folder of a local fleet's socket for a coordinator that was killed and cannot.
    static func remove(behind endpoint: String) {
        guard endpoint.hasPrefix("ipc://") else { return }
        let folder = URL(fileURLWithPath: String(endpoint.dropFirst("ipc://".count))).deletingLastPathComponent()
        guard folder.lastPathComponent.hasPrefix("coterie-") else { return }
        try? FileManager.default.removeItem(at: folder)
    }
}
