import CZeroMQ
import Dispatch
import Foundation
import Synchronization

/// Answers libzmq's question for every handshake at a coordinator: is this key let in?
///
/// A thread of its own, so that a coordinator in the middle of a round's end does not keep workers at the door until
/// their handshakes time out. The thread alone touches the socket. It must be there before a socket listens with CURVE,
/// and for as long: without somebody to ask, libzmq lets everybody in. `Security.server` holds it for that reason.
///
/// One in each context.
package final class Gatekeeper: Sendable {
    private let desk: Desk
    private let stop: WakeSignal

    /// - Throws: `.transport` when the thread's socket cannot be opened or the context has a gatekeeper already.
    package init(_ context: Context, allowing list: AllowList) throws(WireError) {
        desk = Desk(context, list)
        stop = try WakeSignal()
        let (desk, stop) = (desk, stop)
        Thread.detachNewThread {
            desk.serve(until: stop)
            desk.ended.signal()
        }
        desk.started.wait()
        if let failure = desk.failure { throw failure }
    }

    deinit {
        stop.wake()
        // The thread's socket keeps the context, and whoever lets go of the last waits for its messages to leave.
        desk.ended.wait()
    }

    /// Judges handshakes and messages by another list from now on.
    package func use(_ list: AllowList) {
        desk.replace(list)
    }

    /// Whether a message may still be listened to.
    ///
    /// - Parameter userID: the text of the key that its sender was let in with.
    func admits(_ userID: String) -> Bool { desk.admits(userID) }

    /// Who was turned away since the last call, at most eight lines in ten seconds.
    package func takeRefusals() -> [String] {
        desk.takeRefusals()
    }
}

/// What the gatekeeper's thread and the others share.
private final class Desk: Sendable {
    private struct State {
        /// The thread's to take.
        var context: Context?
        var list: AllowList
        var refusals = RefusalLog()
        var failure: WireError?
    }

    let started = DispatchSemaphore(value: 0)
    let ended = DispatchSemaphore(value: 0)
    private let state: Mutex<State>

    init(_ context: Context, _ list: AllowList) {
        state = Mutex(State(context: context, list: list))
    }

    var failure: WireError? { state.withLock { $0.failure } }

    func replace(_ list: AllowList) { state.withLock { $0.list = list } }

    func admits(_ userID: String) -> Bool { state.withLock { $0.list.contains(userID) } }

    func takeRefusals() -> [String] { state.withLock { $0.refusals.take(at: .now) } }

    /// Opens the socket, says so, and answers until the signal.
    func serve(until stop: WakeSignal) {
        let context = state.withLock { state in
            defer { state.context = nil }
            return state.context
        }
        guard let context else { return }
        do {
            let socket = try Self.open(context)
            started.signal()
            answerAll(socket, until: stop)
        } catch {
            state.withLock { $0.failure = error }
            started.signal()
        }
    }

    private static func open(_ context: Context) throws(WireError) -> Socket {
        let socket = try Socket(.reply, context)
        try socket.set(ZMQ_LINGER, Int32(0))
        do {
            try socket.bind("inproc://zeromq.zap.01")
        } catch {
            throw error.transport("cannot ask for keys")
        }
        return socket
    }

    /// A question that cannot be read or answered is passed over; the socket stays open whatever happens, because
    /// libzmq lets everybody in when it is closed.
    private func answerAll(_ socket: borrowing Socket, until stop: WakeSignal) {
        while true {
            var waiting = Waiting()
            waiting.add(socket)
            waiting.add(stop)
            // A wait that fails comes back at once, and so would the next.
            let isReadable = (try? waiting.wait(timeout: nil)) ?? false
            if stop.clear() { return }
            guard isReadable else {
                Thread.sleep(forTimeInterval: 0.01)
                continue
            }
            guard let frames = try? Self.receive(socket) else { continue }
            for (index, frame) in answer(to: frames).enumerated() {
                try? socket.send(frame[...], more: index < 5)
            }
        }
    }

    /// The frames of one question, or as much of them as is needed to see that it makes no sense.
    private static func receive(_ socket: borrowing Socket) throws(WireError) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var reader = FrameReader()
        guard try reader.advance(socket) else { return [] }
        while true {
            frames.append(reader.buffer.count <= AdmissionRequest.frameBytes ? reader.buffer.bytes : [])
            guard frames.count <= AdmissionRequest.frameCount, reader.buffer.hasMore, try reader.advance(socket) else {
                break
            }
        }
        try reader.skipRest(socket)
        return frames
    }

    private func answer(to frames: [[UInt8]]) -> [[UInt8]] {
        guard let request = AdmissionRequest(frames) else {
            return AdmissionRequest.answer(to: frames.count > 1 ? frames[1] : [], admitting: nil)
        }
        let isAdmitted = state.withLock { state in
            let isAdmitted = state.list.contains(request.key)
            if !isAdmitted { state.refusals.add(request) }
            return isAdmitted
        }
        return AdmissionRequest.answer(to: request.id, admitting: isAdmitted ? request.key : nil)
    }
}
