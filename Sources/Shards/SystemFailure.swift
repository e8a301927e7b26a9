import Foundation
import Glibc

/// A system call that failed, before it is known what that means to the user.
struct SystemFailure: Error, Equatable {
    /// The value of `errno`.
    let number: Int32

    /// The reason in words.
    var reason: String {
        switch number {
        case ENOSPC: "no space left on the device"
        case EDQUOT: "no space left in the disk quota"
        case EFBIG: "the file would be larger than the system allows"
        case EROFS: "the file system is read-only"
        default: unsafe String(cString: strerror(number)).lowercased()
        }
    }

    /// What a user can do about a failed write.
    private var remedyOfWriting: String {
        switch number {
        case ENOSPC, EDQUOT: "free some space or choose another -o"
        case EFBIG: "raise the limit (ulimit -f) or choose another -o"
        default: "check the disk or choose another -o"
        }
    }

    /// The failure as one of opening an input.
    func opening(_ path: String) -> ShardError {
        switch number {
        case ENOENT where path.addressScheme != nil, ENOTDIR where path.addressScheme != nil:
            ShardError(
                .noInput,
                "an address, where only files and folders are read",
                at: path,
                fix: path.remedyForAddress
            )
        case ENOENT, ENOTDIR:
            ShardError(.noInput, "no such file or folder", at: path, fix: "check the path")
        case EACCES, EPERM:
            ShardError(.noInput, "permission denied", at: path, fix: "make it readable for this user")
        case EMFILE, ENFILE: tooManyOpen(path)
        case ELOOP, ENAMETOOLONG, ENXIO:
            ShardError(.noInput, "cannot open (\(reason))", at: path, fix: "check the path")
        default:
            ShardError(.inputOutput, "cannot open (\(reason))", at: path, fix: "check the disk and the system's limits")
        }
    }

    /// The failure as one of creating an output.
    func creating(_ path: String) -> ShardError {
        switch number {
        case ENOSPC, EDQUOT, EFBIG, EIO: writing(path)
        case EMFILE, ENFILE: tooManyOpen(path)
        default: ShardError(.cannotCreate, "cannot create (\(reason))", at: path, fix: "choose another -o")
        }
    }

    private func tooManyOpen(_ path: String) -> ShardError {
        ShardError(.inputOutput, "cannot open (\(reason))", at: path, fix: "raise the limit on open files (ulimit -n)")
    }

    /// The failure as one of reading back what this process has written.
    func reading(_ path: String) -> ShardError {
        ShardError(.inputOutput, "cannot read back (\(reason))", at: path, fix: "check the disk")
    }

    /// The failure as one of writing, syncing or renaming an output.
    func writing(_ path: String) -> ShardError {
        ShardError(.inputOutput, "cannot write (\(reason))", at: path, fix: remedyOfWriting)
    }
}

extension String {
    /// What stands before `://` in the address of something that is not a file; nil for a path.
    var addressScheme: String? {
        guard let end = range(of: "://")?.lowerBound, end > startIndex else { return nil }
        let scheme = self[..<end].lowercased()
        return scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) } ? scheme : nil
    }

    /// What to do about an address.
    fileprivate var remedyForAddress: String {
        switch addressScheme {
        case "file": "give the path alone, without file://"
        case "s3", "s3a", "s3n": "copy it to a disk (aws s3 cp --recursive) or mount it, and give that path"
        case "gs": "copy it to a disk (gcloud storage cp --recursive) or mount it, and give that path"
        case "http", "https", "ftp": "download it (curl -LO) and give the path"
        case "hdfs": "copy it to a disk (hdfs dfs -get) or mount it, and give that path"
        case "hf": "download it (hf download) and give the path"
        default: "copy it to a disk or mount it, and give that path"
        }
    }
}
