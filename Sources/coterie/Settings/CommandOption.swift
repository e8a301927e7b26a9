import Foundation

/// An option or flag of a command, as ArgumentParser describes it.
struct CommandOption: Equatable {
    /// Without dashes; the longest name there is, which is also its key in a settings file.
    let key: String
    /// Every name as it is typed, dashes included.
    let spellings: [String]
    /// Whether it stands alone, without a value.
    let isFlag: Bool
    let isRepeating: Bool

    /// Its variable: `--max-iterations` is `COTERIE_MAX_ITERATIONS`.
    var variable: String {
        "COTERIE_" + key.uppercased().replacing("-", with: "_")
    }

    /// How it is typed with its key.
    var spelling: String { key.count == 1 ? "-\(key)" : "--\(key)" }

    /// Whether it is among the arguments, which end at `--`.
    func isGiven(in arguments: [String]) -> Bool {
        arguments.prefix { $0 != "--" }.contains { argument in
            spellings.contains { Self.argument(argument, names: $0) }
        }
    }

    /// Whether an argument is `--name`, `--name=value`, `-n`, `-n=value`, or `-xn` for short flags written together.
    private static func argument(_ argument: String, names spelling: String) -> Bool {
        let name = argument.prefix { $0 != "=" }
        if spelling.hasPrefix("--") { return name == spelling }
        return name.hasPrefix("-") && !name.hasPrefix("--") && name.dropFirst().contains(spelling.dropFirst())
    }
}

/// Every command and its options, read from the description that ArgumentParser itself gives.
struct CommandCatalog {
    /// By the name of the command; options in the order of its help.
    let options: [String: [CommandOption]]

    /// The commands that take `--config`.
    let configurable: Set<String>

    var names: [String] { options.keys.sorted() }

    /// - Parameter description: JSON, as `_dumpHelp()` of the root command returns it.
    init(description: String) throws {
        let tool = try JSONDecoder().decode(ToolDescription.self, from: Data(description.utf8))
        // ArgumentParser's own `help` has no settings.
        let commands = (tool.command.subcommands ?? []).filter { $0.commandName != "help" }
        options = Dictionary(
            commands.map { ($0.commandName, ($0.arguments ?? []).compactMap(CommandOption.init)) },
            uniquingKeysWith: { first, _ in first }
        )
        let takingConfig = commands.filter { command in
            (command.arguments ?? []).contains { ($0.names ?? []).contains { $0.name == "config" } }
        }
        configurable = Set(takingConfig.map(\.commandName))
    }
}

extension CommandOption {
    /// Questions about the program, and the name of the settings file itself, are not settings.
    private static let excluded: Set = ["help", "version", "config"]

    fileprivate init?(_ argument: ToolDescription.Argument) {
        let names = argument.names ?? []
        guard argument.kind != "positional", let longest = names.max(by: { $0.name.count < $1.name.count }),
            !Self.excluded.contains(longest.name)
        else { return nil }
        key = longest.name
        spellings = names.map { $0.kind == "long" ? "--\($0.name)" : "-\($0.name)" }
        isFlag = argument.kind == "flag"
        isRepeating = argument.isRepeating
    }
}

/// The part that is needed of ArgumentParser's description of a tool.
private struct ToolDescription: Decodable {
    struct Command: Decodable {
        let commandName: String
        let subcommands: [Command]?
        let arguments: [Argument]?
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let kind: String
        let names: [Name]?
        let isRepeating: Bool
    }

    let command: Command
}
