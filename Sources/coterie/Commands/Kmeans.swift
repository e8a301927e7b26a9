import ArgumentParser

/// Clusters embeddings.
struct Kmeans: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kmeans",
        abstract: "Cluster embeddings by spherical or Euclidean k-means.",
        discussion: """
            DATA is an .npy file, a folder of them, a clip-retrieval folder, FILE.npz:KEY or FILE.safetensors:KEY. The \
            run's folder gets labels.npy, centroids.npy, clusters.json, run.json, events.jsonl and report.html.

            Examples:
              coterie kmeans embeddings.npy -k 1000
              coterie kmeans img_emb/ -k 100 --seed 7 --restarts 5 -o runs/hundred
              coterie kmeans model.safetensors:features -k 10 --truth classes.txt
              coterie kmeans clip/ -k 5000 --listen tcp://0.0.0.0:5555 --keys keys
            """
    )

    @Argument(help: "The embeddings, one row per image.", completion: .file())
    var data: String

    @OptionGroup(title: "K-means") var method: KmeansOptions
    @OptionGroup(title: "Fleet") var fleet: FleetOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Run") var common: CommonOptions

    func run() throws {
        try KMeansJob(command: self, resuming: nil).run()
    }
}
