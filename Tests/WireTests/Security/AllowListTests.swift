import Testing

@testable import Wire

struct AllowListTests {
    private let first = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
    private let second = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

    @Test func `keys stand on lines, with comments and blank lines between`() throws {
        let text = "# workers\r\n\r\n \(first) # node 4\r\n\t\n#\(second)\n\(second)\n\(second)"
        let list = try AllowList(text, at: "list")
        #expect(list.count == 2)
        #expect(list.contains(try #require(PublicKey(first))))
        #expect(list.contains(try #require(PublicKey(second))))
        #expect(try AllowList("", at: "list").count == 0)
    }

    @Test(arguments: [
        "nonsense", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf", "a b", "~q:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
    ])
    func `a line that is no key spoils the list, by its number and without its text`(line: String) {
        #expect {
            try AllowList("\(first)\n\(line)\n", at: "list")
        } throws: {
            ($0 as? WireError)?.code == .badKey && "\($0)".contains("list, line 2:") && !"\($0)".contains(line)
        }
    }

    @Test func `two keys on a line are refused`() {
        #expect(throws: WireError.self) { try AllowList("\(first) \(second)", at: "list") }
    }
}
