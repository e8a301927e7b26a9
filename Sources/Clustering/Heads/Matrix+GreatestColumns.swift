import Tensors

extension Matrix {
    /// The column of each row's greatest value, ties to the first.
    func greatestColumns() -> [Int] {
        (0..<rows).map { number in
            let values = row(number)
            return values.indices.reduce(values.startIndex) { values[$1] > values[$0] ? $1 : $0 } - values.startIndex
        }
    }
}
