import Synchronization

/// Digests the rows of an opened dataset before anybody sees their values: each stretch once, when it is first touched.
///
/// A stretch is as many whole blocks as keep a dataset to `mostStretches` of them, so that what a process has read can be
/// said in one message. All copies and selections of a dataset share the watch.
final class RowWatch: Sendable {
    static let mostStretches = 4096

    /// `Dataset.name`.
    let dataset: UInt64
    let rows: StoredRows
    /// Where the files were.
    let locations: [DataLocation]
    let stretchRows: Int
    private let stretches: [Stretch]
    private let unseen: Atomic<Int>
    private let ledger: ReadingLedger

    private final class Stretch: Sendable {
        let isSeen = Atomic(false)
        let digest = Mutex<UInt64?>(nil)
    }

    init(dataset: UInt64, _ rows: StoredRows, at locations: [DataLocation], blockRows: Int, ledger: ReadingLedger) {
        self.dataset = dataset
        self.rows = rows
        self.locations = locations
        self.ledger = ledger
        stretchRows = Self.stretchRows(of: rows.count, blockRows: blockRows)
        stretches = (0...(rows.count - 1) / stretchRows).map { _ in Stretch() }
        unseen = Atomic(stretches.count)
    }

    /// Blocks are joined by twos.
    static func stretchRows(of rows: Int, blockRows: Int) -> Int {
        var stretch = blockRows
        while (rows - 1) / stretch >= mostStretches { stretch *= 2 }
        return stretch
    }

    var stretchCount: Int { stretches.count }

    func rows(ofStretch number: Int) -> Range<Int> {
        number * stretchRows..<min(rows.count, (number + 1) * stretchRows)
    }

    /// Where a stretch is, for people; nil where there is no such stretch.
    func place(ofStretch number: Int) -> String? {
        stretches.indices.contains(number) ? rows.place(of: rows(ofStretch: number)) : nil
    }

    /// Takes down the stretches that rows are in, unless that has been done.
    func see(_ range: Range<Int>) {
        guard unseen.load(ordering: .acquiring) > 0, !range.isEmpty else { return }
        for number in range.lowerBound / stretchRows...(range.upperBound - 1) / stretchRows
        where !stretches[number].isSeen.load(ordering: .acquiring) {
            _ = digest(ofStretch: number)
        }
    }

    /// Who comes while another thread reads the stretch waits for it.
    func digest(ofStretch number: Int) -> UInt64 {
        let stretch = stretches[number]
        return stretch.digest.withLock { known in
            if let known { return known }
            let digest = rows.digest(of: rows(ofStretch: number))
            known = digest
            ledger.note(RowReading(dataset: dataset, stretch: number, digest: digest))
            stretch.isSeen.store(true, ordering: .releasing)
            unseen.subtract(1, ordering: .releasing)
            return digest
        }
    }

    /// Whether the files at the same places are still those that were opened.
    func isOf(_ locations: [DataLocation]) -> Bool {
        locations == self.locations && rows.matrices.allSatisfy { $0.source.isUnchanged }
    }
}
