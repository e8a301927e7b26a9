/// One map over the blocks of the dataset, and one merge.
package struct Round: Sendable, Equatable {
    /// Which of its program's rounds this is, such as `assign`.
    package var kind: String
    /// What its tasks read.
    package var parameters: [Parameter]
    /// The first of its blocks.
    package var firstBlock: Int
    /// Blocks firstBlock ..< blocks, each of which is a task.
    package var blocks: Int
    /// The most blocks that a worker may answer for at once, where an answer grows with them; at least 1.
    package var largestLease: Int
    /// Whether its first tasks are its smallest, so that workers should begin with the last ones and end together. They then
    /// get other blocks in each round.
    package var goesFromLast: Bool
    /// Whether rows and lists of rows in its answers go to the sink as they arrive; otherwise they stay in the answer, for
    /// the program.
    package var deliversRows: Bool
    /// Whether it is one of the few short rounds of an optimiser step, of which a job has thousands.
    package var isOfStep: Bool

    package init(
        kind: String,
        parameters: [Parameter],
        firstBlock: Int = 0,
        blocks: Int,
        largestLease: Int = .max,
        goesFromLast: Bool = false,
        deliversRows: Bool = true,
        isOfStep: Bool = false
    ) {
        self.kind = kind
        self.parameters = parameters
        self.firstBlock = firstBlock
        self.blocks = blocks
        self.largestLease = largestLease
        self.goesFromLast = goesFromLast
        self.deliversRows = deliversRows
        self.isOfStep = isOfStep
    }

    /// The blocks that are its tasks.
    package var tasks: Range<Int> { firstBlock..<blocks }

    /// The parameter of this name.
    /// - Throws: `ClusteringError.Code.internalError` where there is none, since both halves of a program agree on them.
    package func parameter(_ name: String) throws(ClusteringError) -> Parameter {
        guard let parameter = parameters.first(where: { $0.array.name == name }) else {
            throw ClusteringError(
                .internalError,
                "round without a parameter: \(kind) needs \(name); run the same version of coterie everywhere"
            )
        }
        return parameter
    }
}

/// An array that the tasks of a round read.
///
/// Within a job equal versions mean equal contents, so that it is sent once.
package struct Parameter: Sendable, Equatable {
    package var array: NamedArray
    package var version: UInt64

    package init(_ array: NamedArray, version: UInt64) {
        self.array = array
        self.version = version
    }
}
