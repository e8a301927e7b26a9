import Foundation
import Shards
import Testing

@testable import Clustering

@Suite struct HeadFileTests {
    private func head(_ name: String, hidden: Int?) -> Head {
        let shape = HeadShape(inputs: 6, hidden: hidden, clusters: 3)
        var head = Head(name: name, shape: shape, seed: 4, number: 0)
        for index in head.runningMeans.indices { head.runningMeans[index] = Float(index) }
        return head
    }

    private func withPath(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func `Heads come back as they were written, under PyTorch's names`() throws {
        try withPath { path in
            let heads = [head("image", hidden: 5), head("text", hidden: 4)]
            try HeadFile.write(heads, metadata: ["seed": "4"], to: path)
            #expect(try HeadFile.read(path) == heads)
            let names = try SafetensorsFile.read(path).map(\.name)
            #expect(
                names.prefix(8) == [
                    "image.0.weight", "image.0.bias", "image.1.weight", "image.1.bias", "image.1.running_mean",
                    "image.1.running_var", "image.3.weight", "image.3.bias",
                ]
            )
        }
    }

    @Test func `Linear heads come back too`() throws {
        try withPath { path in
            let heads = [head("head", hidden: nil)]
            try HeadFile.write(heads, to: path)
            #expect(try HeadFile.read(path) == heads)
            #expect(try SafetensorsFile.read(path).map(\.shape) == [[3, 6], [3]])
        }
    }

    @Test func `Files of other tensors are refused`() throws {
        try withPath { path in
            try SafetensorsFile.write([.init("weights", shape: [2], [1, 2])], to: path)
            #expect(throws: ClusteringError.self) { try HeadFile.read(path) }
            try SafetensorsFile.write([.init("image.0.weight", shape: [2], [1, 2])], to: path)
            #expect(throws: ClusteringError.self) { try HeadFile.read(path) }
            try SafetensorsFile.write([.init("image.0.weight", shape: [2, 1], [1, 2])], to: path)
            #expect(throws: ClusteringError.self) { try HeadFile.read(path) }
        }
    }

    @Test func `A first head has the deviations that are said`() {
        let head = Head(name: "image", shape: HeadShape(inputs: 100, hidden: 50, clusters: 3), seed: 1, number: 0)
        let weights = head.parameters[head.shape.firstWeights].map(Double.init)
        let mean = weights.reduce(0, +) / Double(weights.count)
        let variance = weights.reduce(0) { $0 + $1 * $1 } / Double(weights.count)
        #expect(abs(mean) < 0.001 && abs(variance.squareRoot() - 0.02) < 0.001)
        #expect(head.parameters[head.shape.gains].allSatisfy { $0 == 1 })
        #expect(head.parameters[head.shape.shifts].allSatisfy { $0 == 0 })
        let bias = head.parameters[head.shape.firstBias]
        #expect(bias.allSatisfy { abs($0) < 0.1 } && Set(bias).count == 50)
    }
}
