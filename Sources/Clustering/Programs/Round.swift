/// One map over the blocks of the dataset, and one merge.
package struct Round: Sendable, Equatable {
    /// Which of its program's rounds this is, such as `assign`.
    package var kind: String
    /// What its tasks read.
    package var parameters: [Parameter]
    /// Blocks 0 ..< blocks, each of which is a task.
    package var blocks: Int
    /// Whether rows in its answers go to the sink as they arrive; otherwise they stay in the answer, for the program.
    package var deliversRows: Bool

    package init(kind: String, parameters: [Parameter], blocks: Int, deliversRows: Bool = true) {
        self.kind = kind
        self.parameters = parameters
        self.blocks = blocks
        self.deliversRows = deliversRows
    }

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
