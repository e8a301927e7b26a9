import ArgumentParser
import Shards

/// What every job takes that is part of the identity of its result, and the settings file.
struct CommonOptions: ParsableArguments {
    @Option(help: "The only source of randomness: 0 to 2^64 - 1. (default: 0)", transform: Bounded.seed)
    var seed: UInt64 = 0

    @OptionGroup var blocks: BlockOptions

    @OptionGroup var settings: SettingsOptions
}

/// How a dataset is cut.
struct BlockOptions: ParsableArguments {
    @Option(
        help: """
            Rows in a block, the unit of work; part of the identity of the result. (default: \(Dataset.defaultBlockRows))
            """,
        transform: Bounded.integer(in: 1...Dataset.largestBlockRows)
    )
    var blockRows: Int = Dataset.defaultBlockRows
}

/// Where settings come from that are not on the command line.
struct SettingsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A YAML file with settings under the names of the long flags. (default: none)",
            valueName: "file"
        ),
        completion: .file()
    )
    var config: String?
}
