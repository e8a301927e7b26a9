import Foundation
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

    @Test func `Deflated arrays are read`() throws {
        let long = FileBytes.matrix((0..<40_000).map(Float.init), columns: 4)
        let members = [FileBytes.deflatedMember("emb.npy", first), FileBytes.deflatedMember("long.npy", long)]
        let path = try folder.write(FileBytes.zip(members), "x.npz")
        let dataset = try Dataset(path: "\(path):emb")
        #expect(dataset.read(rows: 0..<2) == [1, 2, 3, 4])
        #expect(dataset.files.map(\.isCompressed) == [true])
        #expect(try Dataset(path: "\(path):long").read(rows: 0..<10_000) == (0..<40_000).map(Float.init))
        dataset.advise(.notNeeded, rows: 0..<2)
        #expect(dataset.row(1) == [3, 4])
    }

    @Test func `What zlib deflates is read`() throws {
        // 100 × 4 numbers below 16, deflated by zlib with codes made for them.
        let deflated =
            "FVA7jhNADB17POPv2FdIF5BS7EpUFJR0IBqKrVDEBlEgFiVQAafgwsxKLuwnv4/97/3Hdx8eoL1pv4+Pl9vn6/H14fjn1/3x"
            + "dDh+ebr+vJ6/f3q6Pl6e8bfnb7fLxm9fzz8ue35xf3d3Orx6eTr8tQEavRe0lRENpRmOVO4YIr7SRZMsFycNKe0pyrk7Cw5R"
            + "FDaiEtrc0lrW0C3M+gruRrqGYitN7VQcYaVuaLOjYHlZE9WFnFBgyYaMUykkqkmJtyCooQ1wwFzbSxITaTFMspFekaYpO14T"
            + "n1GzZAGtqQNXNR5Be6VojOURvhVh1GDH0RoWRa7sOGSuqMxdYunmuFiYu1Ojno1mr+26wGMQzGGJgN5y07cl09Zby4RjbQCM"
            + "se3/ASWjchW6g9DU2ZTU+jQwVN/XThrg8BwK+lizRkDrPquC/T8="
        let data = Array(try #require(Data(base64Encoded: deflated)))
        var seed = 1
        let values = (0..<400).map { _ in
            seed = (seed * 75 + 74) % 65537
            return UInt8(seed % 16)
        }
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (100, 4), }\n"
        let inflated = FileBytes.numpy(header: header, values)
        let member = FileBytes.Member(name: "emb.npy", data: data, inflated: inflated, method: 8)
        let dataset = try Dataset(path: folder.write(FileBytes.zip([member]), "x.npz"))
        #expect(dataset.read(rows: 0..<100) == values.map(Float.init))
    }

    @Test func `Columns before rows are read from archives`() throws {
        let array = FileBytes.numpy("<f4", "(3, 2)", fortran: true, FileBytes.float32([1, 3, 5, 2, 4, 6]))
        for member in [.init(name: "emb.npy", data: array), FileBytes.deflatedMember("emb.npy", array)] {
            let dataset = try Dataset(path: folder.write(FileBytes.zip([member]), "x.npz"))
            #expect(dataset.read(rows: 0..<3) == [1, 2, 3, 4, 5, 6])
        }
    }

    @Test func `Sizes may stand after the data or in wide fields`() throws {
        for (isStreamed, isWide) in [(true, false), (false, true), (true, true)] {
            var members = [FileBytes.deflatedMember("emb.npy", first), .init(name: "text.npy", data: second)]
            for index in members.indices {
                members[index].isStreamed = isStreamed
                members[index].isWide = isWide
            }
            let path = try folder.write(FileBytes.zip(members, isWide: isWide), "x.npz")
            #expect(try Dataset(path: "\(path):emb").row(1) == [3, 4])
            #expect(try Dataset(path: "\(path):text").row(0) == [5, 6, 7])
        }
    }

    @Test func `Damaged compressed arrays are refused`() throws {
        let good = FileBytes.deflatedMember("emb.npy", first)
        func refuse(_ words: String, _ change: (inout FileBytes.Member) -> Void) throws {
            var member = good
            change(&member)
            try self.refuse(FileBytes.zip([member]), words, "emb")
        }
        try refuse("cut short") { $0.data.removeLast(3) }
        try refuse("damaged or truncated") { $0.data = [] }
        try refuse("not deflated") { $0.data[0] = 7 }
        // A last byte of the data, after which the archive's checksum is another.
        try refuse("its checksum is another") { $0.data[$0.data.count - 1] ^= 1 }
        try refuse("it does not end") { $0.data = FileBytes.deflated(first + [0]) }
        try refuse("it ends early") { $0.data = FileBytes.deflated(Array(first.dropLast())) }
    }

    @Test func `An archive that promises more than it can hold is refused before room is made`() throws {
        var member = FileBytes.deflatedMember("emb.npy", first)
        member.inflated = [UInt8](repeating: 0, count: member.data.count * 1033)
        try refuse(FileBytes.zip([member]), "damaged or truncated zip archive", "emb")
        let header = FileBytes.numpy("<f4", "(1099511627776, 4)", [])
        try refuse(FileBytes.zip([FileBytes.deflatedMember("emb.npy", header)]), "rows are missing", "emb")
    }

    @Test func `Arrays that are encrypted or packed by other methods are refused`() throws {
        let remedy = "np.savez or np.savez_compressed"
        try refuse(FileBytes.zip([.init(name: "emb.npy", data: first, method: 12)]), "another method (12)", remedy)
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
