import CKernels

/// Lays rows out for the search, a few at a time: what it needs besides the layout fits the second-level cache.
struct RowPacking {
    /// A whole number of panels.
    private static let pieceRows = 2 * Int(ck_panel_columns)

    private let columns: Int
    private let metric: NeighborMetric
    private let origin: [Float]
    private let name: (Int) -> Int
    private let stride: Int
    private var statistics = RowStatistics()

    /// ‖x‖² of each row, less the origin, in the order that they were packed in.
    private(set) var squaredNorms: [Double] = []

    /// - Parameters:
    ///   - origin: is subtracted from what goes into panels; empty for none.
    ///   - name: the index in the dataset of a row, for errors.
    init(columns: Int, metric: NeighborMetric, origin: [Float], name: @escaping (Int) -> Int) {
        self.columns = columns
        self.metric = metric
        self.origin = origin
        self.name = name
        stride = ck_row_stride(columns)
    }

    /// The rows, unit under `cosine`, and their panels; empty where they are not wanted.
    /// - Parameter read: gives the rows of a range, as `PackedRows` says.
    /// - Throws: `TensorError.Code.rowUnusable`, see there.
    mutating func pack(
        _ rows: Int,
        hasValues: Bool,
        hasPanels: Bool,
        _ read: (Range<Int>, inout MutableSpan<Float>) -> Void
    ) throws(TensorError) -> (values: [Float], panels: [Float]) {
        let width = Int(ck_panel_columns)
        var values = Self.unset(floats(ofRows: hasValues ? rows : Self.pieceRows))
        var panels = hasPanels ? Self.unset((rows + width - 1) / width * width * columns) : []
        var moved = [Float](repeating: 0, count: origin.isEmpty ? 0 : floats(ofRows: Self.pieceRows))
        for first in Swift.stride(from: 0, to: rows, by: Self.pieceRows) {
            let part = first..<min(rows, first + Self.pieceRows)
            let place = hasValues ? first * stride : 0
            try spread([Float](count: part.count * columns) { read(part, &$0) }, part, to: &values, at: place)
            if origin.isEmpty {
                squaredNorms += statistics.squaredNorms
                if hasPanels { turn(values, from: place, part, into: &panels) }
            } else {
                moved.replaceSubrange(0..<part.count * stride, with: values[place..<place + part.count * stride])
                try subtractOrigin(from: &moved, part)
                if hasPanels { turn(moved, from: 0, part, into: &panels) }
            }
        }
        return (hasValues ? values : [], panels)
    }

    /// Those of so many rows, and of the ones behind them that a tile may reach.
    private func floats(ofRows rows: Int) -> Int { (rows + Int(ck_tallest_tile) - 1) * stride }

    /// Numbers that are all written before one is read.
    private static func unset(_ count: Int) -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialised in
            unsafe ck_prefer_large_pages(buffer.baseAddress, count * MemoryLayout<Float>.stride)
            initialised = count
        }
    }

    private mutating func spread(
        _ rows: [Float],
        _ part: Range<Int>,
        to values: inout [Float],
        at place: Int
    ) throws(TensorError) {
        statistics.measure(rows.span, columns: columns)
        try check(part)
        let factors = metric == .cosine ? statistics.squaredNorms.compactMap(RowStatistics.unitFactor) : []
        unsafe values.withUnsafeMutableBufferPointer { values in
            let target = unsafe UnsafeMutableBufferPointer(rebasing: values[place..<place + floats(ofRows: part.count)])
            unsafe rows.withUnsafeBufferPointer { rows in
                unsafe factors.withUnsafeBufferPointer { factors in
                    unsafe ck_spread_rows(
                        rows.baseAddress,
                        part.count,
                        columns,
                        factors.isEmpty ? nil : factors.baseAddress,
                        target.baseAddress,
                        InstructionSet.best.kernelArgument
                    )
                }
            }
        }
    }

    private mutating func subtractOrigin(from moved: inout [Float], _ part: Range<Int>) throws(TensorError) {
        unsafe moved.withUnsafeMutableBufferPointer { moved in
            unsafe origin.withUnsafeBufferPointer { origin in
                unsafe ck_subtract_origin(
                    moved.baseAddress,
                    part.count,
                    columns,
                    origin.baseAddress,
                    InstructionSet.best.kernelArgument
                )
            }
        }
        statistics.measure(moved.span.extracting(0..<part.count * stride), columns: stride)
        try check(part, areMoved: true)
        squaredNorms += statistics.squaredNorms
    }

    private func turn(_ values: [Float], from place: Int, _ part: Range<Int>, into panels: inout [Float]) {
        let (columns, stride) = (columns, stride)
        unsafe panels.withUnsafeMutableBufferPointer { panels in
            let target = unsafe UnsafeMutableBufferPointer(rebasing: panels[(part.lowerBound * columns)...])
            unsafe values.withUnsafeBufferPointer { values in
                let source = unsafe UnsafeBufferPointer(rebasing: values[place..<place + part.count * stride])
                unsafe ck_pack_panels(
                    source.baseAddress,
                    stride,
                    part.count,
                    columns,
                    target.baseAddress,
                    InstructionSet.best.kernelArgument
                )
            }
        }
    }

    /// - Parameter areMoved: whether the rows are less the origin, where they need no direction.
    private func check(_ part: Range<Int>, areMoved: Bool = false) throws(TensorError) {
        for (row, norm) in zip(part, statistics.squaredNorms) {
            if let fault = fault(ofSquaredNorm: norm, isMoved: areMoved) {
                throw TensorError(
                    .rowUnusable,
                    "row cannot be compared by \(metric.rawValue): row \(name(row)) \(fault)"
                )
            }
        }
    }

    private func fault(ofSquaredNorm norm: Double, isMoved: Bool) -> String? {
        if !norm.isFinite { return "is not finite; remove or repair it" }
        if metric == .cosine && !isMoved {
            return RowStatistics.unitFactor(squaredNorm: norm) == nil ? "has no direction; remove it" : nil
        }
        return norm > 0x1p120 ? "has a norm above 2^60; scale the rows down" : nil
    }
}
