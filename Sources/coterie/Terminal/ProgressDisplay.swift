import Foundation

/// How far a job is, for somebody who waits: a bar on a terminal, elsewhere a plain line every ten seconds.
struct ProgressDisplay {
    /// How to show it.
    enum Style: Equatable {
        case nothing
        /// A line of text now and then, for a log.
        case lines
        /// One line that is drawn again and again.
        case bar(isColoured: Bool)
    }

    /// What is known at one moment; nil where there is nothing to say.
    struct State: Equatable {
        var phase: String
        var done: Int
        /// Where `done` ends; nil when that is not known.
        var limit: Int?
        var objective: Double?
        /// Rows whose label changed.
        var moved: Int?
        var rowsPerSecond: Double?
        /// Seconds until the end.
        var remaining: Double?
        /// Whether the end may come before.
        var isAtMost = false
        var workers: Int?
    }

    private let style: Style
    private let now: () -> Duration
    private let sink: (String) -> Void
    private var lastShown: Duration?
    private var hasOpenLine = false
    private var pending: State?

    /// - Parameters:
    ///   - now: the time since any fixed moment.
    ///   - sink: takes what is to appear on standard error.
    init(style: Style, now: @escaping () -> Duration, sink: @escaping (String) -> Void) {
        self.style = style
        self.now = now
        self.sink = sink
        // A job of less than ten seconds needs no line in a log.
        lastShown = style == .lines ? now() : nil
    }

    /// Shows where the job is, unless something was shown just before.
    mutating func update(
        phase: String,
        done: Int,
        limit: Int? = nil,
        objective: Double? = nil,
        moved: Int? = nil,
        rowsPerSecond: Double? = nil,
        remaining: Double? = nil,
        isAtMost: Bool = false,
        workers: Int? = nil
    ) {
        guard let interval else { return }
        let state = State(
            phase: phase,
            done: done,
            limit: limit,
            objective: objective,
            moved: moved,
            rowsPerSecond: rowsPerSecond,
            remaining: remaining,
            isAtMost: isAtMost,
            workers: workers
        )
        let time = now()
        if let lastShown, time - lastShown < interval {
            pending = state
        } else {
            lastShown = time
            show(state)
        }
    }

    /// Ends the line, so that what follows stands below it.
    mutating func finish() {
        guard case .bar = style else { return }
        if let pending { show(pending) }
        if hasOpenLine { sink("\n") }
        hasOpenLine = false
    }

    /// Time between two showings; nil if there are none.
    private var interval: Duration? {
        switch style {
        case .nothing: nil
        case .lines: .seconds(10)
        case .bar: .milliseconds(100)
        }
    }

    private mutating func show(_ state: State) {
        pending = nil
        switch style {
        case .nothing: break
        case .lines: sink(state.text + "\n")
        case .bar(let isColoured):
            // To the first column, and clear what was there.
            sink("\r\u{1B}[K" + state.bar(isColoured: isColoured))
            hasOpenLine = true
        }
    }
}

extension ProgressDisplay {
    /// The display for this process's standard error.
    init(options: ProgressOptions, environment: [String: String]) {
        let clock = ContinuousClock()
        let start = clock.now
        let style = Style(
            isShown: !options.quiet && !options.noProgress,
            isTerminal: isatty(STDERR_FILENO) == 1,
            environment: environment
        )
        self.init(style: style, now: { clock.now - start }, sink: StandardError.write)
    }
}

extension ProgressDisplay.Style {
    /// - Parameter isShown: false when the user wants none.
    init(isShown: Bool, isTerminal: Bool, environment: [String: String]) {
        guard isShown else {
            self = .nothing
            return
        }
        // A dumb terminal cannot go back in a line. NO_COLOR counts when it is not empty (no-color.org).
        let canRedraw = isTerminal && environment["TERM"] != "dumb"
        self = canRedraw ? .bar(isColoured: (environment["NO_COLOR"] ?? "").isEmpty) : .lines
    }
}
