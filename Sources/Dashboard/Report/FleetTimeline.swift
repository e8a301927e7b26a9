/// Who was there when, one lane per worker, with what happened to each.
struct FleetTimeline {
    private static let mostLanes = 100
    private static let mostMarks = 1000
    private static let laneHeight = 24.0
    private static let left = 130.0
    private static let nameLength = 18

    private struct Lane {
        let name: String
        /// The lives of the worker, each from joining to losing it.
        var lives: [ClosedRange<Double>]
        var events: [FleetEventRecord]
    }

    let workers: [RunRecord.Worker]
    let events: [FleetEventRecord]
    /// The length of the run.
    let seconds: Double

    private var end: Double {
        let times = [seconds] + events.map(\.time) + workers.map(\.joinedAt) + workers.compactMap(\.lostAt)
        return max(times.max() ?? 0, 1e-3)
    }

    /// The coordinator's lane for events of no worker, then the workers in the order they first appear.
    private var lanes: [Lane] {
        var lanes = [Lane(name: "coordinator", lives: [0...end], events: [])]
        var laneOf: [String: Int] = [:]
        func lane(of name: String) -> Int {
            if let lane = laneOf[name] { return lane }
            laneOf[name] = lanes.count
            lanes.append(Lane(name: name, lives: [], events: []))
            return lanes.count - 1
        }
        for worker in workers {
            let last = max(worker.lostAt ?? end, worker.joinedAt)
            lanes[lane(of: worker.name)].lives.append(worker.joinedAt...last)
        }
        for event in events {
            lanes[event.worker.map(lane) ?? 0].events.append(event)
        }
        return lanes
    }

    var svg: Markup {
        let lanes = lanes
        if lanes.count == 1 && events.isEmpty { return "" }
        let shown = lanes.prefix(Self.mostLanes)
        let bottom = Double(shown.count) * Self.laneHeight + 4
        let drawn = shown.enumerated().map { draw($1, at: Double($0) * Self.laneHeight + Self.laneHeight / 2 + 2) }
        return """
            <div class="chart"><svg viewBox="0 0 \(Plot.width) \(Int(bottom) + 42)" role="img" \
            aria-labelledby="fleet-title fleet-description">
            <title id="fleet-title">Workers over time</title>
            <desc id="fleet-description">One lane per worker, from when it joined to when it was lost; the events are in \
            the table below.</desc>
            \(timeAxis(bottom))\(drawn)</svg></div>
            \(legend)\(omission(lanes.count - shown.count))
            """
    }

    private func x(_ time: Double) -> Double {
        Self.left + min(max(time / end, 0), 1) * (Plot.right - Self.left)
    }

    private func draw(_ lane: Lane, at middle: Double) -> Markup {
        let lives = lane.lives.map { life -> Markup in
            let start = x(life.lowerBound)
            return """
                <rect class="life" x="\(at: start)" y="\(at: middle - 5)" \
                width="\(at: max(x(life.upperBound) - start, 1))" height="10" rx="2"><title>\(lane.name)
                \(NumberText.duration(life.lowerBound)) to \(NumberText.duration(life.upperBound))</title></rect>

                """
        }
        let notable = lane.events.filter { !$0.event.isRoutine }
        let routine = lane.events.filter(\.event.isRoutine)
        let marks = (routine.suffix(Self.mostMarks) + notable.prefix(Self.mostMarks)).map { mark($0, at: middle) }
        return """
            <text class="lane" x="0" y="\(at: middle + 4)">\(Self.shortened(lane.name))<title>\(lane.name)</title></text>
            \(lives)\(marks)
            """
    }

    private static func shortened(_ name: String) -> String {
        name.count > nameLength ? name.prefix(nameLength - 1) + "…" : name
    }

    private func mark(_ event: FleetEventRecord, at middle: Double) -> Markup {
        let note = [event.event.words, "at " + NumberText.duration(event.time), event.detail].compactMap(\.self)
        return """
            <g transform="translate(\(at: x(event.time)) \(at: middle))">\(EventMark(event.event).shape)\
            <title>\(note.joined(separator: "\n"))</title></g>

            """
    }

    private func timeAxis(_ bottom: Double) -> Markup {
        let (unit, name) = end > 7200 ? (3600.0, "hours") : end > 180 ? (60.0, "minutes") : (1.0, "seconds")
        let ticks = Axis.linear(over: [0, end / unit], ticks: 9).ticks.map { tick -> Markup in
            let position = x(tick.value * unit)
            return """
                <line class="grid" x1="\(at: position)" y1="0" x2="\(at: position)" y2="\(at: bottom)"/>\
                <text x="\(at: position)" y="\(at: bottom + 15)" text-anchor="middle">\(tick.label)</text>

                """
        }
        return """
            \(ticks)<text class="name" x="\(at: (Self.left + Plot.right) / 2)" y="\(at: bottom + 34)" text-anchor="middle">\
            Time since the start, \(name)</text>

            """
    }

    /// The kinds of mark that occur, each beside its words.
    private var legend: Markup {
        let marks = EventMark.allCases.filter { mark in events.contains { EventMark($0.event) == mark } }
        let entries = marks.map { mark -> Markup in
            """
            <li><svg viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true">\(mark.shape)</svg>\(mark.words)</li>

            """
        }
        return entries.isEmpty ? "" : "<ul class=\"legend\">\n\(entries)</ul>\n"
    }

    private func omission(_ count: Int) -> Markup {
        count > 0 ? "<p class=\"muted\">\(count) more workers are in the table only.</p>\n" : ""
    }
}
