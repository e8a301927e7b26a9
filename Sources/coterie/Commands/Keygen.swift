import ArgumentParser
import Services

/// Makes a key pair.
struct Keygen: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a key pair for a coordinator or a worker.",
        discussion: """
            Writes public.key and secret.key (for its owner alone) to DIR and prints the public key. Keys that are there \
            are never replaced. A coordinator lets in the public keys in its DIR/authorized_workers, one on a line.

            Examples:
              coterie keygen keys
              coterie keygen keys >> /srv/coordinator/authorized_workers
            """
    )

    @Argument(help: ArgumentHelp("The folder for the pair; made if it is not there.", valueName: "dir"))
    var folder: String

    func run() throws {
        try StandardOutput.write(try KeyGeneration.run(in: folder) + "\n")
    }
}
