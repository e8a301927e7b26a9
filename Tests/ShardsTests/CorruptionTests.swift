import Tensors
import Testing

@testable import Shards

/// Bytes of files that somebody changed at random must be refused or read consistently; nothing may crash.
struct CorruptionTests {
    private static let matrix = FileBytes.matrix((0..<12).map(Float.init), columns: 4)

    private static let files: [(String, [UInt8])] = [
        ("x.npy", matrix),
        ("x.npz", FileBytes.zip([.init(name: "a.npy", data: matrix)])),
        ("z.npz", FileBytes.zip([FileBytes.deflatedMember("a.npy", matrix)])),
        ("y.npz", FileBytes.zip([.init(name: "a.npy", data: matrix, isWide: true)], isWide: true)),
        (
            "x.safetensors",
            FileBytes.safetensors(
                #"{"a":{"dtype":"F32","shape":[3,4],"data_offsets":[0,48]}}"#,
                [UInt8](repeating: 0, count: 48)
            )
        ),
    ]

    /// Changes, removes, inserts or repeats some bytes.
    private func corrupt(_ good: [UInt8], with generator: inout SeededGenerator) -> [UInt8] {
        var bytes = good
        for _ in 0...Int.random(in: 0..<3, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &generator)
            let telling: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF] + "0189{}()[]'\",:-<>fFO".utf8
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[place] = telling.randomElement(using: &generator) ?? 0
            case 2: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 3: bytes.remove(at: place)
            case 4: bytes.insert(telling.randomElement(using: &generator) ?? 0, at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    @Test(arguments: files.indices)
    func `Random damage is refused or harmless`(file: Int) throws {
        let folder = try TemporaryFolder()
        let (name, good) = Self.files[file]
        var generator = SeededGenerator(state: UInt64(file))
        var refused = 0
        for _ in 0..<2000 {
            let bytes = corrupt(good, with: &generator)
            let path = try folder.write(bytes, name)
            do throws(ShardError) {
                let dataset = try Dataset(path: path)
                let ratio = dataset.files[0].isCompressed ? Inflation.largestRatio : 1
                #expect(dataset.rows * dataset.columns * dataset.elementType.byteCount <= ratio * bytes.count)
                #expect(dataset.read(rows: 0..<dataset.rows).count == dataset.rows * dataset.columns)
            } catch {
                refused += 1
                #expect(error.code == .badData && !error.message.contains("\n"), "\(error.message)")
            }
        }
        #expect(refused > 500)
    }
}
