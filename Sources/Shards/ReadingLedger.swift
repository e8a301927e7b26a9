import Synchronization

/// What this process has read of datasets, and the datasets that it has open.
///
/// What is read by any path, by blocks or by the numbers of rows, is in the ledger before its values are seen, so that
/// whoever answers for results can say what they are of.
package final class ReadingLedger: Sendable {
    /// Of this process.
    package static let process = ReadingLedger()

    private struct Opening: Hashable {
        let path: String
        let blockRows: Int
        let knownAs: String?
    }

    private struct WeakWatch {
        weak var watch: RowWatch?
    }

    private struct State {
        var readings: [RowReading] = []
        var known: Set<RowReading> = []
        var watches: [Opening: WeakWatch] = [:]
        var openings: [UInt64: Opening] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// In the order in which stretches were first read. One that was read again from another opening and found changed is
    /// there twice.
    package var readings: [RowReading] { state.withLock { $0.readings } }

    /// Those after the first `count`.
    package func readings(after count: Int) -> ArraySlice<RowReading> { state.withLock { $0.readings[count...] } }

    func note(_ reading: RowReading) {
        state.withLock { state in
            guard state.known.insert(reading).inserted else { return }
            state.readings.append(reading)
        }
    }

    /// An opening of the same files that is still in use.
    func watch(ofPath path: String, blockRows: Int, knownAs: String?, at locations: [DataLocation]) -> RowWatch? {
        let opening = Opening(path: path, blockRows: blockRows, knownAs: knownAs)
        let watch = state.withLock { $0.watches[opening]?.watch }
        return watch.flatMap { $0.isOf(locations) ? $0 : nil }
    }

    func add(_ watch: RowWatch, ofPath path: String, blockRows: Int, knownAs: String?) {
        let opening = Opening(path: path, blockRows: blockRows, knownAs: knownAs)
        state.withLock { state in
            state.watches[opening] = WeakWatch(watch: watch)
            state.openings[watch.dataset] = opening
        }
    }

    /// Reads a stretch of a dataset that this process has or had open, unless it has been read.
    ///
    /// - Returns: its digest, and where it is, for people; nil where there is no such dataset or stretch.
    package func reading(ofStretch number: Int, of dataset: UInt64) -> (reading: RowReading, place: String)? {
        guard let watch = watch(of: dataset), (0..<watch.stretchCount).contains(number) else { return nil }
        let digest = watch.digest(ofStretch: number)
        let place = watch.rows.place(of: watch.rows(ofStretch: number))
        return (RowReading(dataset: dataset, stretch: number, digest: digest), place)
    }

    private func watch(of dataset: UInt64) -> RowWatch? {
        let (opening, watch) = state.withLock { state in
            let opening = state.openings[dataset]
            return (opening, opening.flatMap { state.watches[$0]?.watch })
        }
        if let watch, watch.dataset == dataset { return watch }
        // It was let go of; others may still be at work on it.
        guard let opening,
            let again = try? Dataset(
                path: opening.path,
                blockRows: opening.blockRows,
                knownAs: opening.knownAs,
                ledger: self
            ), again.watch.dataset == dataset
        else { return nil }
        return again.watch
    }
}
