package import Shards

extension ApproximateNeighbors {
    /// What is known between rounds.
    package struct Model: Sendable {
        var kmeans: KMeans.Model
        /// The cells' own; nil until they are known.
        var centroids: Parameter?
        /// The cell of each row, while the index is made.
        var labels: [Int32]?
        /// Rows that are searched exactly.
        var sample: Parameter?
        /// What was found for them, until it is settled.
        var sampleCandidates: [Parameter]?
        var index: CellIndex?
        /// The cells that each row's neighbours are looked for in; nil until they are chosen.
        package var probes: Int? { index?.probes }
        /// Of the held-out rows: how near their k-th neighbour is, exactly, as it is written.
        var leastValues: [Float] = []
        /// Tasks of the search whose lists are final.
        package internal(set) var finishedTasks = 0
        package internal(set) var finishedRounds = 0
        package internal(set) var spills: [DigestedFile.Name] = []
        /// Nil until the program has finished.
        package internal(set) var recall: RecallEstimate?
    }
}

extension ApproximateNeighbors.Model: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        kmeans = try reader.read()
        centroids = try reader.read()
        labels = try reader.read(Bool.self) ? try reader.readNumbers() : nil
        sample = try reader.read()
        sampleCandidates = try reader.read()
        index = try reader.read()
        leastValues = try reader.readNumbers()
        finishedTasks = try reader.read()
        finishedRounds = try reader.read()
        spills = try reader.read()
        recall = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(kmeans)
        writer.write(centroids)
        writer.write(labels != nil)
        if let labels { writer.write(numbers: labels) }
        writer.write(sample)
        writer.write(sampleCandidates)
        writer.write(index)
        writer.write(numbers: leastValues)
        writer.write(finishedTasks)
        writer.write(finishedRounds)
        writer.write(spills)
        writer.write(recall)
    }
}
