import Dispatch
import Foundation
import Logging
import Wire

/// Where workers of other machines come in: with keys, or in plain text when there is no folder of them.
///
/// With keys, SIGHUP has the list of those let in read again.
final class RemoteDoor {
    let entrance: Entrance
    private let gatekeeper: Gatekeeper?
    private let reload: (any DispatchSourceSignal)?

    /// - Throws: `WireError` when the keys, the list or an address are not to be used.
    init(_ context: Context, listen: [String], keys path: String?, logger: Logger) throws {
        let endpoints = try listen.map { try Endpoint($0) }
        guard let path else {
            entrance = Entrance(endpoints, security: .plain)
            (gatekeeper, reload) = (nil, nil)
            return
        }
        let folder = KeyFolder(path)
        let pair = try folder.pair()
        // Who holds this coordinator's own pair may ask it for its status.
        let gatekeeper = try Gatekeeper(context, allowing: try folder.allowList().adding(pair.open))
        entrance = Entrance(endpoints, security: .server(pair, gatekeeper))
        self.gatekeeper = gatekeeper
        // Weakly: the queue may let go of the handler late, and with a gatekeeper goes its context, which is to be
        // waited for before the process ends.
        reload = Self.onHangup { [weak gatekeeper] in
            if let gatekeeper { Self.reload(gatekeeper, folder, pair.open, logger) }
        }
    }

    deinit { reload?.cancel() }

    /// Who was turned away since the last call, in lines for people.
    func takeRefusals() -> [String] { gatekeeper?.takeRefusals() ?? [] }

    private static func onHangup(_ action: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
        // The disposition must change, or the process would die before the source hears of the signal.
        signal(SIGHUP, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
        source.setEventHandler(handler: action)
        source.resume()
        return source
    }

    /// A list with a mistake in it changes nothing: half of it would turn away workers that were let in.
    private static func reload(
        _ gatekeeper: Gatekeeper,
        _ folder: KeyFolder,
        _ own: PublicKey,
        _ logger: Logger
    ) {
        do {
            let list = try folder.allowList()
            gatekeeper.use(list.adding(own))
            logger.notice("read authorized_workers again: \(list.count) keys")
        } catch {
            logger.error("\(error.message); the old list stays in use")
        }
    }
}
