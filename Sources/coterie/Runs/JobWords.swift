import Foundation
import Tensors

// Options as the words of a command line that says the same anywhere: what a run's folder keeps of them.

extension Kmeans {
    var words: [String] {
        ["kmeans", data.absolutePath] + method.words + output.words + common.words
    }
}

extension Predict {
    var words: [String] {
        var words = ["predict", head.absolutePath, data.absolutePath]
        if let metric { words += ["--metric", metric.rawValue] }
        if let temperature { words += ["--temperature", "\(temperature)"] }
        if labelsOnly { words.append("--labels-only") }
        return words + output.words + common.words
    }
}

extension FindNeighbors {
    var words: [String] {
        var words = ["neighbors", data.absolutePath, "--neighbors", "\(neighbors)", "--metric", metric.rawValue]
        if let queries { words += ["--queries", queries.absolutePath] }
        if includeSelf { words.append("--include-self") }
        return words + output.words + common.words
    }
}

extension Scan {
    var words: [String] {
        var words = ["scan", data.absolutePath, "-k", "\(clusters)"]
        if let apply { words += ["--apply", apply.absolutePath] }
        if probabilities { words.append("--probabilities") }
        if let view = views.strongView { words += ["--strong-view", view.absolutePath] }
        if let view = views.weakView { words += ["--weak-view", view.absolutePath] }
        return words + method.words + selfLabels.words + output.words + common.words
    }
}

extension ScanOptions {
    fileprivate var words: [String] {
        var words = ["--entropy-weight", "\(entropyWeight)", "--heads", "\(heads)", "--hidden", "\(hidden)"]
        words += ["--epochs", "\(epochs)", "--batch-size", "\(batchSize)", "--optimizer", optimizer.rawValue]
        if let neighbors { words += ["--neighbors", "\(neighbors)"] }
        if let neighborsFile { words += ["--neighbors-file", neighborsFile.absolutePath] }
        if let learningRate { words += ["--learning-rate", "\(learningRate)"] }
        return words
    }
}

extension SelfLabelOptions {
    fileprivate var words: [String] {
        let numbers: [(String, Double?)] = [
            ("--threshold", threshold), ("--self-label-rate", selfLabelRate), ("--averaging", averaging),
            ("--dropout", dropout), ("--noise", noise),
        ]
        var words = numbers.flatMap { name, number in number.map { [name, "\($0)"] } ?? [] }
        if let selfLabelEpochs { words += ["--self-label-epochs", "\(selfLabelEpochs)"] }
        if selfLabel { words.append("--self-label") }
        if unbalanced { words.append("--unbalanced") }
        return words
    }
}

extension KmeansOptions {
    fileprivate var words: [String] {
        var words = ["-k", "\(clusters)", "--metric", metric.rawValue, "--max-iterations", "\(maxIterations)"]
        words += ["--tolerance", "\(tolerance)", "--restarts", "\(restarts)"]
        if case .file(let path) = `init` {
            words += ["--init", path.absolutePath]
        } else {
            words += ["--init", `init`.description]
        }
        if let images { words += ["--images", images.absolutePath] }
        return words
    }
}

extension FleetOptions {
    var words: [String] {
        var words = ["--min-workers", "\(minWorkers)", "--quorum-timeout", "\(quorumTimeout)"]
        words += ["--suspicion", "\(suspicion)"]
        if let workers { words += ["--workers", "\(workers)"] }
        if let listen { words += ["--listen", listen] }
        if let keys { words += ["--keys", keys.absolutePath] }
        let flags = [("--in-process", inProcess), ("--insecure", insecure), ("--allow-mixed", allowMixed)]
        return words + flags.filter(\.1).map(\.0)
    }
}

extension OutputOptions {
    /// Without the folder, and without how the run shows itself: both are for each life of its own.
    fileprivate var words: [String] {
        truth.map { ["--truth", $0.absolutePath] } ?? []
    }
}

extension CommonOptions {
    fileprivate var words: [String] {
        ["--seed", "\(seed)", "--block-rows", "\(blocks.blockRows)"]
    }
}

extension ProgressOptions {
    var words: [String] {
        [("--quiet", quiet), ("--no-progress", noProgress)].filter(\.1).map(\.0)
    }
}

extension String {
    /// The path from the root, so that it leads to the same place from any folder.
    fileprivate var absolutePath: String {
        hasPrefix("/") ? self : FileManager.default.currentDirectoryPath + "/" + self
    }
}
