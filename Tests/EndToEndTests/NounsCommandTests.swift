import Foundation
import Testing

struct NounsCommandTests {
    @Test(arguments: ["tac", "gradnorm"])
    func `nouns are chosen alike by every number of workers, and told with their centres`(filter: String) throws {
        let sample = try TextSample()
        let arguments = [
            "nouns", sample.folder("images.npy"), sample.folder("nouns.npy"), "--filter", filter, "--centres", "8",
            "--per-centre", "2", "--block-rows", "32", "--no-progress",
        ]
        var digests: Set<String> = []
        for fleet in [["--in-process"], ["--workers", "3"]] {
            let folder = "o\(fleet.count)"
            let run = try CoterieProcess(arguments + fleet + ["-o", sample.folder(folder), "--json"])
            try #require(run.status == 0, "\(run.errors)")
            #expect(try run.json()["job"] as? String == "nouns")
            digests.insert(try sample.output(folder).digest)
            let written = sample.output(folder).results
            let expected = ["centroids.npy", "clusters.json", "nouns.json", "nouns.npy", "nouns.txt"]
            #expect(Set(written) == Set(expected + ["report.html", "run.json"]))
        }
        #expect(digests.count == 1)
        let data = try sample.output("o1").bytes("nouns.json")
        let record = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let nouns = try #require(record["nouns"] as? [[String: Any]])
        let text = String(decoding: try sample.output("o1").bytes("nouns.txt"), as: UTF8.self)
        #expect(nouns.compactMap { $0["noun"] as? String } == text.split(separator: "\n").map(String.init))
        #expect(nouns.count <= 16 && nouns.allSatisfy { $0["score"] is Double && $0["row"] is Int })
        #expect((record["centres"] as? [Any])?.count == 8)
        let clusters = String(decoding: try sample.output("o1").bytes("clusters.json"), as: UTF8.self)
        #expect(clusters.contains("\"nouns\":[\"noun "))
    }

    private static let index = """
          1 This line belongs to the licence.
        dog n 2 3 @ ~ + 2 1 OFFSET1 OFFSET2
        new_york n 1 1 @ 1 0 OFFSET3

        """

    /// The files of a WordNet of three synsets.
    private func wordNet(_ folder: TestFolder) throws {
        let lines = [
            "  1 This line belongs to the licence.  ",
            "OFFSET 05 n 02 dog 0 Canis_familiaris 0 001 @ 00000001 n 0000 | a member of the genus Canis  ",
            "OFFSET 18 n 01 Dog 0 000 | a dull unattractive person; \"she's a real dog\"  ",
            "OFFSET 15 n 02 New_York 0 Greater_New_York 0 000 | the largest city in New York State  ",
        ]
        var data = ""
        var offsets: [String] = []
        for line in lines {
            let offset = String(data.utf8.count)
            let digits = String(repeating: "0", count: 8 - offset.count) + offset
            offsets.append(digits)
            data += line.replacing("OFFSET", with: digits) + "\n"
        }
        var index = Self.index
        for number in 1...3 { index = index.replacing("OFFSET\(number)", with: offsets[number]) }
        try folder.write(data, "data.noun")
        try folder.write(index, "index.noun")
    }

    @Test func `WordNet's nouns are listed by sense with synset and gloss`() throws {
        let folder = try TestFolder()
        try wordNet(folder)
        let run = try CoterieProcess(["nouns", "--wordnet", folder.path])
        #expect(run.status == 0, "\(run.errors)")
        let lines = run.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        #expect(lines.map { $0[0] } == ["dog", "Dog", "New York"])
        #expect(lines.map { $0[2] }[0] == "a member of the genus Canis")
        #expect(lines.allSatisfy { $0.count == 3 && $0[1].wholeMatch(of: #/n\d{8}/#) != nil })
        let plain = try CoterieProcess(["nouns", "--wordnet", folder.path, "--underscores"])
        #expect(plain.output.contains("\nNew_York\tn"))
    }

    @Test func `a WordNet that is not whole is refused`() throws {
        let folder = try TestFolder()
        try CoterieProcess(["nouns", "--wordnet", folder.path]).expectFailure(66)
        try wordNet(folder)
        try folder.write("dog n 1 0 1 0 00000003\n", "index.noun")
        let run = try CoterieProcess(["nouns", "--wordnet", folder.path])
        run.expectFailure(65)
        #expect(run.errors.contains("line 1"))
    }
}
