import ArgumentParser

/// Goes on with a run that was interrupted.
struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go on with an interrupted run, to the result it would have had.",
        discussion: """
            RUN is the folder of a run that was stopped or killed. It goes on from its last checkpoint with the settings \
            it began with and ends with the same digest. The fleet is as it was, unless options of the fleet are given: \
            then it is as they say. Of a run that has ended the summary is shown.

            Examples:
              coterie resume runs/hundred
              coterie resume runs/hundred --workers 8
              coterie resume runs/hundred --in-process --json
            """
    )

    @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
    var folder: String

    @OptionGroup(title: "Fleet") var fleet: FleetOptions

    @Flag(help: "Print the summary as one JSON object. (default: a table)")
    var json = false

    @OptionGroup(title: "Output") var progress: ProgressOptions

    func run() throws {
        try ResumeRun(command: self).run()
    }
}
