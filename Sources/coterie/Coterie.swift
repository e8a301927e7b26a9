import ArgumentParser
import Glibc

/// The program: finds the command, runs it, and turns whatever went wrong into one line and an exit code.
@main
struct Coterie: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "coterie",
        abstract: "Clusters image embeddings that are too many for one process, with the same bits for any fleet.",
        discussion: """
            Settings of a command come from its flags, else from the environment (--max-iterations is \
            COTERIE_MAX_ITERATIONS), else from the YAML file that --config names, else from their defaults.

            Results go to a folder, data to standard output, progress and errors to standard error. Exit codes: 0 done, \
            1 a check objects, 64 usage, 65 bad data, 66 no such input, 69 fleet lost or unreachable, 70 internal error, 73 cannot create \
            output, 74 reading or writing failed, 75 interrupted ('coterie resume' goes on), 77 key refused.

            COTERIE_LOG_LEVEL sets what is logged on standard error: debug, info, warning or error. (default: warning)
            """,
        version: version,
        subcommands: [
            Kmeans.self, FindNeighbors.self, Nouns.self, Tac.self, Scan.self, Predict.self, Evaluate.self, Inspect.self,
            Report.self, Worker.self, Resume.self, Status.self, Keygen.self, Simulate.self, Chaos.self,
        ]
    )

    static func main() {
        // A reader that goes away is told by EPIPE, a file that grows past its limit by EFBIG: errors, not deaths.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        let status = run(Array(CommandLine.arguments.dropFirst()), environment: ProcessEnvironment.current)
        Glibc.exit(status.rawValue)
    }

    /// Runs one command line to its end.
    private static func run(_ arguments: [String], environment: [String: String]) -> ExitStatus {
        do {
            let parser = CommandLineParser(environment: environment)
            var command = try parser.command(for: arguments)
            try StandardErrorLog.install(environment: environment)
            for warning in try parser.warnings(for: arguments) { StandardError.warn(warning) }
            try command.run()
            return .done
        } catch {
            return finish(with: error)
        }
    }

    /// Prints what an error has to say, or the text it carries when it is a request for help.
    private static func finish(with error: any Error) -> ExitStatus {
        do {
            guard let text = CommandLineParser.requestedText(error) else {
                let failure = Failure(error)
                StandardError.write(failure.line + "\n")
                return failure.status
            }
            try StandardOutput.write(text.hasSuffix("\n") ? text : text + "\n")
            return .done
        } catch {
            let failure = Failure(error)
            StandardError.write(failure.line + "\n")
            return failure.status
        }
    }
}
