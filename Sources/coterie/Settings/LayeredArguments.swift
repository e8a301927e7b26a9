/// A command line completed from the environment and a settings file, before anything is parsed.
///
/// What is injected is then checked by the same code as what was typed.
struct LayeredArguments {
    /// What ArgumentParser is given.
    let arguments: [String]
    /// Where injected options came from, by the way each is spelled.
    let sources: [String: String]

    /// - Parameters:
    ///   - arguments: those after the name of the command.
    ///   - options: all that the command knows.
    ///   - file: the settings that `--config` names.
    /// - Throws: `CommandError` with `.usage`.
    init(
        _ arguments: [String],
        options: [CommandOption],
        environment: [String: String],
        file: SettingsFile?
    ) throws(CommandError) {
        if let file { try Self.checkKeys(of: file, options) }
        var injected: [String] = []
        var sources: [String: String] = [:]
        for option in options where !option.isGiven(in: arguments) {
            guard let layer = Self.layer(of: option, environment, file) else { continue }
            let words = try Self.words(for: option, layer.value, from: layer.source)
            injected += words
            guard !words.isEmpty else { continue }
            for spelling in option.spellings { sources[spelling] = layer.source }
        }
        self.arguments = injected + arguments
        self.sources = sources
    }

    /// The message, with the source of the first injected option it names.
    func naming(sourceIn message: String) -> String {
        let words = message.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init)
        guard let source = words.lazy.compactMap({ sources[$0] }).first else { return message }
        return "\(message) (from \(source))"
    }

    private static func layer(
        of option: CommandOption,
        _ environment: [String: String],
        _ file: SettingsFile?
    ) -> (value: SettingsFile.Value, source: String)? {
        if let value = environment[option.variable], !value.isEmpty { return (.one(value), option.variable) }
        guard let file, let entry = file.entries.first(where: { $0.key == option.key }) else { return nil }
        return (entry.value, file.path)
    }

    private static func words(
        for option: CommandOption,
        _ value: SettingsFile.Value,
        from source: String
    ) throws(CommandError) -> [String] {
        switch value {
        case .one(let text) where option.isFlag: try isOn(text, option, source) ? [option.spelling] : []
        case .one(let text): ["\(option.spelling)=\(text)"]
        case .several(let texts) where option.isRepeating: texts.map { "\(option.spelling)=\($0)" }
        case .several:
            throw CommandError(
                .usage,
                "several values for '\(option.spelling)'",
                at: source,
                fix: "give one"
            )
        }
    }

    private static func isOn(
        _ text: String,
        _ option: CommandOption,
        _ source: String
    ) throws(CommandError) -> Bool {
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default:
            throw CommandError(
                .usage,
                "the value '\(text)' is invalid for '\(option.spelling)'",
                at: source,
                fix: "give true or false"
            )
        }
    }

    private static func checkKeys(of file: SettingsFile, _ options: [CommandOption]) throws(CommandError) {
        let known = options.map(\.key)
        for (key, _) in file.entries where !known.contains(key) {
            let nearest = NearestName.of(key, among: known)
            throw CommandError(
                .usage,
                "unknown setting '\(key)'",
                at: file.path,
                fix: nearest.map { "did you mean '\($0)'?" } ?? "use the names of the command's long flags"
            )
        }
    }
}
