import Foundation
import Testing

/// The program that was built beside the tests, run once.
struct CoterieProcess {
    let status: Int32
    let output: String
    let errors: String
    /// Processes and temporary files of the run that are still there.
    private let leftovers: () -> [String]

    /// The lines on standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }

    init(status: Int32, output: String, errors: String, leftovers: @escaping () -> [String]) {
        self.status = status
        self.output = output
        self.errors = errors
        self.leftovers = leftovers
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - environment: all that it sees but `PATH` and `TMPDIR`.
    ///   - folder: where it runs; the current one unless given.
    ///   - shell: a command line that ends with running `"$@"`, to run the program in other circumstances.
    ///   - seconds: after this long it is stopped and the test fails.
    init(
        _ arguments: [String],
        environment: [String: String] = [:],
        in folder: String? = nil,
        shell: String? = nil,
        timeout seconds: Double = 60
    ) throws {
        self = try RunningCoterie(arguments, environment: environment, in: folder, shell: shell).end(within: seconds)
    }

    /// What standard output holds, as a JSON object.
    func json() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }

    /// Fails the test unless every process and temporary file of the run goes within a second of its end.
    func expectNothingLeft(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
        _ = eventually(within: 1) { leftovers().isEmpty }
        #expect(leftovers() == [], comment, sourceLocation: sourceLocation)
    }

    /// Fails the test unless the run ended with `status` and said why in one line.
    func expectFailure(_ status: Int32, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(self.status == status, "\(errors)", sourceLocation: sourceLocation)
        #expect(errorLines.count == 1, "\(errors)", sourceLocation: sourceLocation)
        #expect(errors.hasPrefix("coterie: "), comment, sourceLocation: sourceLocation)
        expectNothingLeft(comment, sourceLocation: sourceLocation)
    }
}
