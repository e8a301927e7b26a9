import Foundation

/// Images, other images and nouns of one kind of embedding, small enough for many runs.
struct TextSample {
    let folder: TestFolder

    private static let columns = 12

    init(images: Int = 400, applied: Int = 150, nouns: Int = 90) throws {
        folder = try TestFolder()
        try write("images.npy", rows: images, seed: 1)
        try write("applied.npy", rows: applied, seed: 1)
        try write("nouns.npy", rows: nouns, seed: 1, centres: 30)
        let names = (0..<nouns).map { $0 % 40 == 0 ? "twice" : "noun \($0)" }
        try folder.write(names.map { $0 + "\n" }.joined(), "nouns.txt")
    }

    private func write(_ name: String, rows: Int, seed: UInt64, centres: Int = 6) throws {
        let values = SampleEmbeddings.values(rows: rows, columns: Self.columns, centres: centres, seed: seed)
        try SampleEmbeddings.write(values, columns: Self.columns, to: folder(name))
    }

    func arguments(_ more: [String] = []) -> [String] {
        [
            "tac", folder("images.npy"), folder("nouns.npy"), "-k", "6", "--no-train", "--apply",
            folder("applied.npy"), "--centres", "8", "--block-rows", "32", "--seed", "3", "--no-progress",
        ] + more
    }

    /// With heads that are trained `restarts` times.
    func trained(_ more: [String] = [], epochs: Int = 4, restarts: Int = 3) -> [String] {
        [
            "tac", folder("images.npy"), folder("nouns.npy"), "-k", "6", "--apply", folder("applied.npy"), "--centres",
            "8", "--block-rows", "32", "--seed", "3", "--no-progress", "--neighbors", "6", "--epochs", "\(epochs)",
            "--restarts", "\(restarts)", "--probabilities",
        ] + more
    }

    func output(_ name: String) -> RunOutput { RunOutput(folder(name)) }
}
