import ArgumentParser
import Clustering

/// Where the first centroids come from.
enum Initialisation: Equatable, CustomStringConvertible {
    case plusPlus
    case parallel
    case random
    /// Rows of a matrix of K rows.
    case file(String)

    /// Reads what follows `--init`.
    @Sendable init(argument: String) throws {
        switch argument {
        case "k-means++": self = .plusPlus
        case "k-means-parallel": self = .parallel
        case "random": self = .random
        case _ where argument.hasSuffix(".npy"): self = .file(argument)
        default: throw ValidationError("give k-means++, k-means-parallel, random or the name of an .npy file")
        }
    }

    /// Whether every restart would begin with the same centroids.
    var isGiven: Bool { if case .file = self { true } else { false } }

    func kind(_ size: KmeansSize) -> KMeans.Initialisation {
        switch self {
        case .plusPlus: size.isGreedy ? .greedy : .plusPlus
        case .parallel: .parallel
        case .random: .random
        case .file: .given
        }
    }

    var description: String {
        switch self {
        case .plusPlus: "k-means++"
        case .parallel: "k-means-parallel"
        case .random: "random"
        case .file(let path): path
        }
    }
}
