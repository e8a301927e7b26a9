import Testing

@testable import Shards

/// Expects an error of a kind, in one line of the agreed form, that says each of `words`.
func expectRefusal(
    _ code: ShardError.Code,
    _ words: String...,
    location: SourceLocation = #_sourceLocation,
    when action: () throws(ShardError) -> Void
) {
    do {
        try action()
        Issue.record("nothing was refused", sourceLocation: location)
    } catch {
        #expect(error.code == code, "\(error.message)", sourceLocation: location)
        #expect(error.message.contains(/^.+: .+; .+$/), "\(error.message)", sourceLocation: location)
        #expect(!error.message.contains("\n"), sourceLocation: location)
        for word in words {
            #expect(error.message.contains(word), "\(error.message)", sourceLocation: location)
        }
    }
}
