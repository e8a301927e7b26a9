import Clustering
import Foundation
import Glibc
import Shards
import Testing
import Wire

@testable import Services

struct JobOpenerTests {
    private let wake: WakeSignal
    private let opener: JobOpener

    init() throws {
        wake = try WakeSignal()
        opener = JobOpener(wake: wake)
    }

    /// Opens a job and waits until the opener says that it has.
    private func open(_ job: String) throws -> JobOpener.Opened {
        opener.open(job)
        var entry = pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0)
        try #require(unsafe poll(&entry, 1, 20_000) == 1, "nobody was woken")
        let opened = opener.takeOpened()
        #expect(opener.takeOpened().isEmpty)
        return try #require(opened.first)
    }

    @Test func `a job is opened on another thread, and the worker is woken`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "opener-\(UUID().uuidString).npy").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try NumpyWriter.write([1, 2, 3, 4] as [Float], rows: 2, columns: 2, to: path)
        let program = SurveyProgram(settings: .init(), dataset: try Dataset(path: path))
        let job = try JobDescription(of: program).text()
        let opened = try open(job)
        #expect(opened.job == job)
        let round = try #require(program.round(after: program.begin()))
        #expect(try opened.result.get().taskCount(of: round) == 1)
    }

    @Test func `a job that cannot be opened is told as well`() throws {
        let opened = try open("{}")
        #expect(opened.job == "{}")
        #expect(throws: ClusteringError.self) { try opened.result.get() }
    }
}
