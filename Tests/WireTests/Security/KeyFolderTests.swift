import Foundation
import Glibc
import Testing

@testable import Wire

/// A new folder in every test, removed with it.
final class KeyFolderTests {
    private let base = FileManager.default.temporaryDirectory.appendingPathComponent("wire-\(UUID().uuidString)").path
    private let folder: KeyFolder

    init() throws {
        folder = KeyFolder(base)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: base)
    }

    private func mode(_ name: String = "") throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: base + name)[.posixPermissions] as? Int)
    }

    private func write(_ text: String, _ name: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(base)/\(name)"))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(text.utf8))
    }

    private func expect(_ code: WireError.Code, _ text: String, _ body: () throws -> some Any) {
        #expect {
            _ = try body()
        } throws: {
            ($0 as? WireError)?.code == code && "\($0)".contains(text)
        }
    }

    @Test func `a pair that was made is read again, and is its owner's alone`() throws {
        let open = try folder.generate()
        #expect(try folder.pair().open == open)
        #expect(try KeyFolder.publicKey(at: base + "/public.key") == open)
        #expect(try mode() == 0o700)
        #expect(try mode("/secret.key") == 0o600)
    }

    @Test(arguments: ["public.key", "secret.key"])
    func `keys that are there are not replaced, and nothing is left beside them`(name: String) throws {
        try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: false)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(base)/\(name)"))
        expect(.cannotCreate, "there is a key already: \(base)/\(name)") { try folder.generate() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: base) == [name])
        #expect(try String(contentsOfFile: "\(base)/\(name)", encoding: .utf8) == "mine")
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o601] as [mode_t])
    func `a secret that others may use is refused`(mode: mode_t) throws {
        _ = try folder.generate()
        #expect(unsafe chmod(base + "/secret.key", mode) == 0)
        expect(.keyRefused, "chmod 600 \(base)/secret.key") { try folder.pair() }
    }

    @Test func `missing files are named`() throws {
        expect(.noKey, base + "/secret.key") { try folder.pair() }
        _ = try folder.generate()
        expect(.noKey, base + "/authorized_workers") { try folder.allowList() }
    }

    @Test(arguments: ["", "# nothing\n", "half a key\n", "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n", "\u{0}"])
    func `files without a key are refused`(text: String) throws {
        _ = try folder.generate()
        try write(text, "public.key")
        expect(.badKey, base + "/public.key") { try folder.pair() }
        try write(text, "secret.key")
        expect(.badKey, base + "/secret.key") { try folder.pair() }
    }

    @Test func `a secret with another's public key is refused, and never shown`() throws {
        _ = try folder.generate()
        try write("\(try KeyPair.generate().open)\n", "public.key")
        let secret = try String(contentsOfFile: base + "/secret.key", encoding: .utf8).split(separator: "\n")[1]
        #expect {
            try folder.pair()
        } throws: {
            ($0 as? WireError)?.code == .badKey && "\($0)".contains("no pair") && !"\($0)".contains(secret)
        }
    }

    @Test func `what is no file is refused without waiting for it`() throws {
        _ = try folder.generate()
        #expect(unsafe mkfifo(base + "/authorized_workers", 0o600) == 0)
        expect(.badKey, "not a file of keys") { try folder.allowList() }
    }
}
