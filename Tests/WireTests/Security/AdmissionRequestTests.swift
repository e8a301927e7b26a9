import Testing

@testable import Wire

struct AdmissionRequestTests {
    private let key = [UInt8](1...32)

    private var good: [[UInt8]] {
        ["1.0", "7", "coterie", "10.0.0.9", "worker", "CURVE"].map { Array($0.utf8) } + [key]
    }

    @Test func `a question is read`() throws {
        let request = try #require(AdmissionRequest(good))
        #expect(request.id == Array("7".utf8) && request.address == "10.0.0.9" && request.key.bytes == key)
    }

    @Test func `a question with a frame that is not what it should be is none`() {
        for place in [0, 2, 5, 6] {
            for bad in [[], [0], Array("NULL".utf8), key + [0], [UInt8](repeating: 65, count: 1 << 16)] {
                var frames = good
                frames[place] = bad
                #expect(AdmissionRequest(frames) == nil)
            }
        }
        for place in [1, 3, 4] {
            var frames = good
            frames[place] = [UInt8](repeating: 255, count: 256)
            #expect(AdmissionRequest(frames) == nil)
            frames[place] = [UInt8](repeating: 255, count: 255)
            #expect(AdmissionRequest(frames) != nil)
        }
    }

    @Test func `a question with frames missing or left over is none`() {
        for count in 0..<7 { #expect(AdmissionRequest(Array(good.prefix(count))) == nil) }
        #expect(AdmissionRequest(good + [[]]) == nil)
        #expect(AdmissionRequest(good + [key]) == nil)
    }

    @Test func `an answer has six frames, and says 200 to nobody else`() {
        let key = AdmissionRequest(good)?.key
        let yes = AdmissionRequest.answer(to: [9], admitting: key)
        let no = AdmissionRequest.answer(to: [9], admitting: nil)
        #expect(yes.count == 6 && no.count == 6)
        #expect(yes[1] == [9] && yes[2] == Array("200".utf8))
        #expect(key != nil && yes[4] == key.map { Array("\($0)".utf8) } && no[4].isEmpty)
        #expect(no[1] == [9] && no[2] == Array("400".utf8))
    }

    @Test func `a log of refusals cannot be drowned`() throws {
        var log = RefusalLog()
        let start = ContinuousClock.now
        for number in UInt8(0)..<20 {
            var frames = good
            frames[6][0] = number
            log.add(try #require(AdmissionRequest(frames)))
            log.add(try #require(AdmissionRequest(frames)))
        }
        let lines = log.take(at: start)
        #expect(lines.count == RefusalLog.mostLines + 1)
        #expect(lines[0].contains("10.0.0.9") && lines.last?.contains("more times") == true)
        log.add(try #require(AdmissionRequest(good)))
        #expect(log.take(at: start + .seconds(9)).isEmpty)
        #expect(log.take(at: start + .seconds(10)).count == 1)
        #expect(log.take(at: start + .seconds(30)).isEmpty)
    }
}
