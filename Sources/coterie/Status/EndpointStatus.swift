import Dashboard
import Foundation
import Services

/// Asks a coordinator over the wire.
struct EndpointStatus {
    /// A busy machine takes seconds for a handshake, and for refusing one.
    private static let patience = Duration.seconds(15)

    let command: Status
    let display: StatusDisplay

    func run() throws {
        let inquiry = try StatusInquiry(endpoint: command.place, keys: command.inquiryKeys)
        try display.show(try snapshot(inquiry))
        while command.watch {
            Thread.sleep(forTimeInterval: 1)
            do {
                try display.show(try snapshot(inquiry))
            } catch let error as ServiceError where error.exitCode == ExitStatus.unavailable.rawValue {
                // It answered before: the job is over, as far as anybody can tell from here.
                return StandardError.note("the coordinator does not answer any more: \(command.place)")
            }
        }
    }

    private func snapshot(_ inquiry: StatusInquiry) throws -> FleetSnapshot {
        let text = try inquiry.ask(within: Self.patience)
        guard let snapshot = try? FleetSnapshot(json: text) else {
            throw CommandError(
                .unavailable,
                "status not understood",
                at: command.place,
                fix: "run the same version of coterie everywhere"
            )
        }
        return snapshot
    }
}
