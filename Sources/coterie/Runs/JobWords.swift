import Clustering
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
        var words = ["predict", headFile.absolutePath, data.absolutePath]
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
        return words + approximation.words + output.words + common.words
    }
}

extension ApproximationOptions {
    fileprivate var words: [String] {
        var words = approximate ? ["--approximate"] : []
        if let probes { words += ["--probes", "\(probes)"] }
        if let targetRecall { words += ["--target-recall", "\(targetRecall)"] }
        if let cells { words += ["--cells", "\(cells)"] }
        if let centroids { words += ["--centroids", centroids.absolutePath] }
        return words
    }
}

extension Nouns {
    var words: [String] {
        // A job has both; a listing of WordNet keeps nothing.
        var words = ["nouns"] + [images, nouns].compactMap { $0?.absolutePath }
        if let clusters { words += ["-k", "\(clusters)"] }
        return words + method.words + output.words + common.words
    }
}

extension Tac {
    var words: [String] {
        var words = ["tac", images.absolutePath, nouns.absolutePath, "-k", "\(clusters)"] + method.words
        words += ["--retrieval-temperature", "\(retrievalTemperature)"]
        if let restarts { words += ["--restarts", "\(restarts)"] }
        if let maxIterations { words += ["--max-iterations", "\(maxIterations)"] }
        if let apply { words += ["--apply", apply.absolutePath] }
        if noTrain { words.append("--no-train") }
        return words + heads.words + output.words + common.words
    }
}

extension TextHeadOptions {
    fileprivate var words: [String] {
        let numbers: [(String, Int?)] = [
            ("--neighbors", neighbors), ("--epochs", epochs), ("--batch-size", batchSize),
        ]
        var words = numbers.flatMap { name, number in number.map { [name, "\($0)"] } ?? [] }
        if let contrastTemperature { words += ["--contrast-temperature", "\(contrastTemperature)"] }
        if let balance { words += ["--balance", "\(balance)"] }
        if let confidence { words += ["--confidence", confidence.rawValue] }
        let flags = [
            ("--full-batch", fullBatch), ("--expected-neighbors", expectedNeighbors),
            ("--probabilities", probabilities),
        ]
        return words + flags.filter(\.1).map(\.0)
    }
}

extension NounOptions {
    fileprivate var words: [String] {
        var words = ["--filter", filter.rawValue, "--centres", centres.description]
        if let names { words += ["--names", names.absolutePath] }
        if let perCentre { words += ["--per-centre", "\(perCentre)"] }
        if let temperature { words += ["--temperature", "\(temperature)"] }
        words += ["--power", "\(power)", "--uniqueness", "\(uniqueness)"]
        return keepDuplicates ? words + ["--keep-duplicates"] : words
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
        words += ["--tolerance", "\(tolerance)"]
        if let restarts { words += ["--restarts", "\(restarts)"] }
        if let sample { words += ["--sample", "\(sample)"] }
        if case .file(let path) = `init` {
            words += ["--init", path.absolutePath]
        } else {
            words += ["--init", `init`.description]
        }
        if let weights { words += ["--weights", weights.absolutePath] }
        if let images { words += ["--images", images.absolutePath] }
        return words
    }
}

extension FleetOptions {
    var words: [String] {
        var words = ["--min-workers", "\(minWorkers)", "--quorum-timeout", "\(quorumTimeout)"]
        words += ["--keep-workers", "\(keepWorkers)", "--suspicion", "\(suspicion)"]
        if let workers { words += ["--workers", "\(workers)"] }
        if let threads { words += ["--threads", "\(threads)"] }
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
    var absolutePath: String {
        hasPrefix("/") ? self : FileManager.default.currentDirectoryPath + "/" + self
    }
}
