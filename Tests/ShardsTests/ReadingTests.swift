import Foundation
import Tensors
import Testing

@testable import Shards

struct ReadingTests {
    private let folder: TemporaryFolder
    private let ledger = ReadingLedger()

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Three files of 5, 1 and 9 rows of two numbers.
    private func open(blockRows: Int = 4, changing: (inout [Float]) -> Void = { _ in }) throws -> Dataset {
        var values = (0..<30).map(Float.init)
        changing(&values)
        for (number, rows) in [0..<5, 5..<6, 6..<15].enumerated() {
            let bytes = FileBytes.matrix(Array(values[rows.lowerBound * 2..<rows.upperBound * 2]), columns: 2)
            try folder.write(bytes, "data/\(number).npy")
        }
        return try Dataset(path: folder("data"), blockRows: blockRows, knownAs: nil, ledger: ledger)
    }

    private var stretches: [Int] { ledger.readings.map(\.stretch) }

    @Test func `Whatever reads rows has them taken down first, and once`() throws {
        let dataset = try open()
        dataset.advise(.willNeed, rows: 0..<15)
        dataset.fetch(row: 3)
        _ = dataset.location(ofRow: 3)
        #expect(stretches == [])
        _ = dataset.row(3)
        #expect(stretches == [0])
        _ = dataset.read(rows: 2..<3)
        #expect(stretches == [0])
        _ = dataset.gather([13, 1])
        #expect(stretches == [0, 3])
        dataset.withStoredRows(7..<9) { _, _ in #expect(Set(stretches) == [0, 1, 2, 3]) }
        _ = dataset.read(rows: 0..<15)
        #expect(stretches == [0, 3, 1, 2])
        #expect(Set(ledger.readings.map(\.digest)).count == 4)
    }

    @Test func `Selections and rows side by side are taken down as the rows that they are of`() throws {
        let dataset = try open()
        let selected = dataset.selecting([2, 9, 14], blockRows: 1)
        _ = selected.row(1)
        #expect(stretches == [2])
        let beside = try Dataset(sideBySide: [dataset, dataset])
        _ = beside.row(0)
        #expect(stretches == [2, 0])
    }

    @Test func `Every bit counts, and nothing but the bytes and where they are`() throws {
        let dataset = try open()
        _ = dataset.read(rows: 0..<15)
        let before = ledger.readings
        // Opened anew as another process would, read in another order.
        let other = ReadingLedger()
        let again = try Dataset(path: folder("data"), blockRows: 4, knownAs: nil, ledger: other)
        for row in (0..<15).reversed() { _ = again.row(row) }
        #expect(Set(other.readings) == Set(before) && other.readings.count == before.count)
        for bit in [0, 31, 13] {
            let changed = ReadingLedger()
            _ = try open { $0[25] = Float(bitPattern: $0[25].bitPattern ^ 1 << bit) }
            let copy = try Dataset(path: folder("data"), blockRows: 4, knownAs: nil, ledger: changed)
            _ = copy.read(rows: 0..<15)
            #expect(Set(changed.readings).subtracting(before).map(\.stretch) == [3])
        }
    }

    @Test func `A dataset is called the same by all who work on it`() throws {
        let dataset = try open()
        let other = ReadingLedger()
        let elsewhere = folder("elsewhere")
        try FileManager.default.copyItem(atPath: folder("data"), toPath: elsewhere)
        let copy = try Dataset(path: elsewhere, blockRows: 4, knownAs: folder("data"), ledger: other)
        #expect(copy.watch.dataset == dataset.watch.dataset)
        let cutOtherwise = try Dataset(path: folder("data"), blockRows: 5, knownAs: nil, ledger: other)
        #expect(cutOtherwise.watch.dataset != dataset.watch.dataset)
    }

    @Test func `What is opened again while it is open is not read again`() throws {
        let dataset = try open()
        _ = dataset.read(rows: 0..<15)
        let again = try Dataset(path: folder("data"), blockRows: 4, knownAs: nil, ledger: ledger)
        #expect(again.watch === dataset.watch)
        // Another file under the same name is another thing, and what was read of it is said too.
        try folder.write(FileBytes.matrix([Float](repeating: 7, count: 2), columns: 2), "new.npy")
        try FileManager.default.removeItem(atPath: folder("data/1.npy"))
        try FileManager.default.moveItem(atPath: folder("new.npy"), toPath: folder("data/1.npy"))
        let replaced = try Dataset(path: folder("data"), blockRows: 4, knownAs: nil, ledger: ledger)
        #expect(replaced.watch !== dataset.watch)
        _ = replaced.read(rows: 0..<15)
        #expect(stretches == [0, 1, 2, 3, 1])
    }

    @Test func `No dataset has more stretches than a message has room for`() {
        #expect(RowWatch.stretchRows(of: 4096, blockRows: 1) == 1)
        #expect(RowWatch.stretchRows(of: 4097, blockRows: 1) == 2)
        #expect(RowWatch.stretchRows(of: 1_281_167, blockRows: 4096) == 4096)
        for rows in [1, 4095, 8193, 1_000_000_007] {
            for blockRows in [1, 7, 4096] {
                let stretch = RowWatch.stretchRows(of: rows, blockRows: blockRows)
                #expect((rows - 1) / stretch < RowWatch.mostStretches && stretch.isMultiple(of: blockRows))
            }
        }
    }

    @Test func `The ledger reads for others, open or not, what it knows`() throws {
        let reading: RowReading
        let name: UInt64
        do {
            let dataset = try open()
            name = dataset.watch.dataset
            let found = try #require(ledger.reading(ofStretch: 1, of: name))
            reading = found.reading
            #expect(found.place == "\(folder("data"))/0.npy row 4 to \(folder("data"))/2.npy row 1")
            #expect(ledger.readings == [reading])
        }
        let again = try #require(ledger.reading(ofStretch: 2, of: name))
        #expect(again.place == "\(folder("data"))/2.npy rows 2 to 5")
        #expect(ledger.reading(ofStretch: 1, of: name)?.reading == reading)
        #expect(ledger.reading(ofStretch: 4, of: name) == nil)
        #expect(ledger.reading(ofStretch: -1, of: name) == nil)
        #expect(ledger.reading(ofStretch: 0, of: name ^ 1) == nil)
    }
}

struct DatasetDigestsTests {
    private let folder: TemporaryFolder
    private let ledger = ReadingLedger()
    private let dataset: Dataset

