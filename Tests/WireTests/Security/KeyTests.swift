import CZeroMQ
import Foundation
import Testing

@testable import Wire

struct KeyTests {
    /// From libzmq's documentation of CURVE.
    private let known = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"

    @Test func `Z85 is that of libzmq, both ways`() throws {
        let bytes = try #require(Z85.decode(known))
        #expect(bytes.prefix(4) == [0xbb, 0x88, 0x47, 0x1d])
        #expect(Z85.encode(bytes) == known)
        var theirs = [UInt8](repeating: 0, count: 32)
        #expect(unsafe zmq_z85_decode(&theirs, known) != nil)
        #expect(theirs == bytes)
    }

    @Test(arguments: ["", "short", String(repeating: "0", count: 39), String(repeating: "0", count: 41)])
    func `a text of another length is no key`(text: String) {
        #expect(PublicKey(text) == nil)
    }

    @Test(arguments: ["~", "\"", " ", "é", "\u{0}"])
    func `a letter outside the alphabet makes no key`(letter: String) {
        #expect(PublicKey(known.dropLast(letter.utf8.count) + letter) == nil)
    }

    @Test func `five letters that stand for more than four bytes make no key`() {
        #expect(PublicKey("#####" + known.dropFirst(5)) == nil)
    }

    @Test func `pairs are new each time, and the public half follows from the secret one`() throws {
        let pair = try KeyPair.generate()
        #expect(try KeyPair.generate() != pair)
        #expect(try KeyPair(pair.secret) == pair)
        #expect(PublicKey(pair.open.description) == pair.open)
        #expect(!"\(pair.secret)".contains(pair.secret.text))
    }

    @Test func `no key begins like a comment`() throws {
        // One in 85 would: that no half of 400 pairs does by luck is one in ten thousand.
        for _ in 0..<400 {
            let pair = try KeyPair.generate()
            #expect(!pair.open.description.hasPrefix("#") && !pair.secret.text.hasPrefix("#"))
        }
    }
}
