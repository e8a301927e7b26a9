import Tensors

/// The parameters of a step's round as its tasks use them, held to the shapes that both halves agree on.
struct StepInputs {
    /// The step's.
    let version: UInt64
    let anchors: [Int64]
    /// For each input.
    let partners: [[Int64]]
    /// The number of the step over all epochs; 0 where no task needs it.
    let place: UInt64
    /// Of each head.
    let parameters: [[Float]]
    /// One for each head with a hidden layer and each group, by `place`.
    private let normalisation: [(means: [Float], scales: [Float])]
    private let corrections: [(factors: [Float], offsets: [Float], tilts: [Float])]
    private let places: [Int]
    /// Anchors and partners, or anchors alone.
    let groups: Int

    static let batchName = "batch"
    static let placeName = "place"
    static let normalisationName = "normalisation"
    static let correctionsName = "corrections"

    static func parametersName(of role: HeadRole) -> String { "parameters of \(role.name)" }

    /// - Parameter rows: of the dataset.
    init(_ round: Round, roles: [HeadRole], rows: Int) throws {
        let batch = try round.parameter(Self.batchName)
        let inputs = roles.reduce(0) { max($0, $1.input) } + 1
        let numbers = try batch.array.integers()
        let isPaired = batch.array.shape.first ?? 0 > 1
        let count = numbers.count / (isPaired ? 1 + inputs : 1)
        guard count >= 1, batch.array.shape == [isPaired ? 1 + inputs : 1, count],
            numbers.allSatisfy({ 0..<Int64(rows) ~= $0 })
        else { throw Self.malformed(Self.batchName) }
        version = batch.version
        anchors = Array(numbers[..<count])
        partners = isPaired ? (1...inputs).map { Array(numbers[$0 * count..<($0 + 1) * count]) } : []
        let groups = isPaired ? 2 : 1
        self.groups = groups
        let hasPlace = round.parameters.contains { $0.array.name == Self.placeName }
        place = hasPlace ? UInt64(try round.parameter(Self.placeName).array.integers(count: 1)[0].magnitude) : 0
        parameters = try roles.map {
            try round.parameter(Self.parametersName(of: $0)).array.floats(count: $0.shape.parameterCount)
        }
        var places: [Int] = []
        var next = 0
        for role in roles {
            places.append(next)
            next += role.shape.hidden == nil ? 0 : groups
        }
        self.places = places
        normalisation = try Self.rows(Self.normalisationName, of: round, roles, groups, each: 2).map { ($0[0], $0[1]) }
        corrections = try Self.rows(Self.correctionsName, of: round, roles, groups, each: 3).map {
            ($0[0], $0[1], $0[2])
        }
    }

    func normalisation(_ head: Int, _ group: Int) -> (means: [Float], scales: [Float]) {
        normalisation[places[head] + group]
    }

    func correction(_ head: Int, _ group: Int) -> (factors: [Float], offsets: [Float], tilts: [Float]) {
        corrections[places[head] + group]
    }

    /// For each head with a hidden layer and each group, `each` lists as long as the layer is wide; nothing where the round
    /// has no such parameter.
    private static func rows(_ name: String, of round: Round, _ roles: [HeadRole], _ groups: Int, each: Int) throws
        -> [[[Float]]]
    {
        guard round.parameters.contains(where: { $0.array.name == name }) else { return [] }
        let widths = roles.filter { $0.shape.hidden != nil }.flatMap { [Int](repeating: $0.shape.width, count: groups) }
        let values = try round.parameter(name).array.floats(count: each * widths.reduce(0, +))
        var start = 0
        return widths.map { width in
            defer { start += each * width }
            return (0..<each).map { Array(values[start + $0 * width..<start + ($0 + 1) * width]) }
        }
    }

    private static func malformed(_ name: String) -> ClusteringError {
        ClusteringError(.internalError, "step not as expected: \(name); run the same version of coterie everywhere")
    }
}
