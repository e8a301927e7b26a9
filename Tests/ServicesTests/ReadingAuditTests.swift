import Coordination
import Foundation
import Shards
import Testing
import Wire

@testable import Services

struct ReadingAuditTests {
    private let ledger = ReadingLedger()

    private func answer(_ readings: [Reading]) -> (Envelope, PartialNotice) {
        let lease = Lease(id: LeaseID(1), round: RoundID(1), blocks: 0..<1)
        let notice = PartialNotice(lease: lease, checksum: 0, readings: Readings(readings))
        return (Envelope(term: Term(1), message: .partial(notice)), notice)
    }

    @Test func `An answer is ready once all that it states has been read here`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("audit-\(UUID().uuidString).npy").path
        try NumpyWriter.write((0..<40).map(Float.init), rows: 10, columns: 4, to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let worker = ReadingLedger()
        let dataset = try Dataset(path: path, blockRows: 2, knownAs: nil, ledger: worker)
        _ = dataset.read(rows: 0..<dataset.rows)
        let own = worker.readings.map { Reading($0) }
        let opened = try Dataset(path: path, blockRows: 2, knownAs: nil, ledger: ledger)
        var audit = ReadingAudit(ledger: ledger)
        #expect(!audit.isBusy && audit.takeReady() == nil)
        let (envelope, notice) = answer(own)
        audit.add(envelope, of: notice, from: WorkerID(1))
        #expect(audit.isBusy && audit.takeReady() == nil)
        // However short the time, something is done.
        var found: [VerifiedReading] = []
        for _ in own { found += audit.work(for: .zero) }
        #expect(Set(found.map(\.reading)) == Set(own))
        #expect(found.allSatisfy { $0.place.contains(opened.path) })
        #expect(audit.takeReady()?.worker == WorkerID(1))
        #expect(!audit.isBusy)
        // What has been read is not read again.
        audit.add(envelope, of: notice, from: WorkerID(2))
        #expect(audit.work(for: .seconds(1)).isEmpty)
        #expect(audit.takeReady()?.envelope == envelope)
    }

    @Test func `What is unknown here is not verified, and does not hold up the answer`() {
        var audit = ReadingAudit(ledger: ledger)
        let (envelope, notice) = answer([Reading(dataset: 3, stretch: 0, digest: 1)])
        audit.add(envelope, of: notice, from: WorkerID(1))
        #expect(audit.work(for: .seconds(1)).isEmpty)
        #expect(audit.takeReady()?.envelope == envelope)
    }

    @Test func `A worker has no more than two answers waiting`() {
        var audit = ReadingAudit(ledger: ledger)
        let (envelope, notice) = answer([Reading(dataset: 3, stretch: 0, digest: 1)])
        for _ in 0..<5 { audit.add(envelope, of: notice, from: WorkerID(1)) }
        var count = 0
        while audit.isBusy {
            _ = audit.work(for: .seconds(1))
            if audit.takeReady() != nil { count += 1 }
        }
        #expect(count == 2)
    }
}
