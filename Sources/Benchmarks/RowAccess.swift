import Shards
import Tensors

/// What is wrong with how a benchmark was called.
struct BenchmarkError: Error {
    let message: String
}

/// How long it takes to read rows as float32.
struct RowAccess {
    let dataset: Dataset
    let rowsAtOnce: Int
    let repetitions: Int

    /// What one way of reading took.
    struct Rate: CustomStringConvertible {
        let rows: Int
        let bytes: Int
        let seconds: Double

        var description: String {
            let microseconds = (seconds * 1e9 / Double(rows)).rounded() / 1e3
            let gigabytes = (Double(bytes) / seconds / 1e7).rounded() / 100
            return "\(microseconds) µs a row, \(gigabytes) GB/s of stored rows"
        }
    }

    /// All rows, from the first on.
    func inOrder() -> Rate {
        measure { repetition in
            let first = repetition * rowsAtOnce % max(1, dataset.rows - rowsAtOnce)
            let values = dataset.read(rows: first..<min(dataset.rows, first + rowsAtOnce))
            return values.count / dataset.columns
        }
    }

    /// Rows drawn from all, as the neighbours of a batch lie.
    /// - Parameter rereading: whether each repetition reads the same ones.
    func byNumber(rereading: Bool) -> Rate {
        let random = CounterRandom(seed: 0, purpose: CounterRandom.Purpose(code: 0x6265_0001))
        return measure { repetition in
            var draws = random.draws(forRow: rereading ? 0 : UInt64(repetition))
            let rows = (0..<rowsAtOnce).map { _ in draws.integer(below: dataset.rows) }
            return dataset.gather(rows).count / dataset.columns
        }
    }

    /// - Parameter read: reads once and returns how many rows; its first call is not measured.
    private func measure(_ read: (_ repetition: Int) -> Int) -> Rate {
        _ = read(0)
        let clock = ContinuousClock()
        var rows = 0
        let time = clock.measure {
            for repetition in 0..<repetitions { rows += read(repetition) }
        }
        let bytes = rows * dataset.columns * dataset.elementType.byteCount
        return Rate(rows: rows, bytes: bytes, seconds: time / .seconds(1))
    }
}
