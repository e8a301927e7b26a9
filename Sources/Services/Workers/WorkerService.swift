import Clustering
import Coordination
import Foundation
import Logging
package import Shards
import Tensors
import Wire

/// The worker's process: hears the coordinator on one thread, computes on others.
package final class WorkerService {
    private let options: WorkerOptions
    private let interruption: Interruption
    private let clock = ContinuousClock()
    private let began: ContinuousClock.Instant
    private let wake: WakeSignal
    private let runner: TaskRunner
    private let opener: JobOpener
    private let logger = Logger(label: "worker")

    private var machine: Worker
    private var session: (any TaskSession)?
    /// The job that is being opened, and what is to be done once it is.
    private var opening: String?
    private var deferred: [(effect: WorkerEffect, tensors: [WireTensor])] = []
    private var round: Round?
    private var roundID: RoundID?
    private var parameters: [ParameterReference: Parameter] = [:]
    private var end: (exitCode: Int32, reason: String?)?
    private var pending: [WorkerEvent] = [.started]
    private var isDraining = false
    private var waiting = WaitingNotice()
    private var warnings = MalformedWarnings()

    /// - Parameter ledger: of what the worker reads, which it states with its answers.
    /// - Throws: `TensorError` when the kernel that was asked for is not to be had on this machine.
    package init(
        _ options: WorkerOptions,
        interruption: Interruption,
        ledger: ReadingLedger = .process
    ) throws {
        self.options = options
        self.interruption = interruption
        wake = try WakeSignal()
        runner = TaskRunner(threads: options.threads, exitPoint: options.exitPoint, ledger: ledger, wake: wake)
        opener = JobOpener(wake: wake)
        began = clock.now
        let request = JoinRequest(
            name: options.name,
            process: ProcessInfo.processInfo.processIdentifier,
            host: ProcessInfo.processInfo.hostName,
            threads: options.threads,
            fingerprint: KernelFingerprint.of(try KernelPath.selected)
        )
        machine = Worker(
            settings: WorkerSettings(
                request: request,
                endpoint: options.endpoint,
                deathTimeout: options.deathTimeout
            ),
            at: Instant(.zero)
        )
    }

    /// Works until the job is over.
    /// - Throws: the reason when the worker could not take part or lost its coordinator.
    package func run() throws {
        BatchScheduling.begin()
        if options.hasLifeline { Lifeline.hold(endpoint: options.endpoint) }
        let wake = wake
        interruption.notify { wake.wake() }
        let socket = try connect()
        settle(socket)
        while end == nil {
            for incoming in try socket.poll(timeout: timeout) {
                take(incoming, socket)
            }
            takeOpened()
            takeNews(socket)
            noteInterruption()
            pending.append(.tick)
            settle(socket)
            noteWaiting(socket)
        }
        guard let end, end.exitCode != 0 else { return }
        // What is known of the silence says more than that there was one.
        if end.exitCode == Worker.fleetLost, end.reason != nil, let suspicion = socket.suspicion { throw suspicion }
        try fail(end.exitCode, end.reason)
    }

    /// How long a name may be nobody's: that of a service comes up with its machine.
    private static let patienceWithNames = Duration.seconds(5)

    /// - Throws: `WireError`; `.unresolved` once the coordinator's name has been nobody's for a while.
    private func connect() throws -> WorkerSocket {
        let endpoint = try Endpoint(options.endpoint)
        let patience = min(options.deathTimeout, Self.patienceWithNames)
        while let failure = endpoint.resolutionFailure {
            guard now.sinceOrigin < patience, !interruption.isRequested else { throw failure }
            if !waiting.isSaid { options.say("waiting for the coordinator: \(failure.message)") }
            waiting.isSaid = true
            Thread.sleep(forTimeInterval: 0.1)
        }
        return try WorkerSocket(
            context: try Context(),
            worker: WorkerID(UInt64.random(in: .min ... .max)),
            endpoint: endpoint,
            security: try options.keys.map { try Self.security($0) } ?? .plain,
            wake: wake
        )
    }

    private func noteWaiting(_ socket: WorkerSocket) {
        guard end == nil, let line = waiting.line(isWaiting: machine.isWaiting, at: now) else { return }
        let more =
            socket.suspicion.map { "it hangs up; \($0.message)" }
            ?? "it is given up after \(options.deathTimeout.milliseconds / 1000) s of silence"
        options.say("\(line): \(options.endpoint)" + (machine.isWaiting ? "; \(more)" : ""))
    }

    /// - Parameter reason: nil when it is the coordinator that failed, which says why itself: to the same terminal where
    ///   it started this worker.
    private func fail(_ exitCode: Int32, _ reason: String?) throws {
        if reason == nil && options.hasLifeline { return }
        throw ServiceError(
            exitCode: exitCode,
            reason ?? "job ended early: \(options.endpoint); see what the coordinator says"
        )
    }

    private static func security(_ keys: WorkerKeys) throws -> Security {
        .client(
            try KeyFolder(keys.folder).pair(),
            coordinator: try KeyFolder.publicKey(at: keys.coordinator)
        )
    }

    private var now: Instant { Instant(clock.now - began) }

    private var timeout: Duration? {
        machine.nextDeadline.map { max(Duration.zero, $0 - now) }
    }

    private func take(_ incoming: WorkerSocket.Incoming, _ socket: WorkerSocket) {
        switch incoming {
        case .envelope(let envelope):
            handle(.received(envelope.message, term: envelope.term), tensors: envelope.tensors, socket)
            if case .welcome = envelope.message { options.exitPoint?.reach(.joined) }
        case .alive:
            handle(.heard, tensors: [], socket)
        case .malformed(let error):
            if let line = warnings.line(for: error, isOfWorker: false, at: now) { logger.warning("\(line)") }
        }
        settle(socket)
    }

    private func takeNews(_ socket: WorkerSocket) {
        for news in runner.takeNews() {
            switch news {
            case .progressed(let lease, let finished):
                handle(.progressed(lease, finishedBlocks: finished), tensors: [], socket)
            case .finished(let notice, let tensors):
                options.exitPoint?.reach(.mapped)
                handle(.finished(notice), tensors: tensors, socket)
                options.exitPoint?.reach(.answered)
            case .failed(let failure):
                handle(.failed(failure), tensors: [], socket)
            }
        }
    }

    /// Asked once, a worker hands back what it has not begun; asked twice, it goes at once.
    private func noteInterruption() {
        if interruption.isUrgent {
            end = (0, nil)
        } else if interruption.isRequested && !isDraining {
            isDraining = true
            options.say("asked to go by \(interruption.cause ?? "its user"): handing back what is not begun")
            runner.drain()
            pending.append(.drain)
        }
    }

    private func settle(_ socket: WorkerSocket) {
        while !pending.isEmpty && end == nil {
            handle(pending.removeFirst(), tensors: [], socket)
        }
    }
}

