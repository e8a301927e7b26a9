import Foundation
import Testing

@testable import Shards

@Suite struct WeightsFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weights-\(UUID().uuidString)")

    private func read(_ bytes: [UInt8], as name: String = "w.npy") throws -> [Double] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appendingPathComponent(name)
        try Data(bytes).write(to: url)
        return try WeightsFile.read(url.path)
    }

    private func array(_ descriptor: String, _ shape: [Int], _ bytes: [UInt8]) -> [UInt8] {
        NumpyHeader.bytes(descriptor: descriptor, shape: shape) + bytes
    }

    @Test func `Arrays of every kind of number are read`() throws {
        #expect(try read(array("<f4", [2], [0, 0, 0x80, 0x3F, 0, 0, 0, 0])) == [1, 0])
        #expect(try read(array(">f4", [1], [0x3F, 0x80, 0, 0])) == [1])
        #expect(try read(array("<f8", [1], [0, 0, 0, 0, 0, 0, 0xE0, 0x3F])) == [0.5])
        #expect(try read(array("<i8", [2], [7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])) == [7, 256])
        #expect(try read(array("|u1", [3], [1, 2, 255])) == [1, 2, 255])
        #expect(try read(array("|b1", [2], [1, 0])) == [1, 0])
    }

    @Test func `Text has one on each line`() throws {
        #expect(try read(Array("1\n0.25\r\n 1e3 \n".utf8), as: "w.txt") == [1, 0.25, 1000])
    }

    @Test(arguments: [
        ("1\nx\n", "line 2"), ("1\n-1\n", "line 2"), ("nan\n", "line 1"), ("1\ninf\n", "line 2"), ("1 2\n", "line 1"),
        ("1\n\n2\n", "line 2"), ("", "empty"),
    ])
    func `What is no weight is refused by its line`(text: String, says: String) {
        #expect { try read(Array(text.utf8), as: "w.txt") } throws: { error in
            (error as? ShardError)?.code == .badData && "\(error)".contains(says)
        }
    }

    @Test func `Arrays that are no list of weights are refused`() {
        for bytes in [
            array("<f4", [1, 2], [0, 0, 0x80, 0x3F, 0, 0, 0, 0]), array("<f4", [2], [0, 0, 0x80, 0x3F]),
            array("<f4", [1], [0, 0, 0x80, 0xBF]), array("<c8", [1], [UInt8](repeating: 0, count: 8)),
        ] {
            #expect(throws: ShardError.self) { try read(bytes) }
        }
    }
}
