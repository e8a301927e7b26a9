import Foundation

@testable import Shards

/// Rows that are the same in every run, and files of them.
enum SampleEmbeddings {
    enum Element: String {
        case float16 = "<f2"
        case float32 = "<f4"
        case float64 = "<f8"
    }

    /// Rows around as many points as `centres`, far enough apart to be told from noise and near enough for many iterations.
    static func values(rows: Int, columns: Int, centres: Int = 12, seed: UInt64 = 1) -> [Double] {
        var random = SplitMix(state: seed)
        let points = (0..<centres * columns).map { _ in random.uniform() }
        return (0..<rows * columns).map { place in
            points[(place / columns % centres) * columns + place % columns] + 1.5 * random.uniform()
        }
    }

    /// Writes a matrix and returns its path.
    @discardableResult
    static func write(
        _ values: [Double],
        columns: Int,
        as element: Element = .float32,
        to path: String
    ) throws -> String {
        let shape = [values.count / columns, columns]
        let bytes = NumpyHeader.bytes(descriptor: element.rawValue, shape: shape) + values.flatMap { element.bytes($0) }
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return path
    }

    /// Digits of the project, 1,797 of 64 pixels.
    static let digits = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Scripts/digits/digits.npy").standardized.path
}

extension SampleEmbeddings.Element {
    fileprivate func bytes(_ value: Double) -> [UInt8] {
        switch self {
        case .float16: Self.littleEndian(UInt64(Float16(value).bitPattern), 2)
        case .float32: Self.littleEndian(UInt64(Float(value).bitPattern), 4)
        case .float64: Self.littleEndian(value.bitPattern, 8)
        }
    }

    private static func littleEndian(_ bits: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014).
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Between -1 and 1.
    mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-52 - 1
    }
}
