import Foundation
import Tensors
import Testing

@testable import Clustering

/// Losses and their slopes against values in Float64 that were written down beside the reference.
@Suite struct LossVectorTests {
    private static let path = URL(fileURLWithPath: ReferenceFolder.path).deletingLastPathComponent()
        .appendingPathComponent("test_vectors.json").path
    private static let isThere = FileManager.default.fileExists(atPath: path)

    /// One entry of the file.
    private struct Vectors {
        let entry: [String: Any]

        init(_ name: String) throws {
            let data = try Data(contentsOf: URL(fileURLWithPath: LossVectorTests.path))
            let file = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
            entry = try #require(file[name] as? [String: Any])
        }

        func number(_ name: String) throws -> Double { try #require(entry[name] as? Double) }
        func rows(_ name: String) throws -> [[Double]] { try #require(entry[name] as? [[Double]]) }

        func probabilities(_ name: String) throws -> Matrix {
            let rows = softmax(try rows(name))
            return Matrix(rows: rows.count, columns: rows[0].count, values: rows.joined().map { Float($0) })
        }
    }

    private func expect(_ found: Matrix, is wanted: [[Double]]) {
        let values = wanted.joined().map { $0 }
        #expect(found.values.count == values.count)
        #expect(zip(found.values, values).allSatisfy { abs(Double($0) - $1) < 2e-6 })
    }

    /// The slopes of probabilities as slopes of logits.
    private func propagate(
        _ slopes: Matrix,
        _ p: Matrix,
        offsets: [Float]? = nil,
        factors: [Float]? = nil,
        other: Matrix? = nil
    ) -> Matrix {
        var result = slopes
        let offsets = offsets ?? [Float](repeating: 0, count: p.columns)
        let factors = factors ?? [Float](repeating: 0, count: p.rows)
        let other = other ?? p
        result.withMutableValues {
            Softmax.propagate(
                &$0,
                through: p.values.span,
                offsets: offsets.span,
                factors: factors.span,
                other: other.values.span
            )
        }
        return result
    }

    @Test(.enabled(if: isThere, "the folder COTERIE_REFERENCE is not there"), arguments: ["0.5", "5.0"])
    func `Column contrast has its values`(temperature: String) throws {
        let vectors = try Vectors("tac_distill_tau\(temperature)")
        let (a, b) = (try vectors.probabilities("logitsA"), try vectors.probabilities("logitsB"))
        let clusters = a.columns
        let columns = Matrix(
            rows: a.rows,
            columns: 2 * clusters,
            values: (0..<a.rows).flatMap { a.row($0) + b.row($0) }
        )
        var product = OrderedProduct()
        let gram = ColumnContrast.gram(of: columns, &product)
        let contrast = ColumnContrast(gram: gram[...], clusters: clusters, temperature: try vectors.number("tau"))
        #expect(abs(contrast.loss - (try vectors.number("loss"))) < 1e-6)
        let slopes = columns.times(Matrix(rows: 2 * clusters, columns: 2 * clusters, values: contrast.slopes))
        let halves = [0, clusters].map { start in
            Matrix(
                rows: a.rows,
                columns: clusters,
                values: (0..<a.rows).flatMap { Array(slopes.row($0).dropFirst(start).prefix(clusters)) }
            )
        }
        expect(propagate(halves[0], a), is: try vectors.rows("gradLogitsA"))
        expect(propagate(halves[1], b), is: try vectors.rows("gradLogitsB"))
    }

    @Test(.enabled(if: isThere, "the folder COTERIE_REFERENCE is not there"), arguments: Confidence.allCases)
    func `Confidence has the values of both forms`(form: Confidence) throws {
        let vectors = try Vectors("tac_confidence")
        let (p, q) = (try vectors.probabilities("logitsP"), try vectors.probabilities("logitsQ"))
        let agreements = Confidence.agreements(p.values.span, q)
        var sums = Confidence.Sums()
        sums.add(agreements)
        let name = form == .code ? "Code" : "Paper"
        #expect(abs(form.loss(sums, rows: p.rows) - (try vectors.number("loss\(name)"))) < 1e-6)
        let factors = form.factors(agreements, rows: p.rows, products: sums.products)
        let none = Matrix(rows: p.rows, columns: p.columns)
        expect(propagate(none, p, factors: factors, other: q), is: try vectors.rows("gradLogitsP\(name)"))
    }

    @Test(.enabled(if: isThere, "the folder COTERIE_REFERENCE is not there"))
    func `Balance has its values`() throws {
        let vectors = try Vectors("balance")
        let p = try vectors.probabilities("logits")
        let alpha = try vectors.number("alpha")
        var columns = ColumnSums(columns: p.columns)
        columns.add(p.values.span, p.values.span)
        let entropy = BalanceEntropy.entropy(columns.sums, rows: p.rows, floor: TACObjective.floor)
        #expect(abs(-alpha * entropy - (try vectors.number("loss"))) < 1e-6)
        let offsets = BalanceEntropy.offsets(columns.sums, rows: p.rows, weight: alpha, floor: TACObjective.floor)
        let none = Matrix(rows: p.rows, columns: p.columns)
        expect(propagate(none, p, offsets: offsets), is: try vectors.rows("gradLogits"))
    }

    @Test func `Clusters that nobody is in have no slope of balance`() {
        let offsets = BalanceEntropy.offsets([0, 4, 1e-12], rows: 4, weight: 5, floor: 1e-9)
        #expect(offsets[0] == 0 && offsets[2] == 0 && offsets[1] == 1.25)
        #expect(BalanceEntropy.entropy([0, 4], rows: 4, floor: 1e-9) < 1e-7)
    }

    @Test func `Agreements at their ends have finite losses and slopes`() {
        var sums = Confidence.Sums()
        sums.add([0, 1, 1e-60])
        #expect(sums.logarithms == -200)
        #expect(Confidence.code.factors([1], rows: 2, products: 1) == [0])
        #expect(Confidence.code.factors([0], rows: 1, products: 0)[0].isFinite)
        #expect(Confidence.paper.factors([0], rows: 1, products: 0)[0].isFinite)
        #expect(Confidence.paper.loss(.init(), rows: 3) == 100)
    }
}
