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

    private struct Stretch: Hashable {
        let dataset: UInt64
        let number: Int
    }

    private struct WeakWatch {
        weak var watch: RowWatch?
    }

    private struct State {
        var readings: [RowReading] = []
        var known: Set<RowReading> = []
        /// What each stretch was first read as.
        var first: [Stretch: UInt64] = [:]
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
            let stretch = Stretch(dataset: reading.dataset, number: reading.stretch)
            if state.first[stretch] == nil { state.first[stretch] = reading.digest }
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

    /// What this process first read a stretch as; it is read now where it has not been, of a dataset that is or was open here.
    ///
    /// - Returns: its digest, and where it is, for people; nil where there is no such dataset or stretch.
    package func reading(ofStretch number: Int, of dataset: UInt64) -> (reading: RowReading, place: String)? {
        let (opening, open, known) = state.withLock { state in
            let opening = state.openings[dataset]
            let watch = opening.flatMap { state.watches[$0]?.watch }
            return (opening, watch, state.first[Stretch(dataset: dataset, number: number)])
        }
        guard let opening else { return nil }
        var watch = open?.dataset == dataset ? open : nil
        // Where all hands have let go of it, others may still be at work on it.
        if known == nil && watch == nil { watch = reopened(opening, as: dataset) }
        let place = watch?.place(ofStretch: number)
        guard let digest = known ?? place.flatMap({ _ in watch?.digest(ofStretch: number) }) else { return nil }
        return (RowReading(dataset: dataset, stretch: number, digest: digest), place ?? opening.path)
    }

    private func reopened(_ opening: Opening, as dataset: UInt64) -> RowWatch? {
        let again = try? Dataset(
            path: opening.path,
            blockRows: opening.blockRows,
            knownAs: opening.knownAs,
            ledger: self
        )
        return again?.watch.dataset == dataset ? again?.watch : nil
    }
}
