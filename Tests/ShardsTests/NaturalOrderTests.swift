import Testing

@testable import Shards

struct NaturalOrderTests {
    @Test func `Numbers in names are compared as numbers`() {
        let ordered = [
            "emb", "emb.npy", "emb_0", "emb_2", "emb_9", "emb_10", "emb_10_2", "emb_10_11", "emb_100", "emc_1",
        ]
        var generator = SeededGenerator(state: 1)
        for _ in 0..<50 {
            #expect(ordered.shuffled(using: &generator).sorted { $0.precedesNaturally($1) } == ordered)
        }
    }

    @Test func `Numbers longer than an integer are compared`() {
        let long = String(repeating: "9", count: 40)
        #expect("a\(long)".precedesNaturally("a1\(String(repeating: "0", count: 40))"))
        #expect(!"a1\(String(repeating: "0", count: 40))".precedesNaturally("a\(long)"))
    }

    @Test func `Names that differ in leading zeros have an order`() {
        let names = ["a01", "a1", "a001", "a1b", "a01a", "a0", "a00", "a"]
        for left in names {
            #expect(!left.precedesNaturally(left))
            for right in names where left != right {
                #expect(left.precedesNaturally(right) != right.precedesNaturally(left))
                for third in names where left.precedesNaturally(right) && right.precedesNaturally(third) {
                    #expect(left.precedesNaturally(third))
                }
            }
        }
    }
}
