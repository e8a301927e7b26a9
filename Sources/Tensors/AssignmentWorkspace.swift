import CKernels

/// Scratch memory of an assignment.
struct AssignmentWorkspace: Sendable {
    private var rows: [Float]
    private var squares: [Float]
    private var bestScores: [Float]
    private var secondScores: [Float]
    private var bestColumns: [Int32]
    private var candidates: [Int32] = []

    init(columns: Int) {
        let lanes = Assignment.tileRows * Int(ck_widest_vector)
        rows = [Float](repeating: 0, count: Assignment.tileRows * ck_row_stride(columns))
        squares = [Float](repeating: 0, count: Assignment.tileRows)
        bestScores = [Float](repeating: 0, count: lanes)
        secondScores = bestScores
        bestColumns = [Int32](repeating: 0, count: lanes)
    }

    mutating func reserve(clusters: Int) {
        if candidates.count < clusters { candidates = [Int32](repeating: 0, count: clusters) }
    }

    mutating func withKernelArgument<Result>(_ body: (ck_workspace) -> Result) -> Result {
        unsafe rows.withUnsafeMutableBufferPointer { rows in
            unsafe squares.withUnsafeMutableBufferPointer { squares in
                unsafe bestScores.withUnsafeMutableBufferPointer { best in
                    unsafe secondScores.withUnsafeMutableBufferPointer { second in
                        unsafe bestColumns.withUnsafeMutableBufferPointer { columns in
                            unsafe candidates.withUnsafeMutableBufferPointer { candidates in
                                unsafe body(
                                    ck_workspace(
                                        rows: rows.baseAddress,
                                        squares: squares.baseAddress,
                                        best_scores: best.baseAddress,
                                        second_scores: second.baseAddress,
                                        best_columns: columns.baseAddress,
                                        candidates: candidates.baseAddress
                                    )
                                )
                            }
                        }
                    }
                }
            }
        }
    }
}
