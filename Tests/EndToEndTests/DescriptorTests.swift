import Foundation
import Testing

/// Few open files: a job does with what it has, or says in one line that it cannot.
struct DescriptorTests {
    private func run(_ arguments: [String], limit: Int) throws -> CoterieProcess {
        // What the tests have open is inherited, and may have numbers beyond the limit, which no shell but this one can close.
        let close = "for open in /proc/self/fd/*; do open=${open##*/}; ((open < 3)) || eval \"exec $open>&-\"; done"
        return try CoterieProcess(arguments, shell: "\(close); ulimit -n \(limit); exec \"$@\"")
    }

    private func expectWords(_ ended: CoterieProcess, _ limit: Int) {
        #expect([69, 74].contains(ended.status), "\(limit): \(ended.status) \(ended.errors)")
        #expect(ended.errorLines.count == 1 && ended.errors.hasPrefix("coterie: "), "\(limit): \(ended.errors)")
        #expect(ended.errors.contains("ulimit -n"), "\(limit): \(ended.errors)")
        ended.expectNothingLeft()
    }

    @Test(arguments: [10, 16, 20, 24, 32, 48, 255, 256])
    func `a fleet does with few descriptors or says so`(limit: Int) throws {
        let folder = try TestFolder()
        let data = try SampleEmbeddings.write(
            SampleEmbeddings.values(rows: 100, columns: 4),
            columns: 4,
            to: folder("x.npy")
        )
        for workers in [1, 3] {
            let ended = try run(
                ["kmeans", data, "-k", "2", "--no-progress", "--workers", "\(workers)", "-o", folder("\(workers)")],
                limit: limit
            )
            if ended.status != 0 { expectWords(ended, limit) }
            #expect((ended.status == 0) == (limit >= 256), "\(ended.errors)")
        }
        let alone = try run(
            ["kmeans", data, "-k", "2", "--no-progress", "--in-process", "-o", folder("alone")],
            limit: limit
        )
        if alone.status != 0 { expectWords(alone, limit) }
        #expect((alone.status == 0) == (limit >= 24), "\(alone.errors)")
    }

    @Test(arguments: [8, 16, 32, 63, 64])
    func `a worker does with few descriptors or says so`(limit: Int) throws {
        let endpoint = try FreePort.endpoint()
        let ended = try run(["worker", endpoint, "--insecure", "--death-timeout", "0.5"], limit: limit)
        #expect([69, 74].contains(ended.status), "\(limit): \(ended.status) \(ended.errors)")
        #expect(ended.errorLines.count == 1 && ended.errors.hasPrefix("coterie: "), "\(ended.errors)")
        #expect(ended.errors.contains("ulimit -n") == (limit < 64), "\(ended.errors)")
    }
}
