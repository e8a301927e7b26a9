import Testing

@testable import Services

struct JournalRecordsTests {
    private let payloads = ["{}", "{\"term\":1}", String(repeating: "x", count: 300)].map { Array($0.utf8) }
    private var bytes: [UInt8] { payloads.flatMap(JournalRecords.record) }

    @Test func `records are read as they were written`() throws {
        let records = try JournalRecords(bytes, path: "j")
        #expect(records.payloads == payloads)
        #expect(records.byteCount == bytes.count && !records.isTorn)
    }

    @Test func `an empty journal has no records`() throws {
        let records = try JournalRecords([], path: "j")
        #expect(records.payloads.isEmpty && records.byteCount == 0 && !records.isTorn)
    }

    @Test func `a last record cut short at any byte is cut off`() throws {
        let whole = payloads[..<2].flatMap(JournalRecords.record)
        for count in whole.count + 1..<bytes.count {
            let records = try JournalRecords(Array(bytes[..<count]), path: "j")
            #expect(records.payloads == Array(payloads[..<2]))
            #expect(records.byteCount == whole.count && records.isTorn)
        }
    }

    @Test func `a last record that ends in zeros was never finished`() throws {
        let whole = payloads[..<2].flatMap(JournalRecords.record)
        for count in whole.count..<bytes.count {
            let zeros = [UInt8](repeating: 0, count: bytes.count - count)
            let records = try JournalRecords(Array(bytes[..<count]) + zeros, path: "j")
            #expect(records.payloads == Array(payloads[..<2]))
            #expect(records.byteCount == whole.count && records.isTorn)
        }
    }

    @Test func `a changed bit is refused with the place of its record, whichever it is`() throws {
        var start = 0
        for payload in payloads {
            let end = start + 12 + payload.count
            for bit in start * 8..<end * 8 {
                var damaged = bytes
                damaged[bit / 8] ^= 1 << (bit % 8)
                let error = #expect(throws: ServiceError.self) { try JournalRecords(damaged, path: "run/.journal") }
                #expect(error?.exitCode == 65)
                #expect(error?.message.contains("run/.journal at byte \(start);") == true)
            }
            start = end
        }
    }
}
