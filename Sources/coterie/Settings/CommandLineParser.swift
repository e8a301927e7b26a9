import ArgumentParser

/// From the words of a command line to a command that is ready to run.
struct CommandLineParser {
    let environment: [String: String]

    /// Parses and validates.
    ///
    /// - Parameter arguments: without the name of the program.
    /// - Throws: `CommandError` for everything the user got wrong; a request for help, of which `requestedText` makes
    ///   text.
    func command(for arguments: [String]) throws -> any ParsableCommand {
        let catalog = try CommandCatalog.ofThisProgram()
        guard let name = arguments.first, let options = catalog.options[name] else {
            let isHelp = arguments.first == "help"
            try Self.checkCommand(isHelp ? arguments.dropFirst().first : arguments.first, among: catalog.names)
            return try Self.parse(arguments, name: nil) { $0 }
        }
        let rest = NegativeValues.joined(to: options, in: Array(arguments.dropFirst()))
        let readsFile = catalog.configurable.contains(name) && !Self.asksForHelp(rest)
        let layered = try LayeredArguments(
            rest,
            options: options,
            environment: environment,
            file: readsFile ? try settingsFile(given: rest) : nil
        )
        return try Self.parse([name] + layered.arguments, name: name, layered.naming(sourceIn:))
    }

    /// What in the environment looks like a setting of this program and is none.
    ///
    /// A word to the user and no error: an environment is shared by all commands and versions, and by tests and jobs that
    /// have variables of their own. Workers that a coordinator starts have its environment; once is enough.
    func warnings(for arguments: [String]) throws -> [String] {
        let catalog = try CommandCatalog.ofThisProgram()
        guard let name = arguments.first, catalog.configurable.contains(name), !arguments.contains("--lifeline") else {
            return []
        }
        let known = Set(catalog.options.values.joined().map(\.variable)).union(KnownVariables.others).sorted()
        return environment.keys.filter { $0.hasPrefix("COTERIE_") && !known.contains($0) }.sorted().map { variable in
            let remedy = NearestName.of(variable, among: known).map { "did you mean \($0)?" }
            return "unknown variable: \(variable); \(remedy ?? "it is ignored")"
        }
    }

    /// The text that was asked for, if this is a request for help or the version and not an error.
    static func requestedText(_ error: any Error) -> String? {
        if error is CommandError || Coterie.exitCode(for: error) != .success { return nil }
        return Coterie.fullMessage(for: error)
    }

    private static func parse(
        _ arguments: [String],
        name: String?,
        _ naming: (String) -> String
    ) throws -> any ParsableCommand {
        do {
            return try Coterie.parseAsRoot(arguments)
        } catch {
            throw usageError(error, name, naming) ?? error
        }
    }

    /// One line for an error of parsing or validation; nil for a request for help.
    private static func usageError(_ error: any Error, _ name: String?, _ naming: (String) -> String) -> CommandError? {
        let message = Coterie.message(for: error)
        switch Coterie.exitCode(for: error) {
        case .success: return nil
        case .validationFailure:
            let what = message.prefix(1).lowercased() + message.dropFirst()
            let help = name.map { "coterie \($0) --help" } ?? "coterie --help"
            let sentence = what.hasSuffix(".") ? String(what.dropLast()) : what
            return CommandError(.usage, message: "bad usage: \(naming(sentence)); see '\(help)'")
        default:
            // Our own options object with a `CommandError`, of which ArgumentParser lets only the text through.
            return CommandError(.usage, message: naming(message))
        }
    }

    private static func checkCommand(_ word: String?, among names: [String]) throws(CommandError) {
        guard let word, !word.hasPrefix("-"), !names.contains(word) else { return }
        let nearest = NearestName.of(word, among: names)
        let remedy = nearest.map { "did you mean 'coterie \($0)'?" } ?? "see 'coterie --help'"
        throw CommandError(.usage, "bad usage", at: "unknown command '\(word)'", fix: remedy)
    }

    private static func asksForHelp(_ arguments: [String]) -> Bool {
        arguments.prefix { $0 != "--" }.contains { ["-h", "--help"].contains($0) }
    }

    /// The file that `--config` or `COTERIE_CONFIG` names.
    private func settingsFile(given arguments: [String]) throws(CommandError) -> SettingsFile? {
        guard let path = Self.configPath(in: arguments) ?? environment["COTERIE_CONFIG"], !path.isEmpty else {
            return nil
        }
        return try SettingsFile(path: path)
    }

    private static func configPath(in arguments: [String]) -> String? {
        let words = arguments.prefix { $0 != "--" }
        for (index, word) in words.enumerated() {
            if word == "--config", index + 1 < words.count { return words[index + 1] }
            if word.hasPrefix("--config=") { return String(word.dropFirst("--config=".count)) }
        }
        return nil
    }
}

extension CommandCatalog {
    /// The commands that are there to be run.
    static func ofThisProgram() throws -> CommandCatalog {
        try CommandCatalog(description: Coterie._dumpHelp())
    }
}