    init() throws {
        folder = try TemporaryFolder()
        for number in 0..<2 {
            let values = (0..<20).map { Float($0 + number) }
            try folder.write(FileBytes.matrix(values, columns: 2), "data/\(number).npy")
        }
        dataset = try Dataset(path: folder("data"), blockRows: 4, knownAs: nil, ledger: ledger)
    }

    private func overwrite(_ name: String, at offset: Int, with bytes: [UInt8]) throws {
        let handle = try #require(FileHandle(forWritingAtPath: folder(name)))
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    /// Of the second file's ten.
    private func overwriteRow3() throws {
        try overwrite("data/1.npy", at: try folder.bytes("data/1.npy").count - 7 * 8, with: [1])
    }

    private func expectChanged(
        _ words: String,
        _ digests: DatasetDigests,
        _ location: SourceLocation = #_sourceLocation
    ) {
        expectRefusal(.badData, "changed while the job ran", words, location: location) { () throws(ShardError) in
            try digests.verify(ledger.readings, of: dataset)
        }
    }

    @Test func `One reading gives the files' SHA-256 and what every stretch was read as`() throws {
        let digests = try DatasetDigests(of: dataset)
        #expect(digests.sha256 == (try dataset.files.map { try Digest.hexadecimal(ofFile: $0.path) }))
        _ = dataset.read(rows: 0..<20)
        try digests.verify(ledger.readings, of: dataset)
        // Of others it says nothing.
        try digests.verify([RowReading(dataset: 1, stretch: 0, digest: 1)], of: dataset)
    }

    @Test func `A file that was written to before its digest was taken is found by its rows`() throws {
        _ = dataset.read(rows: 0..<20)
        try overwriteRow3()
        expectChanged("1.npy rows 2 to 5", try DatasetDigests(of: dataset))
    }

    @Test func `A file that is written to afterwards is found at the end`() throws {
        _ = dataset.read(rows: 0..<20)
        let digests = try DatasetDigests(of: dataset)
        Thread.sleep(forTimeInterval: 0.02)
        try overwriteRow3()
        expectChanged("1.npy", digests)
    }

    @Test func `The same bytes written again do no harm`() throws {
        _ = dataset.read(rows: 0..<20)
        let digests = try DatasetDigests(of: dataset)
        Thread.sleep(forTimeInterval: 0.02)
        let bytes = try folder.bytes("data/1.npy")
        try overwrite("data/1.npy", at: 0, with: bytes)
        try digests.verify(ledger.readings, of: dataset)
    }

    @Test func `A file in whose place another was put is found, of whatever size`() throws {
        _ = dataset.read(rows: 0..<20)
        let other = FileBytes.matrix((0..<20).map { Float($0 + 5) }, columns: 2)
        try FileManager.default.removeItem(atPath: folder("data/0.npy"))
        try folder.write(other, "data/0.npy")
        expectChanged("0.npy", try DatasetDigests(of: dataset))
        try folder.write(other + [0], "data/0.npy")
        expectRefusal(.badData, "changed while the job ran", "0.npy") { () throws(ShardError) in
            _ = try DatasetDigests(of: dataset)
        }
    }
}
