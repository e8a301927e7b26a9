import Dashboard
import Foundation

/// The images that a report shows: for each cluster those nearest to its centre.
struct Gallery {
    static let imagesPerCluster = 8
    static let mostClusters = 100
    static let largestImage = 2_000_000

    /// As the report takes them.
    private(set) var images: [GalleryImage] = []

    /// What was left out and why, one line each.
    private(set) var notes: [String] = []

    /// Reads the images to show.
    ///
    /// - Throws: `CommandError`, as `ImageList`, and with `.badData` if a row of the clusters has no image.
    init(of clusters: ClustersRecord, images list: ImageList) throws(CommandError) {
        let shown = Self.largest(of: clusters.clusters)
        if shown.count < clusters.clusters.count {
            notes.append("images of the \(shown.count) largest of \(clusters.clusters.count) clusters are shown")
        }
        var tooLarge = 0
        var unknown = 0
        for cluster in shown {
            for row in cluster.nearest.prefix(Self.imagesPerCluster) {
                switch try Self.image(ofRow: row, in: list) {
                case .embedded(let format, let data):
                    let text = data.base64EncodedString()
                    images.append(.init(cluster: cluster.cluster, row: row, mimeType: format.rawValue, base64: text))
                case .tooLarge: tooLarge += 1
                case .unknown: unknown += 1
                }
            }
        }
        if tooLarge > 0 { notes.append("\(tooLarge) images of more than 2 MB are not shown") }
        if unknown > 0 { notes.append("\(unknown) images that are not JPEG, PNG, GIF or WebP are not shown") }
    }

    private enum Image {
        case embedded(ImageFormat, Data)
        case tooLarge
        case unknown
    }

    private static func largest(of clusters: [ClustersRecord.Cluster]) -> [ClustersRecord.Cluster] {
        let order = clusters.indices.sorted { (-clusters[$0].size, $0) < (-clusters[$1].size, $1) }
        return order.prefix(mostClusters).sorted().map { clusters[$0] }
    }

    private static func image(ofRow row: Int, in list: ImageList) throws(CommandError) -> Image {
        guard list.paths.indices.contains(row) else {
            throw CommandError(
                .badData,
                "row \(row) among \(list.paths.count) rows",
                at: "clusters.json",
                fix: "run the job again"
            )
        }
        let path = list.paths[row]
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try? file.read(upToCount: largestImage + 1) ?? Data()
        else {
            throw CommandError(.noInput, "cannot read the image of row \(row)", at: path, fix: "check --images")
        }
        guard data.count <= largestImage else { return .tooLarge }
        let format = ImageFormat(beginning: Array(data.prefix(ImageFormat.prefixLength)))
        return format.map { .embedded($0, data) } ?? .unknown
    }
}
