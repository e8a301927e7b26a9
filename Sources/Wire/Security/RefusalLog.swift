/// Who was turned away, for a person to read: as much as nobody can drown a log in.
struct RefusalLog {
    /// Lines at a time.
    static let mostLines = 8
    static let pause = Duration.seconds(10)

    private var lines: [String] = []
    private var omitted = 0
    private var last: ContinuousClock.Instant?

    mutating func add(_ request: AdmissionRequest) {
        let line =
            "key refused: \(request.key) at \(request.address); add it to authorized_workers and send SIGHUP to admit it"
        guard !lines.contains(line) else { return }
        if lines.count < Self.mostLines { lines.append(line) } else { omitted += 1 }
    }

    /// The lines since the last time; none until a while after that.
    mutating func take(at now: ContinuousClock.Instant) -> [String] {
        guard !lines.isEmpty, last.map({ now - $0 >= Self.pause }) ?? true else { return [] }
        defer { (lines, omitted, last) = ([], 0, now) }
        return omitted == 0 ? lines : lines + ["keys refused: \(omitted) more times; look for who tries"]
    }
}
