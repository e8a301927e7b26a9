import Synchronization

/// A value that the thread which comes first makes for all.
final class MadeOnce<Value: Sendable>: Sendable {
    private let made = Mutex<Value?>(nil)

    /// Makes the value unless another thread is at it.
    fileprivate func begin(_ make: () throws -> Value) rethrows {
        try made.withLockIfAvailable { made in
            if made == nil { made = try make() }
        }
    }

    /// The value; waits for the thread that makes it.
    fileprivate func value(_ make: () throws -> Value) rethrows -> Value {
        try made.withLock { made in
            if let made { return made }
            let value = try make()
            made = value
            return value
        }
    }
}

extension Array {
    /// The values of all places, which threads that come together share out among themselves.
    func values<Value>(_ make: (_ place: Int) throws -> Value) rethrows -> [Value] where Element == MadeOnce<Value> {
        for place in indices { try self[place].begin { try make(place) } }
        return try indices.map { place in try self[place].value { try make(place) } }
    }
}
