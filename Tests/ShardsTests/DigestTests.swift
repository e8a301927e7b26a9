import Testing

@testable import Shards

struct DigestTests {
    private let ofABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    private let ofNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test func `Digests are those of FIPS 180`() throws {
        #expect(Digest.hexadecimal(of: Array("abc".utf8)) == ofABC)
        #expect(Digest().hexadecimal() == ofNothing)
        var digest = Digest()
        digest.update(Array("a".utf8))
        let rest = Array("bc".utf8)
        digest.update(unsafe rest.span.bytes)
        #expect(digest.hexadecimal() == ofABC)
        #expect(digest.hexadecimal() == ofABC)
    }

    @Test func `Files have the digest of their bytes`() throws {
        let folder = try TemporaryFolder()
        #expect(try Digest.hexadecimal(ofFile: folder.write(Array("abc".utf8), "x")) == ofABC)
        #expect(try Digest.hexadecimal(ofFile: folder.write([], "y")) == ofNothing)
        expectRefusal(.noInput, folder("z"), "check the path") { () throws(ShardError) in
            _ = try Digest.hexadecimal(ofFile: folder("z"))
        }
    }
}
