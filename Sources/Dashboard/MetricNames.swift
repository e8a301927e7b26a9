/// The published metrics in the order they are shown, with the names people know them by.
enum MetricNames {
    struct Shown: Equatable {
        let name: String
        let value: Double
    }

    private static let ordered = [
        (key: "acc", name: "Accuracy (ACC)"),
        (key: "nmi", name: "NMI"),
        (key: "ari", name: "ARI"),
        (key: "ami", name: "AMI"),
        (key: "purity", name: "Purity"),
        (key: "nmi_geometric", name: "NMI, geometric mean"),
        (key: "precision", name: "Precision, majority class"),
        (key: "recall", name: "Recall, majority class"),
        (key: "f1", name: "F1, majority class"),
        (key: "matched_precision", name: "Precision, matched class"),
        (key: "matched_recall", name: "Recall, matched class"),
        (key: "matched_f1", name: "F1, matched class"),
        (key: "bcubed_precision", name: "BCubed precision"),
        (key: "bcubed_recall", name: "BCubed recall"),
    ]

    /// The metrics that are there, known ones first, others after them under their key.
    static func shown(_ metrics: [String: Double]) -> [Shown] {
        let known = Set(ordered.map(\.key))
        let others = metrics.keys.filter { !known.contains($0) }.sorted().map { (key: $0, name: $0) }
        return (ordered + others).compactMap { entry in
            metrics[entry.key].map { Shown(name: entry.name, value: $0) }
        }
    }
}
