/// The faults of a simulation, listed before it begins, so that a plan can be made smaller by leaving some out.
struct FaultPlan: Hashable, Sendable {
    var faults: [Fault]

    /// The plan that follows from the seed.
    init(for options: SimulationOptions) {
        var drawing = FaultDrawing(options)
        // One in sixteen has none, and must do as well as the reference alone.
        let count = drawing.random.integer(0...15) == 0 ? 0 : drawing.random.integer(2...10)
        let times = (0..<count).map { _ in drawing.random.integer(0...options.faultsEnd) }.sorted()
        faults = times.enumerated().map { number, time in
            Fault(number: number + 1, time: time, kind: drawing.kind(at: time))
        }
    }

    /// Those of these numbers.
    func keeping(_ numbers: Set<Int>) -> FaultPlan {
        var plan = self
        plan.faults = faults.filter { numbers.contains($0.number) }
        return plan
    }
}

/// Draws faults that end in time.
private struct FaultDrawing {
    var random: SeededRandom
    private let options: SimulationOptions

    init(_ options: SimulationOptions) {
        self.options = options
        random = SeededRandom(seed: options.seed, purpose: 2)
    }

    mutating func kind(at time: Microseconds) -> Fault.Kind {
        switch random.integer(0...20) {
        case 0...3: .workerCrash(slot: slot(), isNoticed: random.chance(permille: 500), back: span(3000, at: time))
        case 4: .workerDrain(slot: slot())
        case 5: .workerPause(slot: slot(), span: span(8000, at: time))
        case 6: .workerHang(slot: slot(), span: span(20_000, at: time))
        case 7...8: .coordinatorCrash(tail: tail(), back: span(3000, at: time), clockStep: clockStep())
        case 9...10: .crashWhileRecording(tail: tail(), back: span(3000, at: time), clockStep: clockStep())
        case 11: .coordinatorPause(span: span(6000, at: time))
        case 12: .interruption(back: span(2000, at: time))
        case 13...15: partition(at: time)
        case 16: .slowLink(slot: slot(), delay: random.magnitude(10...2000) * 1000, span: span(8000, at: time))
        case 17: .loss(permille: random.integer(5...300), span: span(12_000, at: time))
        case 18: .staleCopy(slot: slot(), back: span(3000, at: time))
        case 19: .duplication(permille: random.integer(5...500), span: span(12_000, at: time))
        default: .reordering(delay: random.magnitude(5...4000) * 1000, span: span(12_000, at: time))
        }
    }

    private mutating func partition(at time: Microseconds) -> Fault.Kind {
        let parted = (0..<options.size.workers).filter { _ in random.chance(permille: 400) }
        return .partition(
            slots: parted.isEmpty ? [slot()] : parted,
            direction: [.both, .both, .toCoordinator, .toWorkers][random.integer(0...3)],
            isHeld: random.chance(permille: 300),
            span: span(10_000, at: time)
        )
    }

    private mutating func slot() -> Int { random.integer(0...options.size.workers - 1) }

    /// Up to so many milliseconds, but not past the end of all faults.
    private mutating func span(_ milliseconds: Int, at time: Microseconds) -> Microseconds {
        let length =
            random.chance(permille: 500) ? random.magnitude(10...milliseconds) : random.integer(10...milliseconds)
        return min(length * 1000, options.faultsEnd - time)
    }

    private mutating func tail() -> TailFate {
        switch random.integer(0...3) {
        case 0: .lost
        case 1: .kept
        default: .torn(random.integer(1...999))
        }
    }

    /// By how many milliseconds the wall clock is set while the coordinator is down.
    private mutating func clockStep() -> Int {
        random.chance(permille: 200) ? random.integer(-5000...5000) : 0
    }
}
