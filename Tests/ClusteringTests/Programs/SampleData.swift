import Foundation
import Shards
import Tensors

@testable import Clustering

/// Rows of a test, in a file that is removed with the last copy of the value.
final class SampleData: Sendable {
    let path: String
    let rows: Int
    let columns: Int

    /// Writes rows as `<f2`, `<f4` or `<f8`.
    init(_ values: [Double], columns: Int, type: ElementType = .float32) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("clustering-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("emb.npy").path
        self.columns = columns
        rows = values.count / columns
        try Data(Self.header(type, rows, columns) + values.flatMap { Self.bytes($0, type) })
            .write(to: URL(fileURLWithPath: path))
    }

    convenience init(_ matrix: Matrix, type: ElementType = .float32) throws {
        try self.init(matrix.values.map(Double.init), columns: matrix.columns, type: type)
    }

    deinit {
        try? FileManager.default.removeItem(at: URL(fileURLWithPath: path).deletingLastPathComponent())
    }

    func dataset(blockRows: Int = 64) throws -> Dataset {
        try Dataset(path: path, blockRows: blockRows)
    }

    private static func header(_ type: ElementType, _ rows: Int, _ columns: Int) -> [UInt8] {
        let text = "{'descr': '\(type.rawValue)', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        let padded = text + String(repeating: " ", count: 117 - text.count) + "\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(padded.utf8.count), 0] + Array(padded.utf8)
    }

    private static func bytes(_ value: Double, _ type: ElementType) -> [UInt8] {
        let bits: UInt64
        switch type {
        case .float16: bits = UInt64(halfBits(Float(value)))
        case .float32: bits = UInt64(Float(value).bitPattern)
        case .float64: bits = value.bitPattern
        default: preconditionFailure("rows of tests are not written as \(type.rawValue)")
        }
        return (0..<type.byteCount).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
    }

    /// Only for values that float16 holds exactly, which `SampleData.blobs` makes.
    private static func halfBits(_ value: Float) -> UInt16 {
        guard value != 0 else { return 0 }
        let sign: UInt16 = value < 0 ? 0x8000 : 0
        let exponent = Int(value.exponent)
        precondition(exponent >= -14 && exponent <= 15, "\(value) is not a normal float16")
        return sign | UInt16(exponent + 15) << 10 | UInt16(value.significandBitPattern >> 13)
    }

    /// Rows around `centres` points, rounded to 1/256 so that every type holds them exactly.
    static func blobs(rows: Int, columns: Int, centres: Int, spread: Double = 0.25, seed: UInt64 = 1) -> Matrix {
        let random = CounterRandom(seed: seed, purpose: .init(code: 0xFFFF_0001))
        func values(_ row: Int) -> [Double] {
            var draws = random.draws(forRow: UInt64(row))
            return (0..<columns).map { _ in draws.uniform() * 2 - 1 }
        }
        var all: [Float] = []
        for row in 0..<rows {
            for (centre, noise) in zip(values(1_000_000 + row % centres), values(row)) {
                let value: Double = (centre + spread * noise) * 256
                all.append(Float(value.rounded() / 256))
            }
        }
        return Matrix(rows: rows, columns: columns, values: all)
    }
}

/// Puts the rows of a run where a test can see them.
final class CollectedRows: RowSink {
    private(set) var fields: [String: RowPieces] = [:]

    func write(_ values: NamedArray.Values, field: String, firstRow: Int) throws {
        fields[field, default: RowPieces()].insert(.init(firstRow: firstRow, values: values))
    }

    var labels: [Int] {
        (fields["labels"]?.pieces ?? []).flatMap { piece -> [Int] in
            guard case .int32(let labels) = piece.values else { return [] }
            return labels.map(Int.init)
        }
    }
}
