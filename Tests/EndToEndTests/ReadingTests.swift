import Foundation
import Testing

@testable import Shards

/// Files of other orders, types and folders than the plain one, read by whole jobs.
struct ReadingTests {
    private let rows = 300
    private let columns = 8

    private func array(_ descriptor: String, rows: Int, fortran: Bool = false, _ numbers: [[UInt8]]) -> [UInt8] {
        let order = fortran ? "True" : "False"
        let text = "{'descr': '\(descriptor)', 'fortran_order': \(order), 'shape': (\(rows), \(columns)), }\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8) + numbers.joined()
    }

    /// The digest of a small k-means of `x` by two workers.
    private func digest(of bytes: [UInt8]) throws -> String {
        let folder = try TestFolder()
        try folder.write(bytes, "x.npy")
        let run = try CoterieProcess(
            ["kmeans", "x.npy", "-k", "4", "--init", "random", "--block-rows", "64", "--workers", "2"]
                + ["--no-progress", "-o", "out"],
            in: folder.path
        )
        try #require(run.status == 0, "\(run.errors)")
        run.expectNothingLeft()
        return try RunOutput(folder("out")).digest
    }

    @Test func `columns before rows and the other byte order give the same results`() throws {
        let values = SampleEmbeddings.values(rows: rows, columns: columns).map { Float($0).bitPattern }
        func bytes(_ bits: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) } }
        let byColumn = (0..<columns).flatMap { column in (0..<rows).map { bytes(values[$0 * columns + column]) } }
        let plain = try digest(of: array("<f4", rows: rows, values.map(bytes)))
        #expect(try digest(of: array("<f4", rows: rows, fortran: true, byColumn)) == plain)
        #expect(try digest(of: array(">f4", rows: rows, values.map { bytes($0).reversed() })) == plain)
    }

    @Test func `inspect says the order, the type and what is empty`() throws {
        let folder = try TestFolder()
        let numbers: [[UInt8]] = (0..<2 * columns).map { [UInt8($0 + 1)] }
        try folder.write(array("|u1", rows: 2, fortran: true, numbers), "d/a.npy")
        try folder.write(array("<f8", rows: 0, []), "d/b.npy")
        let table = try CoterieProcess(["inspect", folder("d")])
        #expect(table.status == 0, "\(table.errors)")
        #expect(table.output.contains("|u1    Fortran  npy\n"))
        #expect(table.output.contains("empty       1 of 2 files have no rows\n"))
        let json = try CoterieProcess(["inspect", folder("d"), "--json"]).json()
        let files = try #require(json["files"] as? [[String: Any]])
        #expect(files.compactMap { $0["order"] as? String } == ["Fortran", "C"])
        #expect(files.compactMap { $0["compressed"] as? Bool } == [false, false])
        #expect(json["dtype"] as? String == "|u1")
    }

    @Test func `a TMPDIR that is not there is named in one line`() throws {
        let folder = try TestFolder()
        let path = try SampleEmbeddings.write(
            SampleEmbeddings.values(rows: 40, columns: 4),
            columns: 4,
            to: folder("x.npy")
        )
        let run = try CoterieProcess(
            ["kmeans", path, "-k", "3", "--init", "random", "--workers", "1", "--no-progress", "-o", folder("out")],
            environment: ["TMPDIR": "/nonexistent"]
        )
        run.expectFailure(73)
        #expect(run.errors.contains("(no such file or directory): /nonexistent/coterie-"))
        #expect(run.errors.contains("; set TMPDIR"))
        #expect(!FileManager.default.fileExists(atPath: folder("out")))
    }
}
