import Glibc

/// The folder that holds a process's keys: `public.key`, `secret.key` and, at a coordinator, `authorized_workers`.
package struct KeyFolder: Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    private func file(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

    /// Makes a pair and the folder, unless it is there.
    ///
    /// The secret file is readable by its owner alone from the moment it exists. Keys are never replaced.
    ///
    /// - Throws: `.cannotCreate` when there are keys already or the files cannot be made; `.library`.
    package func generate() throws(WireError) -> PublicKey {
        let keys = try KeyPair.generate()
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.cannotCreate(path, errno) }
        let secret = try KeyFile(creating: file("secret.key"), mode: 0o600)
        do throws(WireError) {
            let open = try KeyFile(creating: file("public.key"), mode: 0o644)
            do throws(WireError) {
                try secret.write("# A secret key of coterie: it never leaves this machine.\n\(keys.secret.text)\n")
                try open.write("# A public key of coterie, for those who are to know its holder.\n\(keys.open)\n")
            } catch {
                open.remove()
                throw error
            }
        } catch {
            secret.remove()
            throw error
        }
        return keys.open
    }

    /// The pair in the folder.
    ///
    /// - Throws: `.noKey` when a file is missing; `.badKey` when one holds no key, or they are not a pair;
    ///   `.keyRefused` when others than the owner may use the secret file.
    package func pair() throws(WireError) -> KeyPair {
        let place = file("secret.key")
        let (line, text) = try KeyText.onlyKey(in: try KeyFile(reading: place).text(isSecret: true), at: place)
        guard let secret = SecretKey(text) else { throw KeyText.bad(line, at: place) }
        let pair = try KeyPair(secret)
        guard try Self.publicKey(at: file("public.key")) == pair.open else {
            throw WireError(.badKey, "keys that are no pair: \(path): public.key belongs to another; make a new pair")
        }
        return pair
    }

    /// The coordinator's list.
    ///
    /// - Throws: `.noKey`, or `.badKey` with the line.
    package func allowList() throws(WireError) -> AllowList {
        let place = file("authorized_workers")
        return try AllowList(try KeyFile(reading: place).text(isSecret: false), at: place)
    }

    /// The key in a file of its own, as a worker pins its coordinator's.
    ///
    /// - Throws: `.noKey` or `.badKey`.
    package static func publicKey(at place: String) throws(WireError) -> PublicKey {
        let (line, text) = try KeyText.onlyKey(in: try KeyFile(reading: place).text(isSecret: false), at: place)
        guard let key = PublicKey(text) else { throw KeyText.bad(line, at: place) }
        return key
    }

    fileprivate static func cannotCreate(_ path: String, _ number: Int32) -> WireError {
        number == EEXIST
            ? WireError(.cannotCreate, "there is a key already: \(path); choose another folder, or remove it yourself")
            : WireError(
                .cannotCreate,
                "cannot create a key: \(path): \(TransportFailure(number: number).reason); choose another folder"
            )
    }
}

/// An open file of keys, closed when the value dies.
private struct KeyFile: ~Copyable {
    /// Room for a long list; what is longer is no file of keys.
    private static let mostBytes = 4 << 20

    private let path: String
    private let descriptor: Int32

    init(creating path: String, mode: mode_t) throws(WireError) {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw KeyFolder.cannotCreate(path, errno) }
    }

    init(reading path: String) throws(WireError) {
        self.path = path
        // Not to wait for the other end of a pipe that somebody put there.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.unreadable(path, errno) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private static func unreadable(_ path: String, _ number: Int32) -> WireError {
        WireError(
            .noKey,
            "cannot read a key: \(path): \(TransportFailure(number: number).reason); "
                + "make a pair with 'coterie keygen', or check the path"
        )
    }

    /// - Throws: `.keyRefused` for a secret that others may use; `.badKey` for what is no text.
    func text(isSecret: Bool) throws(WireError) -> String {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.unreadable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.mostBytes else {
            throw WireError(.badKey, "bad key file: \(path): not a file of keys; check the path")
        }
        guard !isSecret || status.st_mode & 0o077 == 0 else {
            throw WireError(.keyRefused, "key refused: \(path): others than its owner may use it; chmod 600 \(path)")
        }
        let bytes = try read(status.st_size)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw WireError(.badKey, "bad key file: \(path): not text; check the path")
        }
        return text
    }

    private func read(_ byteCount: Int) throws(WireError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var done = 0
        while done < byteCount {
            let count = unsafe bytes.withUnsafeMutableBytes { all in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: all[done...])
                return unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Self.unreadable(path, errno) }
            if count == 0 { break }
            done += count
        }
        return Array(bytes.prefix(done))
    }

    func write(_ text: String) throws(WireError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw KeyFolder.cannotCreate(path, count < 0 ? errno : EIO) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw KeyFolder.cannotCreate(path, errno) }
    }

    /// Takes back a file that this value created.
    func remove() {
        unsafe unlink(path)
    }
}
