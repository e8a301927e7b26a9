import Clustering
import Testing
import Wire

@testable import Services

struct NamedArrayWireTests {
    @Test(arguments: [
        NamedArray("f", shape: [2, 2], .float32([1, -0.0, .infinity, .leastNonzeroMagnitude])),
        NamedArray("d", [1.5, -.greatestFiniteMagnitude]),
        NamedArray("i", [Int32.min, 7]),
        NamedArray("l", [Int64.min, .max]),
        NamedArray("empty", shape: [0, 3], .float32([])),
        NamedArray("one", shape: [], .float64([2])),
    ])
    func `arrays come back from the wire as they were`(array: NamedArray) throws {
        let tensor = WireTensor(array)
        #expect(tensor.isValid)
        #expect(try NamedArray(tensor) == array)
    }

    @Test func `bytes are no array of a program`() {
        let tensor = WireTensor(name: "b", shape: [2], .uint8([1, 2]))
        #expect(throws: ClusteringError.self) { try NamedArray(tensor) }
    }
}
