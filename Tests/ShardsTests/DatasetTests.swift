import Foundation
import Tensors
import Testing

@testable import Shards

struct DatasetTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Eleven files of 1 to 11 rows of two numbers, of which the first is the row's number in the dataset.
    private func writeFiles(into name: String = "data") throws -> String {
        var row = 0
        for file in 0..<11 {
            let values = (row...row + file).flatMap { [Float($0), Float(file)] }
            try folder.write(FileBytes.matrix(values, columns: 2), "\(name)/img_emb_\(file).npy")
            row += file + 1
        }
        return folder(name)
    }

    @Test func `A folder is read in natural order`() throws {
        let dataset = try Dataset(path: writeFiles(), blockRows: 7)
        #expect(dataset.layout == .folder)
        #expect(dataset.rows == 66 && dataset.columns == 2)
        #expect(dataset.files.map(\.name) == (0..<11).map { "img_emb_\($0).npy" })
        #expect(dataset.files.map(\.rows) == Array(1...11))
        #expect(dataset.files[0].byteCount == (try folder.bytes("data/img_emb_0.npy").count))
        #expect((0..<66).map { dataset.row($0)[0] } == (0..<66).map(Float.init))
    }

    @Test func `Any range of rows is read across files`() throws {
        let dataset = try Dataset(path: writeFiles())
        for start in 0..<66 {
            for end in start...66 {
                let values = dataset.read(rows: start..<end)
                #expect(stride(from: 0, to: values.count, by: 2).map { values[$0] } == (start..<end).map(Float.init))
            }
        }
    }

    @Test func `Rows are read as float64 without rounding`() throws {
        let values = [0.1, 1e300, 1 / 3.0, 100_000.0001, -0.0, Double.leastNonzeroMagnitude]
        let data = values.flatMap(\.bitPattern.littleEndianBytes)
        for file in 0..<2 {
            try folder.write(FileBytes.numpy("<f8", "(3, 2)", data), "wide/\(file).npy")
        }
        let dataset = try Dataset(path: folder("wide"))
        #expect(dataset.elementType.isWiderThanFloat)
        var exact = [Double](repeating: .nan, count: 8)
        var span = exact.mutableSpan
        dataset.read(rows: 1..<5, into: &span)
        #expect(exact == Array((values + values)[2..<10]))
        let beside = try Dataset(sideBySide: [dataset, dataset])
        span = exact.mutableSpan
        beside.read(rows: 2..<4, into: &span)
        #expect(exact == [4, 4, 0, 0].flatMap { values[$0..<$0 + 2] })
    }

    @Test func `Stored rows are lent file by file`() throws {
        let dataset = try Dataset(path: writeFiles())
        var parts: [Range<Int>] = []
        dataset.withStoredRows(2..<8) { bytes, rows in
            #expect(bytes.byteCount == rows.count * 8)
            parts.append(rows)
        }
        #expect(parts == [2..<3, 3..<6, 6..<8])
        dataset.advise(.willNeed, rows: 2..<8)
    }

    @Test func `Blocks cover the rows once`() throws {
        let path = try writeFiles()
        for blockRows in [1, 7, 11, 33, 65, 66, 67, Dataset.largestBlockRows] {
            let dataset = try Dataset(path: path, blockRows: blockRows)
            let blocks = (0..<dataset.blockCount).map(dataset.block)
            #expect(blocks.map(\.number) == Array(blocks.indices))
            #expect(blocks.flatMap { Array($0.rows) } == Array(0..<66))
            #expect(blocks.dropLast().allSatisfy { $0.rows.count == blockRows })
        }
        #expect(try Dataset(path: path).blockRows == 4096)
    }

    @Test func `A row is located in its file`() throws {
        let dataset = try Dataset(path: writeFiles())
        for (row, file, inner) in [(0, 0, 0), (1, 1, 0), (2, 1, 1), (54, 9, 9), (55, 10, 0), (65, 10, 10)] {
            let location = dataset.location(ofRow: row)
            #expect(location.path == folder("data/img_emb_\(file).npy"))
            #expect(location.row == inner)
        }
    }

    @Test func `Other files in a folder are ignored and listed`() throws {
        let path = try writeFiles()
        for name in [".hidden.npy", "read.me", "x.npz", "metadata/a.parquet"] {
            try folder.write([1], "data/\(name)")
        }
        let dataset = try Dataset(path: path)
        #expect(dataset.rows == 66)
        #expect(dataset.ignored == ["metadata", "read.me", "x.npz"])
    }

    @Test func `A clip-retrieval folder is read for its embeddings`() throws {
        _ = try writeFiles(into: "clip/img_emb")
        try folder.write([1], "clip/metadata/metadata_0.parquet")
        try folder.write([1], "clip/text_emb/text_emb_0.npy")
        let dataset = try Dataset(path: folder("clip"))
        #expect(dataset.layout == .clipRetrieval)
        #expect(dataset.rows == 66)
        #expect(dataset.ignored == ["metadata", "text_emb"])
        try folder.write([1], "clip/more.npy")
        expectRefusal(.badData, "both .npy files and a folder img_emb", folder("clip")) { () throws(ShardError) in
            _ = try Dataset(path: folder("clip"))
        }
    }

    @Test func `Files that do not belong together are refused`() throws {
        let path = try writeFiles()
        try folder.write(FileBytes.matrix([1, 2, 3], columns: 3), "data/img_emb_11.npy")
        expectRefusal(.badData, "2 columns in one file and 3", "img_emb_0.npy", "img_emb_11.npy") {
            () throws(ShardError) in _ = try Dataset(path: path)
        }
        try folder.write(FileBytes.numpy("<f2", "(1, 2)", FileBytes.float16([1, 2])), "data/img_emb_11.npy")
        expectRefusal(.badData, "<f4 in one file and <f2", "img_emb_11.npy", "astype") { () throws(ShardError) in
            _ = try Dataset(path: path)
        }
        try folder.write([], "data/img_emb_11.npy")
        expectRefusal(.badData, "empty file", "img_emb_11.npy", "np.save") { () throws(ShardError) in
            _ = try Dataset(path: path)
        }
    }

    @Test func `Empty shards among others have no rows and no say`() throws {
        let path = try writeFiles()
        try folder.write(FileBytes.numpy("<f4", "(0, 2)", []), "data/img_emb_00.npy")
        try folder.write(FileBytes.numpy("<f8", "(0,)", []), "data/img_emb_4b.npy")
        try folder.write(FileBytes.numpy("<f8", "(0,)", []), "data/img_emb_4c.npy")
        try folder.write(FileBytes.numpy("<f2", "(0, 7)", []), "data/img_emb_99.npy")
        let dataset = try Dataset(path: path)
        #expect(dataset.rows == 66 && dataset.columns == 2 && dataset.elementType == .float32)
        #expect((0..<66).map { dataset.row($0)[0] } == (0..<66).map(Float.init))
        #expect(dataset.read(rows: 10..<20).count == 20)
        let rows = Dictionary(uniqueKeysWithValues: dataset.files.map { ($0.name, $0.rows) })
        #expect(rows["img_emb_00.npy"] == 0 && rows["img_emb_4c.npy"] == 0 && rows["img_emb_4.npy"] == 5)
        #expect(dataset.location(ofRow: 0).path == folder("data/img_emb_0.npy"))
        #expect(dataset.location(ofRow: 65).path == folder("data/img_emb_10.npy"))
        #expect(try dataset.identicalFiles().isEmpty)
        #expect(try Dataset(description: dataset.description).rows == 66)
    }

    @Test func `Only empty shards are refused`() throws {
        for file in 0..<2 { try folder.write(FileBytes.numpy("<f4", "(0, 2)", []), "none/\(file).npy") }
        expectRefusal(.badData, "an empty matrix of 0 rows and 2 columns", "none/0.npy", "at least one row") {
            () throws(ShardError) in _ = try Dataset(path: folder("none"))
        }
    }

    @Test func `Two names for one file are refused`() throws {
        let path = try writeFiles()
        try FileManager.default.createSymbolicLink(
            atPath: folder("data/img_emb_11.npy"),
            withDestinationPath: "img_emb_3.npy"
        )
        expectRefusal(.badData, "duplicate files", "img_emb_3.npy", "img_emb_11.npy", "remove") {
            () throws(ShardError) in _ = try Dataset(path: path)
        }
        try FileManager.default.removeItem(atPath: folder("data/img_emb_11.npy"))
        try FileManager.default.linkItem(atPath: folder("data/img_emb_4.npy"), toPath: folder("data/img_emb_11.npy"))
        expectRefusal(.badData, "duplicate files", "img_emb_4.npy", "img_emb_11.npy") { () throws(ShardError) in
            _ = try Dataset(path: path)
        }
    }

    @Test func `Files of the same bytes are found when asked`() throws {
        let path = try writeFiles()
        #expect(try Dataset(path: path).identicalFiles().isEmpty)
        try folder.write(folder.bytes("data/img_emb_3.npy"), "data/copy.npy")
        try folder.write(folder.bytes("data/img_emb_5.npy"), "data/other.npy")
        let groups = try Dataset(path: path).identicalFiles().map { $0.map(\.name) }
        #expect(groups == [["copy.npy", "img_emb_3.npy"], ["img_emb_5.npy", "other.npy"]])
    }

    @Test func `Nothing to read is refused`() throws {
        expectRefusal(.noInput, "no such file", folder("none"), "check the path") { () throws(ShardError) in
            _ = try Dataset(path: folder("none"))
        }
        try folder.write([1], "empty/read.me")
        expectRefusal(.badData, "no .npy files", folder("empty"), "directly inside") { () throws(ShardError) in
            _ = try Dataset(path: folder("empty"))
        }
        try folder.write([1], "empty/part_0.parquet")
        expectRefusal(.badData, "no .npy files", folder("empty"), "Scripts/from-parquet") { () throws(ShardError) in
            _ = try Dataset(path: folder("empty"))
        }
    }

    @Test func `A description opens the same dataset elsewhere`() throws {
        let description = try Dataset(path: writeFiles(), blockRows: 5).description
        let copy = try JSONDecoder().decode(DatasetDescription.self, from: JSONEncoder().encode(description))
        #expect(copy == description)
        let dataset = try Dataset(description: copy)
        #expect(dataset.blockRows == 5)
        #expect(dataset.description == description)
        var elsewhere = description
        elsewhere.path = "/mnt/other"
        try dataset.verify(against: elsewhere)
    }

    @Test func `A relative path is described in full`() throws {
        let here = FileManager.default.currentDirectoryPath
        let path = try writeFiles()
        let up = String(repeating: "../", count: here.split(separator: "/").count)
        let dataset = try Dataset(path: up + path.dropFirst())
        #expect(dataset.description.path == "\(here)/\(up)\(path.dropFirst())")
    }

    @Test func `A worker that sees other files is told which`() throws {
        let dataset = try Dataset(path: writeFiles())
        func refuse(_ words: String, _ change: (inout DatasetDescription) -> Void) {
            var description = dataset.description
            change(&description)
            expectRefusal(.badData, words, folder("data"), "the same files") { () throws(ShardError) in
                try dataset.verify(against: description)
            }
        }
        func refuseFiles(_ words: String, _ change: (inout [DatasetFile]) -> Void) {
            var files = dataset.files
            change(&files)
            refuse(words) { $0.manifest = Manifest(files) }
        }
        refuseFiles("img_emb_3.npy (4 rows") { $0[3].rows = 5 }
        refuseFiles("img_emb_10.npy (11 rows, 159 bytes) here, another as number 11 of 11") { $0[10].byteCount = 144 }
        refuseFiles("img_emb_0.npy (1 rows") { $0[0].path = "other.npy" }
        refuseFiles("11 files here, 10 at") { $0.removeLast() }
        refuse("66 rows of 2 <f4 in 1300 bytes here, 66 rows of 3") { $0.columns = 3 }
        refuse("66 rows of 2 <f2 in") { $0.elementType = "<f2" }
        refuse("blocks of 4096 rows here, of 1") { $0.blockRows = 1 }
    }

    @Test(arguments: [0, -1, Int.max])
    func `A description with an absurd block size is refused`(blockRows: Int) throws {
        var description = try Dataset(path: writeFiles()).description
        description.blockRows = blockRows
        expectRefusal(.badData, "blocks of \(blockRows) rows", "--block-rows") { () throws(ShardError) in
            _ = try Dataset(description: description)
        }
    }
}
