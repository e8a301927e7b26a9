import ArgumentParser
import Dashboard
import Foundation
import Shards

/// Writes the page that shows a run.
struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the report of a run again: one HTML file that needs no network.",
        discussion: """
            RUN is the folder of a run; its report.html is replaced. With --images the page shows the images nearest to \
            each centre: at most 8 for each of the 100 largest clusters, none of more than 2 MB.

            Examples:
              coterie report runs/hundred
              coterie report runs/hundred --images photos/
              coterie report runs/hundred --images paths.txt -o hundred.html
            """
    )

    @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
    var folder: String

    @Option(
        help: ArgumentHelp(
            "Images, one per row: a folder read in natural order, or a text file with a path per line. (default: none)",
            valueName: "folder|list"
        )
    )
    var images: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where to write the page. (default: RUN/report.html)", valueName: "file")
    )
    var output: String?

    func run() throws {
        let stored = try StoredRun(folder: folder)
        let html = RunReport.html(
            record: stored.record,
            clusters: stored.clusters,
            events: stored.events,
            gallery: try gallery(of: stored)
        )
        let path = output ?? URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent("report.html").path
        try AtomicFile.write(html, to: path)
        try StandardOutput.write(path + "\n")
    }

    private func gallery(of stored: StoredRun) throws -> [GalleryImage] {
        guard let images else { return [] }
        guard let clusters = stored.clusters else {
            throw CommandError(
                .badData,
                "no clusters.json",
                at: folder,
                fix: "leave out --images: there is nothing to show"
            )
        }
        let gallery = try Gallery(of: clusters, images: ImageList(path: images, rows: stored.record.rows))
        for note in gallery.notes { StandardError.note(note) }
        return gallery.images
    }
}
