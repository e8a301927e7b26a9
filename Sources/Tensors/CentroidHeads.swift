import CKernels

/// The heads of centroids, laid out for the search.
struct CentroidHeads: Sendable {
    let frame: HeadFrame
    /// ⌈clusters / 32⌉ panels, as made by `ck_pack_heads`.
    let panels: [Int16]
    /// Of each head, zeros up to the next multiple of 32.
    let units: [Float]
    let tails: [Float]
    /// The centroids in whole length, as made by `ck_shorten_rows`.
    let whole: [Int16]
    let wholeUnits: [Float]
    let wholeTails: [Float]

    /// - Parameters:
    ///   - shifted: the centroids, `ck_row_stride` apart.
    ///   - squares: about their squared norms.
    init(of shifted: [Float], squares: [Float], in frame: HeadFrame, using set: InstructionSet) {
        self.frame = frame
        let clusters = squares.count
        var product = OrderedProduct()
        var heads = RowHeads(in: frame, count: clusters)
        unsafe shifted.withUnsafeBufferPointer { shifted in
            unsafe squares.withUnsafeBufferPointer { squares in
                unsafe heads.make(
                    in: frame,
                    rows: shifted.baseAddress,
                    squares: squares.baseAddress,
                    places: Array(0..<clusters),
                    with: &product,
                    using: set
                )
            }
        }
        let width = Int(ck_panel_columns)
        let padded = (clusters + width - 1) / width * width
        var panels = [Int16](repeating: 0, count: padded * Int(ck_head_columns))
        unsafe ck_pack_heads(heads.values, clusters, &panels)
        self.panels = panels
        units = heads.units + repeatElement(0, count: padded - clusters)
        tails = heads.tails + repeatElement(0, count: padded - clusters)
        var whole = [Int16](repeating: 0, count: clusters * ck_short_stride(frame.columns))
        var wholeUnits = [Float](repeating: 0, count: clusters)
        var wholeTails = wholeUnits
        unsafe ck_shorten_rows(
            shifted,
            squares,
            clusters,
            frame.columns,
            &whole,
            &wholeUnits,
            &wholeTails,
            set.kernelArgument
        )
        (self.whole, self.wholeUnits, self.wholeTails) = (whole, wholeUnits, wholeTails)
    }

    /// Lends the centroids' part of a search to a kernel.
    func withKernelArgument<Result>(_ shifted: [Float], _ body: (ck_filter) -> Result) -> Result {
        unsafe shifted.withUnsafeBufferPointer { shifted in
            unsafe units.withUnsafeBufferPointer { units in
                unsafe tails.withUnsafeBufferPointer { tails in
                    unsafe whole.withUnsafeBufferPointer { whole in
                        unsafe wholeUnits.withUnsafeBufferPointer { wholeUnits in
                            unsafe wholeTails.withUnsafeBufferPointer { wholeTails in
                                var filter = unsafe ck_filter()
                                unsafe filter.shifted = shifted.baseAddress
                                unsafe filter.units = units.baseAddress
                                unsafe filter.tails = tails.baseAddress
                                unsafe filter.whole = whole.baseAddress
                                unsafe filter.whole_units = wholeUnits.baseAddress
                                unsafe filter.whole_tails = wholeTails.baseAddress
                                return unsafe body(filter)
                            }
                        }
                    }
                }
            }
        }
    }
}