// Effects.
extension WorkerService {
    private func handle(_ event: WorkerEvent, tensors: [WireTensor], _ socket: WorkerSocket) {
        for effect in machine.handle(event, at: now) {
            note(effect, of: event)
            switch effect {
            case .send(let message): send(message, tensors: tensors, socket)
            case .open(let job): open(job)
            case .prepare, .run, .cancel: work(effect, tensors: tensors)
            case .exit(let code, let reason): end = (code, reason)
            case .ignored: break
            }
        }
    }

    /// Says what a worker does that is not its work, for who reads the log.
    private func note(_ effect: WorkerEffect, of event: WorkerEvent) {
        switch effect {
        case .send(.join): logger.debug("asks \(options.endpoint) to be taken in")
        case .send(.leave): logger.debug("leaves \(options.endpoint)")
        case .send(.unable(let reason)): logger.debug("leaves \(options.endpoint): \(reason)")
        case .open: logger.info("joined \(options.endpoint) in term \(machine.term?.description ?? "")")
        case .cancel(let lease): logger.debug("drops lease \(lease)")
        case .exit(let code, let reason): logger.info("ends with \(code)\(reason.map { ": \($0)" } ?? "")")
        case .ignored:
            if case .received(let message, let term) = event {
                logger.debug("ignored: \(message.summary) in term \(term)")
            }
        case .send, .prepare, .run: return
        }
    }

    /// Only an answer carries arrays; they are those that came with the event it answers.
    private func send(_ message: Message, tensors: [WireTensor], _ socket: WorkerSocket) {
        var attached: [WireTensor] = []
        if case .partial = message { attached = tensors }
        do {
            try socket.send(Envelope(term: machine.term ?? Term(0), cause: 0, message: message, tensors: attached))
        } catch {
            if let line = warnings.line(for: error, isOfWorker: true, at: now) { logger.warning("\(line)") }
        }
    }

    private func open(_ job: String) {
        session = nil
        parameters = [:]
        deferred = []
        // Taken in once more while the job is still being opened, it waits for that.
        guard opening != job else { return }
        opening = job
        opener.open(job)
    }

    private func takeOpened() {
        for opened in opener.takeOpened() where opened.job == opening {
            opening = nil
            switch opened.result {
            case .success(let session):
                self.session = session
                for (effect, tensors) in deferred { work(effect, tensors: tensors) }
            case .failure(let error):
                let described = FailureDescription(error)
                pending.append(.unable(exitCode: described.exitCode, reason: described.message))
            }
            deferred = []
        }
    }

    /// Does what is to be done with the job, or puts it off until the job is open.
    private func work(_ effect: WorkerEffect, tensors: [WireTensor]) {
        guard opening == nil else { return deferred.append((effect, tensors)) }
        switch effect {
        case .prepare(let notice): prepare(notice, tensors: tensors)
        case .run(let lease): run(lease)
        case .cancel(let lease): runner.cancel(lease)
        default: break
        }
    }

    /// Keeps the arrays that the round names: those attached, and of the last round's those that are named again.
    private func prepare(_ notice: RoundNotice, tensors: [WireTensor]) {
        do {
            guard notice.attached.count == tensors.count else {
                throw ServiceError.internalError("round without its arrays: \(notice.kind); report this")
            }
            var kept = parameters.filter { notice.parameters.contains($0.key) }
            for (place, tensor) in zip(notice.attached, tensors) {
                let reference = notice.parameters[place]
                kept[reference] = Parameter(try NamedArray(tensor), version: reference.version)
            }
            parameters = kept
            roundID = notice.round
            var next = Round(
                kind: notice.kind,
                parameters: notice.parameters.compactMap { kept[$0] },
                blocks: 0
            )
            next.blocks = try session?.taskCount(of: next) ?? 0
            round = next
        } catch {
            let described = FailureDescription(error)
            pending.append(.unable(exitCode: described.exitCode, reason: described.message))
        }
    }

    private func run(_ lease: Lease) {
        guard let session, let round, roundID == lease.round else {
            pending.append(.unable(exitCode: 70, reason: "lease of an unknown round: \(lease.round); report this"))
            return
        }
        runner.run(lease, of: round, in: session)
    }
}
