/// What `clusters.json` holds: one entry per cluster, in the order of their numbers.
package struct ClustersRecord: Sendable, Equatable {
    package struct Cluster: Codable, Sendable, Equatable {
        /// The label of its rows.
        package var cluster: Int
        /// Rows in it; 0 for a cluster that ended empty.
        package var size: Int
        /// What its rows weigh together; `nil` when all rows count alike.
        package var weight: Double?
        /// Mean similarity of its rows to its centre, or mean probability of its rows, 0 to 1; `nil` when it is empty or the
        /// job has no such measure.
        package var confidence: Double?
        /// Rows of the dataset nearest to its centre, nearest first.
        package var nearest: [Int]
        /// One for each of `nearest`, under cosine.
        package var nearestSimilarities: [Float]?
        /// One for each of `nearest`, under Euclidean distance.
        package var nearestDistances: [Float]?
        /// The nouns that describe it, best first; `nil` for a job without nouns.
        package var nouns: [String]?

        private enum CodingKeys: String, CodingKey {
            case cluster, size, weight, confidence, nearest, nouns
            case nearestSimilarities = "nearest_similarities"
            case nearestDistances = "nearest_distances"
        }

        /// A list with a value that is not finite is left out as a whole, so that it never fails to match `nearest`.
        package init(
            cluster: Int,
            size: Int,
            weight: Double? = nil,
            confidence: Double?,
            nearest: [Int],
            nearestSimilarities: [Float]? = nil,
            nearestDistances: [Float]? = nil,
            nouns: [String]? = nil
        ) {
            self.cluster = cluster
            self.size = size
            self.weight = weight
            self.confidence = confidence?.ifFinite
            self.nearest = nearest
            self.nearestSimilarities = nearestSimilarities.flatMap { $0.allSatisfy(\.isFinite) ? $0 : nil }
            self.nearestDistances = nearestDistances.flatMap { $0.allSatisfy(\.isFinite) ? $0 : nil }
            self.nouns = nouns
        }
    }

    package var clusters: [Cluster]

    package init(clusters: [Cluster]) {
        self.clusters = clusters
    }
}

extension ClustersRecord: Codable {
    package init(from decoder: any Decoder) throws {
        clusters = try decoder.singleValueContainer().decode([Cluster].self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(clusters)
    }
}

extension ClustersRecord {
    /// The text of `clusters.json`: one cluster per line, so that thousands of them can still be read and searched.
    /// - Throws: `EncodingError` when a value that was set after a cluster was made is not finite.
    package func json() throws -> String {
        if clusters.isEmpty { return "[]\n" }
        return "[\n" + (try clusters.map(RecordText.line).joined(separator: ",\n")) + "\n]\n"
    }

    /// Reads the text of a `clusters.json`.
    /// - Throws: `DecodingError` when it is not one.
    package init(json: String) throws {
        self = try RecordText.read(ClustersRecord.self, from: json)
    }
}
