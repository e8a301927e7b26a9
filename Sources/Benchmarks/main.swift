import Shards
import Tensors

// Usage: Benchmarks DATA ROWS REPETITIONS
//
// How fast rows of a dataset are read by their numbers, beside all rows in their order, by one thread. Scripts/benchmark
// rows builds and runs it.

let arguments = CommandLine.arguments
guard arguments.count == 4, let rows = Int(arguments[2]), let repetitions = Int(arguments[3]), rows > 0 else {
    throw BenchmarkError(message: "usage: Benchmarks DATA ROWS REPETITIONS")
}
let dataset = try Dataset(path: arguments[1])
let access = RowAccess(dataset: dataset, rowsAtOnce: rows, repetitions: repetitions)
print("in order     \(access.inOrder())")
print("by number    \(access.byNumber(rereading: false))")
print("by number, the same again  \(access.byNumber(rereading: true))")
