import CKernels

/// The heads of some rows in one frame: 16 bits a coordinate.
///
/// Those of a block's rows are kept from one assignment to the next.
package struct RowHeads: Sendable {
    private static let columns = Int(ck_head_columns)
    /// Rows whose coordinates are in memory at once.
    private static let rowsAtOnce = Assignment.tileRows

    /// Of the frame.
    package let identifier: Int
    package let count: Int
    private(set) var values: [Int16]
    private(set) var units: [Float]
    /// +∞ where a row has no head yet.
    private(set) var tails: [Float]

    package init(in frame: HeadFrame, count: Int) {
        identifier = frame.identifier
        self.count = count
        values = [Int16](repeating: 0, count: count * Self.columns)
        units = [Float](repeating: 0, count: count)
        tails = [Float](repeating: .infinity, count: count)
    }

    /// Bytes of memory.
    package var bytes: Int { count * (2 * Self.columns + 8) }

    func has(_ row: Int) -> Bool { tails[row] != .infinity }

    /// Makes heads of shifted rows, `ck_row_stride` apart.
    /// - Parameters:
    ///   - squares: about their squared norms.
    ///   - places: where their heads go.
    mutating func make(
        in frame: HeadFrame,
        rows: UnsafePointer<Float>?,
        squares: UnsafePointer<Float>?,
        places: [Int],
        with product: inout OrderedProduct,
        using set: InstructionSet
    ) {
        let (columns, stride) = (Self.columns, ck_row_stride(frame.columns))
        var coordinates = [Float](repeating: 0, count: min(places.count, Self.rowsAtOnce) * columns)
        for first in Swift.stride(from: 0, to: places.count, by: Self.rowsAtOnce) {
            let part = places[first..<min(first + Self.rowsAtOnce, places.count)]
            unsafe coordinates.withUnsafeMutableBufferPointer { coordinates in
                unsafe frame.project(
                    rows.map { unsafe $0 + first * stride },
                    count: part.count,
                    into: coordinates.baseAddress,
                    with: &product,
                    using: set
                )
                unsafe keep(
                    UnsafePointer(coordinates.baseAddress),
                    squares.map { unsafe $0 + first },
                    Array(part),
                    frame.errors,
                    set
                )
            }
        }
    }

    /// Lays the heads of some rows side by side.
    func gather(_ places: [Int], _ rows: inout FilterWorkspace.SideBySide) {
        let bytes = Self.columns * MemoryLayout<Int16>.size
        unsafe values.withUnsafeBytes { values in
            unsafe rows.values.withUnsafeMutableBytes { heads in
                for (index, place) in places.enumerated() {
                    let head = unsafe UnsafeRawBufferPointer(rebasing: values[place * bytes..<(place + 1) * bytes])
                    unsafe UnsafeMutableRawBufferPointer(rebasing: heads[index * bytes..<(index + 1) * bytes])
                        .copyMemory(from: head)
                }
            }
        }
        for (index, place) in places.enumerated() {
            rows.units[index] = units[place]
            rows.tails[index] = tails[place]
        }
    }

    private mutating func keep(
        _ coordinates: UnsafePointer<Float>?,
        _ squares: UnsafePointer<Float>?,
        _ places: [Int],
        _ errors: ck_head_errors,
        _ set: InstructionSet
    ) {
        let columns = Self.columns
        unsafe values.withUnsafeMutableBufferPointer { values in
            unsafe units.withUnsafeMutableBufferPointer { units in
                unsafe tails.withUnsafeMutableBufferPointer { tails in
                    for (index, place) in places.enumerated() {
                        unsafe ck_make_heads(
                            coordinates.map { unsafe $0 + index * columns },
                            squares.map { unsafe $0 + index },
                            1,
                            errors,
                            values.baseAddress.map { unsafe $0 + place * columns },
                            units.baseAddress.map { unsafe $0 + place },
                            tails.baseAddress.map { unsafe $0 + place },
                            set.kernelArgument
                        )
                    }
                }
            }
        }
    }
}
