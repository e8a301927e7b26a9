import ArgumentParser
import Clustering

extension NounFilter.Kind: ExpressibleByArgument {}

/// How the nouns for a dataset are chosen.
struct NounOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The nouns themselves, one per line. (default: the file of NOUNS' name with .txt in place of .npy, where there \
            is one; else row numbers)
            """,
            valueName: "file"
        ),
        completion: .file()
    )
    var names: String?

    @Option(help: "How nouns are chosen: tac, gradnorm or sic.")
    var filter: NounFilter.Kind = .tac

    @Option(
        help: ArgumentHelp(
            """
            Centres of the images that nouns are chosen for, or auto: under sic K; else one per 300 images, 3K where \
            clusters have fewer than 300 images, and 30 or more without K. (default: auto)
            """,
            valueName: "n|auto"
        ),
        transform: CentreCount.init(argument:)
    )
    var centres: CentreCount = .automatic

    @Option(
        help: "Nouns chosen for each centre. (default: 5; under sic 500)",
        transform: Bounded.integer(in: 1...1_000_000)
    )
    var perCentre: Int?

    @Option(
        help: "Of a noun's softmax over the centres, above 0. (default: 1; under gradnorm 0.02)",
        transform: Bounded.number(in: 1e-6...1e6)
    )
    var temperature: Double?

    @Option(
        help: "p of the gradient's norm under gradnorm. (default: 2)",
        transform: Bounded.number(in: 1...1000)
    )
    var power: Double = 2

    @Option(
        help: """
            Under sic, leave out nouns whose cosine to the mean noun is not below 1 minus this. (default: 0.05)
            """,
        transform: Bounded.number(in: 0...2)
    )
    var uniqueness: Double = 0.05

    @Flag(
        help: """
            Keep nouns that repeat a name, or an embedding to a cosine above 0.999. (default: the first name and the best \
            embedding are kept)
            """
    )
    var keepDuplicates = false
}

/// How many centres the images get.
enum CentreCount: Equatable, CustomStringConvertible {
    case automatic
    case exactly(Int)

    @Sendable init(argument: String) throws {
        if argument == "auto" {
            self = .automatic
        } else if let count = Int(argument), (1...Int(Int32.max)).contains(count) {
            self = .exactly(count)
        } else {
            throw ValidationError("give auto or a whole number from 1 to \(Int32.max)")
        }
    }

    var description: String {
        switch self {
        case .automatic: "auto"
        case .exactly(let count): "\(count)"
        }
    }
}
