import CKernels

/// Scratch memory of a search among heads, for one chunk of rows.
struct FilterWorkspace: Sendable {
    /// Centroids whose products with a chunk of rows are in memory at once: few enough to stay in cache.
    private static let centroidsAtOnce = 256

    private var product = OrderedProduct()
    private var rowHeads = SideBySide()
    private var scratch = FilterScratch(centroids: Self.centroidsAtOnce)
    /// Where the caller keeps none.
    private var ownHeads: RowHeads?

    /// The heads of a chunk's rows.
    struct SideBySide: Sendable {
        var values = [Int16](repeating: 0, count: Assignment.tileRows * Int(ck_head_columns))
        var units = [Float](repeating: 0, count: Assignment.tileRows)
        var tails = [Float](repeating: 0, count: Assignment.tileRows)
    }

    /// Searches labels for the picked rows, which are in the workspace, among all centroids.
    /// - Parameters:
    ///   - kept: heads of the block's rows, the tile's first being `firstRow`; nil where none are kept.
    ///   - labels: those that the picked rows had, -1 for none; at the end those they have.
    ///   - gaps: as of `ck_certify`.
    /// - Returns: pairs multiplied in whole length, and rows that float64 decided.
    mutating func search(
        _ rows: ck_picked,
        _ picks: [Int32],
        _ centroids: PackedCentroids,
        _ packed: ck_centroids,
        _ workspace: ck_workspace,
        _ kept: inout RowHeads?,
        firstRow: Int,
        labels: UnsafeMutablePointer<Int32>?,
        gaps: UnsafeMutablePointer<Double>?,
        using set: InstructionSet
    ) -> (multiplied: Int, rechecked: Int) {
        guard let heads = centroids.heads else { return (0, 0) }
        unsafe lay(picks, heads.frame, workspace, &kept, firstRow, set)
        scratch.reserve(columns: heads.frame.columns)
        return unsafe scratch.withKernelArgument(centroids.shifted, heads, rowHeads) { filter, dots in
            var multiplied = 0
            unsafe ck_begin_filter(rows.count, labels, packed, workspace, filter, set.kernelArgument)
            for first in stride(from: 0, to: heads.units.count, by: Self.centroidsAtOnce) {
                let width = min(Self.centroidsAtOnce, heads.units.count - first)
                unsafe heads.panels.withUnsafeBufferPointer { panels in
                    let panel = unsafe panels.baseAddress.map { unsafe $0 + first * Int(ck_head_columns) }
                    unsafe ck_multiply_heads(rowHeads.values, rows.count, panel, width, dots, set.kernelArgument)
                }
                multiplied += unsafe ck_filter_columns(
                    rows.count,
                    dots,
                    first,
                    width,
                    packed,
                    workspace,
                    filter,
                    set.kernelArgument
                )
            }
            let rechecked = unsafe ck_end_filter(rows, packed, workspace, filter, labels, gaps, set.kernelArgument)
            return (multiplied, rechecked)
        }
    }

    /// Lays the rows' heads side by side, and makes those that are not there yet.
    private mutating func lay(
        _ picks: [Int32],
        _ frame: HeadFrame,
        _ workspace: ck_workspace,
        _ kept: inout RowHeads?,
        _ firstRow: Int,
        _ set: InstructionSet
    ) {
        if var known = kept.take() {
            let places = picks.map { Int($0) + firstRow }
            // From the first that has none: mostly none of a tile's rows has any, or all have.
            let missing = places.firstIndex { !known.has($0) } ?? places.count
            unsafe make(missing, places, frame, workspace, &known, set)
            known.gather(places, &rowHeads)
            kept = known
        } else {
            // Those that are there are of other rows, whose memory is used again.
            var own = ownHeads.take()
            if own?.identifier != frame.identifier { own = nil }
            var fresh = own.take() ?? RowHeads(in: frame, count: Assignment.tileRows)
            let places = Array(picks.indices)
            unsafe make(0, places, frame, workspace, &fresh, set)
            fresh.gather(places, &rowHeads)
            ownHeads = fresh
        }
    }

    /// Makes the heads of the workspace's rows from one on.
    private mutating func make(
        _ first: Int,
        _ places: [Int],
        _ frame: HeadFrame,
        _ workspace: ck_workspace,
        _ heads: inout RowHeads,
        _ set: InstructionSet
    ) {
        guard first < places.count else { return }
        unsafe heads.make(
            in: frame,
            rows: workspace.rows + first * ck_row_stride(frame.columns),
            squares: workspace.squares + first,
            places: Array(places[first...]),
            with: &product,
            using: set
        )
    }
}
