import Foundation
import Testing

@testable import Shards

/// Files that numpy wrote, where they are at hand.
struct RealDataTests {
    /// `COTERIE_DATA`, or `../shared/data` beside the checkout.
    private static let folder =
        ProcessInfo.processInfo.environment["COTERIE_DATA"]
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../shared/data").standardized.path

    private static let isThere = FileManager.default.fileExists(atPath: "\(folder)/food10/images_test.npy")

    @Test(.enabled(if: isThere, "the folder COTERIE_DATA is not there"))
    func `Embeddings that numpy wrote are read`() throws {
        let dataset = try Dataset(path: "\(Self.folder)/food10/images_test.npy", blockRows: 64)
        #expect(dataset.rows == 500 && dataset.columns == 512 && dataset.blockCount == 8)
        for row in 0..<dataset.rows {
            let norm = dataset.row(row).reduce(0) { $0 + $1 * $1 }
            #expect(abs(norm - 1) < 0.01)
        }
        let labels = try LabelsFile.read("\(Self.folder)/food10/labels_test.npy")
        #expect(labels.count == 500 && Set(labels).count == 10)
    }

    @Test(.enabled(if: isThere, "the folder COTERIE_DATA is not there"))
    func `Headers are written byte for byte as numpy writes them`() throws {
        for name in ["food10/images_test.npy", "food10/labels_test.npy", "mnist/features.npy", "mnist/labels.npy"] {
            let file = try MappedFile(path: "\(Self.folder)/\(name)")
            let header = try NumpyHeader(in: file, range: 0..<file.byteCount, at: name)
            let ours = NumpyHeader.bytes(descriptor: header.descriptor, shape: header.shape)
            #expect(file.bytes(in: 0..<header.dataOffset) == ours)
        }
    }
}
