import Foundation
import Tensors
import Testing

@testable import Shards

struct ManifestTests {
    private func files(_ count: Int) throws -> [DatasetFile] {
        let folder = try TemporaryFolder()
        let path = try folder.write(FileBytes.matrix([1, 2], columns: 2), "0.npy")
        let file = try Dataset(path: path).files[0]
        return (0..<count).map { number in
            var file = file
            file.path = "/data/img_emb_\(number).npy"
            return file
        }
    }

    @Test(arguments: [1, 300, 20_000, 32_768])
    func `The first file that differs is found among any number`(count: Int) throws {
        let files = try files(count)
        let manifest = Manifest(files)
        #expect(manifest.firstDifference(from: Manifest(files)) == nil)
        for place in Set([0, count / 3, count - 1]) {
            var changed = files
            changed[place].rows += 1
            #expect(Manifest(changed).firstDifference(from: manifest) == place)
            #expect(Manifest(changed).sha256 != manifest.sha256)
        }
        var missing = files
        missing.remove(at: count / 2)
        let difference = Manifest(missing).firstDifference(from: manifest)
        #expect(difference == (count / 2 < count - 1 ? count / 2 : nil))
    }

    @Test func `Of very many, one of a few neighbours`() throws {
        let files = try files(100_000)
        var changed = files
        changed[70_001].byteCount += 1
        #expect(Manifest(changed).firstDifference(from: Manifest(files)) == 70_000)
    }

    @Test func `However many files there are, several descriptions fit a message`() throws {
        for count in [20_000, 65_536] {
            let manifest = Manifest(try files(count))
            #expect(manifest.count == count)
            let text = try JSONEncoder().encode(manifest)
            #expect(text.count < (1 << 20) / 6)
            #expect(try JSONDecoder().decode(Manifest.self, from: text) == manifest)
        }
    }
}
