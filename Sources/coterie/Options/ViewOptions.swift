import ArgumentParser

/// Embeddings of altered images, by which neighbours are chosen.
struct ViewOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Embeddings of the same images, strongly altered; with --weak-view. (default: none)",
            valueName: "file"
        ),
        completion: .file()
    )
    var strongView: String?

    @Option(
        help: ArgumentHelp(
            "Embeddings of the same images, weakly altered; with --strong-view. (default: none)",
            valueName: "file"
        ),
        completion: .file()
    )
    var weakView: String?

    func validate() throws {
        guard (strongView == nil) == (weakView == nil) else {
            throw CommandError(
                .usage,
                "one view without the other",
                at: strongView == nil ? "--weak-view" : "--strong-view",
                fix: "give both, or neither"
            )
        }
    }
}
