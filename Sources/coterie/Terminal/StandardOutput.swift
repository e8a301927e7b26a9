import Foundation

/// Where data go.
enum StandardOutput {
    /// Writes text.
    ///
    /// A reader that has gone away, as `head` does, wants no more: that is no error.
    ///
    /// - Throws: `CommandError` with `.inputOutput` when the text cannot be written.
    static func write(_ text: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            if posixCode(error) == EPIPE { return }
            throw CommandError(
                .inputOutput,
                "cannot write",
                at: "standard output",
                fix: "check the disk it is redirected to"
            )
        }
    }

    private static func posixCode(_ error: any Error) -> Int32? {
        let error = error as NSError
        if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
        return (error.userInfo[NSUnderlyingErrorKey] as? any Error).flatMap(posixCode)
    }
}

/// Where progress, notes and errors go.
enum StandardError {
    /// Writes text; if that fails there is nobody left to tell.
    static func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    /// Writes a line that is not an error.
    static func note(_ text: String) {
        write("coterie: note: \(text)".onOneLine + "\n")
    }

    /// Writes a line about something that was probably not meant so.
    static func warn(_ text: String) {
        write("coterie: warning: \(text)".onOneLine + "\n")
    }
}
