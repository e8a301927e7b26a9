import Tensors

// The model between rounds as bytes, one type after the other.

extension KMeans.Phase: ModelCoded {
    init(from reader: inout ModelReader) throws {
        switch try reader.read(Int.self) {
        case 0: self = .survey
        case 1: self = .racing(try reader.read())
        case 2: self = .spreading(try reader.read())
        case 3: self = .assigning(try reader.read())
        case 4: self = .relocating(try reader.read())
        case 5: self = .labelling(try reader.read())
        case 6: self = .finished
        case 7: self = .choosing(try reader.read())
        default: throw ClusteringError.modelUnreadable
        }
    }

    func write(to writer: inout ModelWriter) {
        switch self {
        case .survey: writer.write(0)
        case .racing(let race): writer.write(phase: 1, race)
        case .spreading(let spread): writer.write(phase: 2, spread)
        case .assigning(let assigning): writer.write(phase: 3, assigning)
        case .relocating(let relocating): writer.write(phase: 4, relocating)
        case .labelling(let labels): writer.write(phase: 5, labels)
        case .finished: writer.write(6)
        case .choosing(let greedy): writer.write(phase: 7, greedy)
        }
    }
}

extension ModelWriter {
    fileprivate mutating func write(phase number: Int, _ state: some ModelCoded) {
        write(number)
        write(state)
    }
}

extension KMeans.Iteration: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        restart = try reader.read()
        iteration = try reader.read()
        objective = try reader.read()
        moved = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(restart)
        writer.write(iteration)
        writer.write(objective)
        writer.write(moved)
    }
}

extension KMeans.Assigning: ModelCoded {
    init(from reader: inout ModelReader) throws {
        iterations = try reader.read()
        centroids = try reader.read()
        previous = try reader.read()
        bounds = try reader.read()
        objective = try reader.read()
        sums = try reader.read()
        trail = try reader.read()
    }

    func write(to writer: inout ModelWriter) {
        writer.write(iterations)
        writer.write(centroids)
        writer.write(previous)
        writer.write(bounds)
        writer.write(objective)
        writer.write(sums)
        writer.write(trail)
    }
}

extension KMeans.Relocating: ModelCoded {
    init(from reader: inout ModelReader) throws {
        assigning = try reader.read()
        sums = try reader.read()
        wanted = try reader.read()
        ending = try reader.read()
    }

    func write(to writer: inout ModelWriter) {
        writer.write(assigning)
        writer.write(sums)
        writer.write(wanted)
        writer.write(ending)
    }
}

extension KMeans.FinishedRestart: ModelCoded {
    init(from reader: inout ModelReader) throws {
        restart = try reader.read()
        centroids = try reader.read()
        objective = try reader.read()
        iterations = try reader.read()
        ending = try reader.read()
    }

    func write(to writer: inout ModelWriter) {
        writer.write(restart)
        writer.write(centroids)
        writer.write(objective)
        writer.write(iterations)
        writer.write(ending)
    }
}

extension KMeans.FinalLabels: ModelCoded {
    init(from reader: inout ModelReader) throws {
        restart = try reader.read()
        bounds = try reader.read()
    }

    func write(to writer: inout ModelWriter) {
        writer.write(restart)
        writer.write(bounds)
    }
}

extension KMeans.Outcome: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        centroids = try reader.read()
        sizes = try reader.readNumbers()
        objective = try reader.read()
        restart = try reader.read()
        iterations = try reader.read()
        ending = try reader.read()
        confidence = try reader.readNumbers()
        nearest = try reader.read()
        weights = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(centroids)
        writer.write(numbers: sizes)
        writer.write(objective)
        writer.write(restart)
        writer.write(iterations)
        writer.write(ending)
        writer.write(numbers: confidence)
        writer.write(nearest)
        writer.write(weights)
    }
}
