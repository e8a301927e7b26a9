import ArgumentParser
import Clustering

/// Chooses the nouns that describe a dataset.
struct Nouns: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Choose the nouns that describe a dataset of images.",
        discussion: """
            IMAGES and NOUNS are embeddings by the two halves of one model, in files or folders as for kmeans. The run's \
            folder gets nouns.txt, nouns.npy (their embeddings as they were given), nouns.json (where each was in NOUNS, \
            its centre and its score), centroids.npy (the centres of the images), clusters.json, run.json and report.html.

            With --wordnet nothing is computed: WordNet's nouns are listed on standard output, a line for every sense \
            with the noun, its synset and its gloss between tabs, from the files index.noun and data.noun of DIR. A text \
            encoder makes NOUNS of its first column.

            Examples:
              coterie nouns images.npy nouns.npy -k 10
              coterie nouns img_emb/ nouns.npy --names nouns.txt --filter gradnorm --centres 300
              coterie nouns --wordnet /usr/share/wordnet > senses.tsv
            """
    )

    @Argument(help: "The embeddings of the images, one row per image.", completion: .file())
    var images: String?

    @Argument(help: "The embeddings of the nouns, one row per noun.", completion: .file())
    var nouns: String?

    @Option(
        name: .customShort("k"),
        help: ArgumentHelp("Clusters that the images have, if that is known. (default: unknown)", valueName: "k"),
        transform: Bounded.integer(in: 1...Int(Int32.max))
    )
    var clusters: Int?

    @Option(
        help: ArgumentHelp("List the nouns of WordNet's files there. (default: none)", valueName: "dir"),
        completion: .directory
    )
    var wordnet: String?

    @Flag(help: "With --wordnet, write sea_turtle as WordNet does. (default: sea turtle)")
    var underscores = false

    @OptionGroup(title: "Nouns") var method: NounOptions
    @OptionGroup(title: "Fleet") var fleet: FleetOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Run") var common: CommonOptions

    func validate() throws {
        if wordnet != nil {
            guard images == nil else {
                throw CommandError(.usage, "contradictory arguments", at: "--wordnet with IMAGES", fix: "leave out one")
            }
            return
        }
        guard nouns != nil else {
            throw CommandError(
                .usage,
                "bad usage",
                at: "nouns without \(images == nil ? "IMAGES and NOUNS" : "NOUNS")",
                fix: "see 'coterie nouns --help'"
            )
        }
        if output.truth != nil {
            throw CommandError(.usage, "bad usage", at: "nouns with --truth", fix: "leave it out: nothing is labelled")
        }
        if method.filter == .sic, method.centres == .automatic, clusters == nil {
            throw CommandError(
                .usage,
                "number of centres unknown",
                at: "--filter sic",
                fix: "give -k or --centres: sic has a centre for every cluster"
            )
        }
    }

    func run() throws {
        if let wordnet {
            try WordNetListing(folder: wordnet, keepsUnderscores: underscores).write()
        } else {
            try NounsJob(command: self, resuming: nil).run()
        }
    }
}
