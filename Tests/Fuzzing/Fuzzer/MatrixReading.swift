import CFuzzer
import Glibc

@testable import Shards

/// Files of arrays, read from memory that passes for a file.
enum MatrixReading {
    /// Arrays of one file that are looked at: enough to see that one does not disturb another.
    private static let mostArrays = 4

    static func readNumpy(_ bytes: [UInt8]) {
        let path = MemoryFile.only.path(toFileOf: bytes)
        if let file = try? MappedFile(path: path), let matrix = try? StoredMatrix(numpy: file) {
            check(matrix)
        }
        if let labels = try? LabelsFile.read(path) {
            precondition(labels.count <= bytes.count, "more labels than bytes")
        }
    }

    static func readArchive(_ bytes: [UInt8]) {
        guard let file = try? MappedFile(path: MemoryFile.only.path(toFileOf: bytes)) else { return }
        guard let directory = try? ZipDirectory(of: file) else { return }
        for entry in directory.entries.prefix(mostArrays) {
            if let matrix = try? StoredMatrix(archive: file, key: entry.key) { check(matrix) }
        }
    }

    static func readSafetensors(_ bytes: [UInt8]) {
        guard let file = try? MappedFile(path: MemoryFile.only.path(toFileOf: bytes)) else { return }
        guard let directory = try? SafetensorsDirectory(of: file) else { return }
        for tensor in directory.tensors.prefix(mostArrays) {
            if let matrix = try? StoredMatrix(safetensors: file, key: tensor.key) { check(matrix) }
        }
    }

    /// Reads every byte of a matrix, which must all be the file's or what was decoded from it.
    private static func check(_ matrix: StoredMatrix) {
        precondition(matrix.rows == 0 || matrix.columns > 0, "a matrix without columns")
        let range = matrix.byteRange(ofRows: 0..<matrix.rows)
        precondition(range.count == matrix.rows * matrix.rowByteCount, "a matrix of another size than its shape")
        let sum = matrix.memory.withBytes(in: range) { span in
            var sum: UInt8 = 0
            for place in span.byteOffsets { sum ^= unsafe span.unsafeLoad(fromByteOffset: place, as: UInt8.self) }
            return sum
        }
        unsafe blackHole = sum
    }

    /// Where sums go, so that no optimiser finds out that nobody wants them. libFuzzer reads one input at a time, on one
    /// thread.
    private nonisolated(unsafe) static var blackHole: UInt8 = 0
}

/// A file in memory with a path.
struct MemoryFile {
    static let only = MemoryFile()

    private let descriptor: Int32

    private init() {
        descriptor = unsafe memfd_create("input", 0)
        precondition(descriptor >= 0, "no file in memory: errno \(errno)")
    }

    /// Makes it hold these bytes and no others.
    func path(toFileOf bytes: [UInt8]) -> String {
        precondition(ftruncate(descriptor, bytes.count) == 0, "cannot resize: errno \(errno)")
        let written = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        precondition(written == bytes.count, "cannot write: errno \(errno)")
        return "/proc/self/fd/\(descriptor)"
    }
}
