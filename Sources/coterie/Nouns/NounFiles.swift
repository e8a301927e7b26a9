import Clustering
import Dashboard
import Shards
import Tensors

/// What is written of chosen nouns.
struct NounFiles {
    let selection: NounSelection
    let names: NounNames
    let nouns: Dataset
    let filter: NounFilter.Kind
    /// Of the images' centres.
    let centres: KMeans.Outcome

    /// Covered by the digest.
    static let results = ["nouns.npy"]
    static let companions = ["nouns.txt", "nouns.json"]

    /// The names of the chosen, in their order.
    var chosenNames: [String] { selection.rows.map { names.names[$0] } }

    /// The cluster of the images that a centre of the selection is.
    private var centreNumbers: [Int] { centres.nonEmptyClusters }

    func write(to folder: RunFolder) throws {
        try folder.write(selection.storedRows(of: nouns), to: "nouns.npy")
        try AtomicFile.write(chosenNames.map { $0 + "\n" }.joined(), to: folder.path(for: "nouns.txt"))
        try AtomicFile.write(try record.json(), to: folder.path(for: "nouns.json"))
    }

    /// The chosen nouns of every cluster of the images, best first.
    var namesByCluster: [[String]] {
        var lists = centres.sizes.map { _ in [String]() }
        for (name, centre) in zip(chosenNames, selection.centres) { lists[centreNumbers[centre]].append(name) }
        return lists
    }

    private var record: NounsRecord {
        NounsRecord(
            filter: filter.rawValue,
            nouns: selection.rows.indices.map { place in
                NounsRecord.Noun(
                    noun: names.names[selection.rows[place]],
                    row: selection.rows[place],
                    centre: centreNumbers[selection.centres[place]],
                    score: selection.scores[place]
                )
            },
            centres: centres.sizes.indices.map { centre in
                NounsRecord.Centre(centre: centre, size: centres.sizes[centre], nouns: namesByCluster[centre])
            }
        )
    }
}
