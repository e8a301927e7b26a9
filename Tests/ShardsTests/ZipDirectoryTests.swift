import Testing

@testable import Shards

struct ZipDirectoryTests {
    private let folder: TemporaryFolder
    private let first = FileBytes.matrix([1, 2, 3, 4], columns: 2)
    private let second = FileBytes.matrix([5, 6, 7], columns: 3)

    init() throws {
        folder = try TemporaryFolder()
    }

    private func both() -> [FileBytes.Member] {
        [.init(name: "emb.npy", data: first), .init(name: "deep/text.npy", data: second)]
    }

    private func refuse(
        _ bytes: [UInt8],
        key: String = "",
        _ words: String...,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let path = try folder.write(bytes, "x.npz")
        expectRefusal(.badData, words[0], words[1], path, location: location) { () throws(ShardError) in
            _ = try Dataset(path: path + key)
        }
    }

    @Test func `A key chooses the array`() throws {
        let path = try folder.write(FileBytes.zip(both(), comment: "PK\u{5}\u{6} is no end"), "x.npz")
        #expect(try Dataset(path: "\(path):emb").read(rows: 0..<2) == [1, 2, 3, 4])
        let dataset = try Dataset(path: "\(path):deep/text")
        #expect(dataset.row(0) == [5, 6, 7])
        #expect(dataset.files.map(\.key) == ["deep/text"])
        #expect(dataset.files.map(\.format) == [.numpyArchive])
        #expect(dataset.location(ofRow: 0).path == "\(path):deep/text")
    }

    @Test func `The only array needs no key`() throws {
        let members: [FileBytes.Member] = [.init(name: "notes.txt", data: [1]), .init(name: "emb.npy", data: first)]
        #expect(try Dataset(path: folder.write(FileBytes.zip(members), "x.npz")).row(1) == [3, 4])
    }

    @Test func `A wrong or missing key lists the keys there are`() throws {
        try refuse(FileBytes.zip(both()), "2 arrays", "append ':' and one of deep/text, emb")
        try refuse(FileBytes.zip(both()), key: ":embs", "no array 'embs'", "one of deep/text, emb")
        try refuse(FileBytes.zip([]), "no arrays", "save at least one")
        let many = (0..<30).map { FileBytes.Member(name: "a\($0).npy", data: first) }
        try refuse(FileBytes.zip(many), "30 arrays", "and 10 more")
    }

    @Test(arguments: 0..<9)
    func `Data may begin at any byte`(shift: Int) throws {
        let member = FileBytes.Member(name: "emb.npy", data: first, extra: [UInt8](repeating: 7, count: shift))
        let dataset = try Dataset(path: folder.write(FileBytes.zip([member]), "x.npz"))
        #expect(dataset.read(rows: 0..<2) == [1, 2, 3, 4])
    }

    @Test func `Large archives have wide numbers`() throws {
        var members = both()
        members[1].isWide = true
        for isWide in [false, true] {
            let path = try folder.write(FileBytes.zip(members, isWide: isWide), "x.npz")
            #expect(try Dataset(path: "\(path):deep/text").row(0) == [5, 6, 7])
            #expect(try Dataset(path: "\(path):emb").row(1) == [3, 4])
        }
    }

    @Test func `Compressed and encrypted arrays are refused`() throws {
        let remedy = "np.savez, not savez_compressed"
        try refuse(FileBytes.zip([.init(name: "emb.npy", data: first, method: 8)]), "compressed", remedy)
        try refuse(FileBytes.zip([.init(name: "emb.npy", data: first, flags: 1)]), "encrypted", remedy)
    }

    @Test func `Damaged archives are refused`() throws {
        let good = FileBytes.zip(both())
        try refuse([], "not an .npz file, or cut short", "copy it again")
        try refuse(Array(good.dropLast()), "not an .npz file, or cut short", "copy it again")
        try refuse(Array(good[3...]), "not an .npz file, or cut short", "np.savez")
        var lost = good
        lost[0] = 0
        try refuse(lost, key: ":emb", "damaged", "np.savez")
        var renamed = good
        renamed[30] ^= 1
        try refuse(renamed, key: ":emb", "damaged", "np.savez")
        try refuse(FileBytes.zip([both()[0], both()[0]]), "two arrays of one name", "np.savez")
    }

    @Test func `An array cut short inside the archive is refused`() throws {
        let member = FileBytes.Member(name: "emb.npy", data: Array(first.dropLast(5)))
        try refuse(FileBytes.zip([member]), "truncated, 1 of 2 rows", "emb")
        try refuse(FileBytes.zip([.init(name: "emb.npy", data: [])]), "empty file", "emb")
    }
}
