import Foundation
import Testing

@testable import Shards

struct DigestedFileTests {
    private let place: TemporaryFolder
    private let folder: RunFolder

    init() throws {
        place = try TemporaryFolder()
        folder = try RunFolder.create(at: place("run"), overwrite: false)
    }

    private func write(_ records: [[UInt8]]) throws -> DigestedFile.Name {
        var file = try DigestedFile(in: folder, prefix: ".part-")
        for record in records { try file.append(record) }
        return try file.commit()
    }

    private func read(_ name: DigestedFile.Name) throws -> [[UInt8]] {
        var records: [[UInt8]] = []
        try DigestedFile.read(name, in: folder) { records.append($0) }
        return records
    }

    @Test func `Records come back in order, from a file that is named by what it holds`() throws {
        let records: [[UInt8]] = [[1, 2, 3], [], [UInt8](repeating: 7, count: 300)]
        let name = try write(records)
        #expect(name.file == ".part-" + (try Digest.hexadecimal(ofFile: folder.path(for: name.file))))
        #expect(name.byteCount == 303 + 3 * 8)
        #expect(try read(name) == records)
        #expect(try write(records) == name)
        #expect(try read(write([])) == [])
    }

    @Test func `A file that is given up leaves nothing`() throws {
        do {
            var file = try DigestedFile(in: folder, prefix: ".part-")
            try file.append([1])
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [".lock"])
    }

    @Test func `A file that is damaged or short is refused by name`() throws {
        let name = try write([[1, 2, 3, 4]])
        let url = URL(fileURLWithPath: folder.path(for: name.file))
        let sound = try Data(contentsOf: url)
        for damaged in [sound.dropLast(), Data(sound.dropLast() + [9])] {
            try damaged.write(to: url)
            expectRefusal(.badData, "partial results damaged", url.path, "--overwrite") { () throws(ShardError) in
                do {
                    try DigestedFile.read(name, in: folder) { _ in }
                } catch let error as ShardError {
                    throw error
                } catch {
                    Issue.record(error)
                }
            }
        }
    }
}
