/// Philox4x32-10: a keyed bijection of 128-bit counters whose outputs pass as random.
///
/// Salmon, Moraes, Dror, Shaw: *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
enum Philox {
    typealias Block = SIMD4<UInt32>
    typealias Key = SIMD2<UInt32>

    static func block(counter: Block, key: Key) -> Block {
        var counter = counter
        var key = key
        for _ in 0..<10 {
            counter = round(counter, key)
            key &+= weyl
        }
        return counter
    }

    private static let weyl = Key(0x9E37_79B9, 0xBB67_AE85)

    private static func round(_ counter: Block, _ key: Key) -> Block {
        let first = (0xD251_1F53 as UInt32).multipliedFullWidth(by: counter[0])
        let second = (0xCD9E_8D57 as UInt32).multipliedFullWidth(by: counter[2])
        return Block(second.high ^ counter[1] ^ key[0], second.low, first.high ^ counter[3] ^ key[1], first.low)
    }
}
