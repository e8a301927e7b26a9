import Clustering
import Dashboard
import Shards
import Tensors

/// The settings of a choice of nouns, with what they depend on worked out.
struct NounMethod {
    let options: NounOptions
    let images: Dataset
    let nouns: Dataset
    /// K, where it is known.
    let clusters: Int?
    let seed: UInt64

    private static let restarts = 10
    /// Beyond so many pairs of image and centre the best of ten runs, carefully begun, takes longer than all that follows.
    private static let mostPairs = 2_000_000
    private static let restartsOfMany = 2

    var settings: NounChoice.Settings {
        NounChoice.Settings(nouns: nouns.description, filter: filter, centres: centres)
    }

    private var filter: NounFilter.Settings {
        NounFilter.Settings(
            kind: options.filter,
            perCentre: perCentre,
            temperature: temperature,
            power: options.power,
            uniqueness: options.uniqueness,
            duplicateSimilarity: options.keepDuplicates ? nil : 0.999
        )
    }

    private var centres: KMeans.Settings {
        let areMany = images.rows * centreCount > Self.mostPairs
        return KMeans.Settings(
            clusters: centreCount,
            metric: options.filter == .sic ? .euclidean : .cosine,
            initialisation: areMany ? .parallel : .seeding(of: centreCount),
            restarts: areMany ? Self.restartsOfMany : Self.restarts,
            seed: seed,
            deliversLabels: false
        )
    }

    private var perCentre: Int { options.perCentre ?? (options.filter == .sic ? 500 : 5) }

    private var temperature: Double { options.temperature ?? (options.filter == .gradnorm ? 0.02 : 1) }

    private var centreCount: Int {
        switch options.centres {
        case .exactly(let count): return count
        case .automatic:
            if options.filter == .sic, let clusters { return clusters }
            return NounChoice.centreCount(images: images.rows, clusters: clusters)
        }
    }

    /// As run.json records them.
    func record(names: NounNames) -> [String: JSONValue] {
        var record: [String: JSONValue] = [
            "images": .string(images.path),
            "nouns": .string(nouns.path),
            "filter": .string(options.filter.rawValue),
            "centres": .integer(centreCount),
            "per-centre": .integer(perCentre),
            "keep-duplicates": .boolean(options.keepDuplicates),
        ]
        if let path = names.path { record["names"] = .string(path) }
        switch options.filter {
        case .tac: record["temperature"] = .number(temperature)
        case .gradnorm:
            record["temperature"] = .number(temperature)
            record["power"] = .number(options.power)
        case .sic: record["uniqueness"] = .number(options.uniqueness)
        }
        return record
    }
}

extension KMeans.Initialisation {
    /// What seeds k-means best at this number of clusters, and still takes less time than the iterations.
    static func seeding(of clusters: Int) -> Self { clusters <= 512 ? .greedy : .parallel }
}
