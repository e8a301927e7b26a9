/// A run as one page that needs nothing but itself: no network, no script, no font, light or dark as the reader has it.
package struct RunReport {
    let record: RunRecord
    let clusters: [ClustersRecord.Cluster]
    let events: [FleetEventRecord]
    let gallery: [GalleryImage]

    /// The text of `report.html`.
    /// - Parameters:
    ///   - clusters: `nil` for a job that makes none.
    ///   - events: in the order they happened.
    ///   - gallery: the images to show, which the page then contains; empty when there are none at hand.
    package static func html(
        record: RunRecord,
        clusters: ClustersRecord?,
        events: [FleetEventRecord],
        gallery: [GalleryImage]
    ) -> String {
        let report = RunReport(record: record, clusters: clusters?.clusters ?? [], events: events, gallery: gallery)
        return report.page.text
    }

    /// The policy makes the promise of no network one that the browser keeps.
    private var page: Markup {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" \
        content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <meta name="color-scheme" content="light dark">
        <title>\(title) · Coterie</title>
        <style>
        \(ReportStyle.sheet)
        </style>
        </head>
        <body>
        <main>
        \(header)\(summarySection)\(metricsSection)\(objectiveSection)\(movedSection)\(sizesSection)\
        \(certificationSection)\(timingsSection)\(fleetSection)\(gallerySection)\(settingsSection)\(originSection)
        </main>
        </body>
        </html>

        """
    }

    private var title: String {
        guard let input = record.inputs.first else { return record.job }
        return "\(record.job) of \(input.path)"
    }

    private var header: Markup {
        """
        <header><h1>\(title)</h1>
        <p class="muted">Started \(record.started)</p>
        \(warning)\(warnings)\(circumstances)</header>

        """
    }

    /// What a reader must know before any figure.
    private var warning: Markup {
        switch record.status {
        case .interrupted:
            """
            <p class="warning"><strong>Interrupted.</strong> These are the figures so far; \
            <code>coterie resume</code> goes on.</p>
            """
        case .failed: "<p class=\"warning\"><strong>Failed.</strong> These are the figures up to the failure.</p>"
        case .done where !record.reproducible:
            "<p class=\"warning\"><strong>Not reproducible.</strong> Another run may give a different digest.</p>"
        case .done: ""
        }
    }

    /// What the user was told on the terminal.
    private var warnings: Markup {
        let lines = (record.warnings ?? []).map { line -> Markup in "<p class=\"warning\">\(line)</p>\n" }
        return "\(lines)"
    }

    /// What was otherwise than one would take for granted.
    private var circumstances: Markup {
        let sentences = [record.sampleText.map { "Sample: \($0)." }, record.coresText.map { "Cores: \($0)." }]
        let lines = sentences.compactMap(\.self).map { line -> Markup in "<p class=\"muted\">\(line)</p>\n" }
        return "\(lines)"
    }

    /// A titled part of the page; nothing at all when there is no content.
    func section(_ title: String, _ content: Markup) -> Markup {
        content.text.isEmpty ? "" : "<section>\n<h2>\(title)</h2>\n\(content)</section>\n"
    }
}

/// An image to show for one row of a cluster.
package struct GalleryImage: Sendable, Equatable {
    /// The label.
    package var cluster: Int
    package var row: Int
    /// As `image/jpeg`.
    package var mimeType: String
    package var base64: String

    package init(cluster: Int, row: Int, mimeType: String, base64: String) {
        self.cluster = cluster
        self.row = row
        self.mimeType = mimeType
        self.base64 = base64
    }
}
