import Tensors

extension KMeans {
    /// Why a restart ended.
    package enum Ending: String, Sendable, Equatable, CaseIterable {
        /// No label changed.
        case labels
        /// The objective changed by no more than the tolerance.
        case tolerance
        /// It had done the most iterations.
        case limit
        /// Centroids came back that it had left before, as their rounding to float32 can bring about: it would have gone
        /// round without end.
        case cycle

        /// Whether further iterations would have gained nothing but rounding.
        package var isConverged: Bool { self != .limit }
    }

    /// How a restart came out.
    package struct EndedRestart: Sendable, Equatable {
        /// From 0.
        package let restart: Int
        /// Of its last assignment.
        package let objective: Double
        package let iterations: Int
        package let ending: Ending
    }
}

extension KMeans {
    /// The centroids that a restart has been at, each as a digest of 64 bits.
    ///
    /// Centroids determine the labels, and these the next centroids, so a restart that comes back to some goes round from
    /// then on. Two arrays that differ have one digest once in 2⁶⁴ pairs.
    struct CentroidTrail: Sendable, Equatable {
        /// Digests that are kept; a longer cycle runs to the limit on iterations.
        static let length = 1024

        private(set) var digests: [UInt64] = []

        /// Notes where the restart is now.
        /// - Returns: whether it was there before and had left since. Centroids that stay where they are make no cycle: no
        ///   label will change.
        mutating func add(_ centroids: Matrix) -> Bool {
            let digest = Self.digest(of: centroids.values)
            let isBack = digests.last != digest && digests.contains(digest)
            digests = digests.suffix(Self.length - 1) + [digest]
            return isBack
        }

        /// Every step is a bijection of what was before, so that no bit of any number is lost on the way.
        private static func digest(of values: [Float]) -> UInt64 {
            var digest = UInt64(values.count)
            for value in values {
                digest = (digest ^ UInt64(value.bitPattern)) &* 0x9E37_79B9_7F4A_7C15
                digest ^= digest >> 29
            }
            return digest
        }
    }
}

extension KMeans.Ending: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        guard let ending = Self(rawValue: try reader.read()) else { throw ClusteringError.modelUnreadable }
        self = ending
    }

    package func write(to writer: inout ModelWriter) { writer.write(rawValue) }
}

extension KMeans.EndedRestart: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        restart = try reader.read()
        objective = try reader.read()
        iterations = try reader.read()
        ending = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(restart)
        writer.write(objective)
        writer.write(iterations)
        writer.write(ending)
    }
}

extension KMeans.CentroidTrail: ModelCoded {
    init(from reader: inout ModelReader) throws { digests = try reader.read() }

    func write(to writer: inout ModelWriter) { writer.write(digests) }
}
