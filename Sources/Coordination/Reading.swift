/// What a process found when it first read some rows: a digest of their bytes.
package struct Reading: Hashable, Sendable {
    /// A number that stands for the dataset, the same at all who work on it.
    package var dataset: UInt64
    /// A stretch of the dataset's rows, by its number.
    package var stretch: Int
    package var digest: UInt64

    package init(dataset: UInt64, stretch: Int, digest: UInt64) {
        self.dataset = dataset
        self.stretch = stretch
        self.digest = digest
    }

    var place: Place { Place(dataset: dataset, stretch: stretch) }

    /// The rows that it is of.
    struct Place: Hashable, Sendable {
        let dataset: UInt64
        let stretch: Int
    }
}

/// What a worker has read up to an answer and has not stated with one before. Whatever an answer was computed from was
/// stated with it or earlier.
package struct Readings: Hashable, Sendable {
    /// How many it has stated in this membership with the answers before; they are not repeated.
    package var before: Int
    package var stated: [Reading]

    package init(before: Int = 0, _ stated: [Reading] = []) {
        self.before = before
        self.stated = stated
    }

    /// How many there are up to here.
    var end: Int { before + stated.count }
}

extension Readings: CustomStringConvertible {
    /// Not the readings themselves, of which there may be thousands.
    package var description: String { "readings \(before)..<\(end)" }
}

/// What the coordinator has found itself, to hold workers' readings against.
package struct VerifiedReading: Hashable, Sendable {
    package var reading: Reading
    /// Which file and rows, for people.
    package var place: String

    package init(_ reading: Reading, place: String) {
        self.reading = reading
        self.place = place
    }
}
