extension RunReport {
    /// The images by cluster, the largest cluster first, rows in the order they were given.
    var gallerySection: Markup {
        let byNumber = Dictionary(clusters.map { ($0.cluster, $0) }, uniquingKeysWith: { first, _ in first })
        let groups = Dictionary(grouping: gallery, by: \.cluster)
        let order = groups.keys.sorted { first, second in
            let (firstSize, secondSize) = (byNumber[first]?.size ?? 0, byNumber[second]?.size ?? 0)
            return firstSize == secondSize ? first < second : firstSize > secondSize
        }
        let figures = order.map { group($0, byNumber[$0], groups[$0] ?? []) }
        return section("Nearest to each centre", "\(figures)")
    }

    private func group(_ number: Int, _ cluster: ClustersRecord.Cluster?, _ images: [GalleryImage]) -> Markup {
        let rows = cluster.map { NumberText.grouped($0.size) + " rows" }
        let nouns = cluster?.nouns.map { $0.prefix(5).joined(separator: ", ") }
        let caption = [rows, nouns].compactMap(\.self).joined(separator: " · ")
        let pictures = images.map { image -> Markup in
            """
            <figure><img loading="lazy" alt="Row \(image.row) of cluster \(number)" \
            src="data:\(image.mimeType);base64,\(image.base64)"><figcaption>\(NumberText.grouped(image.row))</figcaption>\
            </figure>

            """
        }
        return """
            <div class="group"><h3>Cluster \(number) <span class="muted">\(caption)</span></h3>
            <div class="images">
            \(pictures)</div></div>

            """
    }
}
