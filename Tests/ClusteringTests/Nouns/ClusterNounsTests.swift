import Tensors
import Testing

@testable import Clustering

@Suite struct ClusterNounsTests {
    @Test func `A cluster is named by what tells it from the others, not by what is near to all`() {
        // The first noun is near to both clusters, and nearest to the first; the others to one each.
        var nouns = Matrix(rows: 3, columns: 3, values: [1, 1, 0.4, 1, 0, 0.6, 0, 1, 0.6])
        nouns.normaliseRows()
        let centroids = Matrix(rows: 2, columns: 3, values: [1, 0.35, 0, 0.3, 1, 0])
        let near = Matrix(products: centroids.values.span, with: nouns)
        #expect(near[0, 0] > near[0, 1] && near[1, 0] > near[1, 2])
        let best = ClusterNouns.best(of: centroids, sizes: [5, 5], nouns: nouns, temperature: 0.5, count: 2)
        #expect(best.map(\.first) == [1, 2])
    }

    @Test func `Nouns that describe nothing are left out`() {
        let nouns = Matrix(rows: 2, columns: 2, values: [1, 0, 0, 1])
        let centroids = Matrix(rows: 2, columns: 2, values: [1, 0, 0, 1])
        let best = ClusterNouns.best(of: centroids, sizes: [1, 1], nouns: nouns, temperature: 0.01, count: 2)
        #expect(best == [[0], [1]])
    }

    @Test func `Clusters without rows have no nouns, and one cluster has the nearest`() {
        let nouns = Matrix(rows: 2, columns: 2, values: [0, 1, 1, 0])
        let centroids = Matrix(rows: 2, columns: 2, values: [0.9, 0.1, 0, 1])
        #expect(
            ClusterNouns.best(of: centroids, sizes: [3, 0], nouns: nouns, temperature: 0.1, count: 1) == [[1], []]
        )
    }
}
