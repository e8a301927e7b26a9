import ArgumentParser
import Clustering
import Foundation
import Shards

/// Compares labels with the true classes.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure labels against true classes: ACC, NMI, ARI, purity, precision, recall, F1, BCubed.",
        discussion: """
            LABELS and TRUTH are 1-D integer .npy files, or text with one integer per line. All figures are fractions.

            Examples:
              coterie evaluate runs/hundred/labels.npy classes.txt
              coterie evaluate labels.txt classes.npy --json
            """
    )

    @Argument(help: "One label per row.", completion: .file())
    var labels: String

    @Argument(help: "One true class per row.", completion: .file())
    var truth: String

    @Flag(help: "Print one JSON object. (default: a table)")
    var json = false

    func run() throws {
        let table = try ContingencyTable(labels: LabelsFile.read(labels), truth: LabelsFile.read(truth))
        let metrics = ClusteringMetrics(table)
        try StandardOutput.write(json ? JSONText.line(metrics) : Self.text(metrics, table))
    }

    /// The figures in the order in which papers give them.
    private static let order = [
        "acc", "nmi", "nmi_geometric", "ari", "ami", "purity", "precision", "recall", "f1", "bcubed_precision",
        "bcubed_recall", "matched_precision", "matched_recall", "matched_f1",
    ]

    private static func text(_ metrics: ClusteringMetrics, _ table: ContingencyTable) throws -> String {
        let values = try JSONDecoder().decode([String: Double].self, from: JSONEncoder().encode(metrics))
        let counts = [
            ["rows", "\(table.total)"],
            ["clusters", "\(table.clusters.count)"],
            ["classes", "\(table.classes.count)"],
        ]
        let figures = order.compactMap { key in values[key].map { [key, String(format: "%.4f", $0)] } }
        return TextTable.text(counts + figures, rightAligned: [1])
    }
}
