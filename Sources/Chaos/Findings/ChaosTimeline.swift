import Dashboard

/// Who was there when and what was done to whom: one lane for each place in the fleet, and the rounds below.
struct ChaosTimeline {
    private static let mostLanes = 64
    private static let mostEvents = 2000
    private static let width = 1000.0
    private static let left = 96.0
    private static let right = 990.0
    private static let laneHeight = 22.0
    private static let rateHeight = 56.0
    private static let bins = 149

    let record: ChaosRecord

    private var end: Double {
        let ends = record.lanes.flatMap(\.lives).compactMap(\.ended) + record.faults.compactMap(\.ended)
        return max(record.faulted.seconds, ends.max() ?? 0, 1e-3)
    }

    /// The coordinator, the workers, and the machine where something was done to it.
    private var lanes: [ChaosRecord.Lane] {
        let shown = Array(record.lanes.prefix(Self.mostLanes))
        let hasMachine = record.faults.contains { $0.target == .machine }
        return hasMachine ? shown + [ChaosRecord.Lane(name: "machine")] : shown
    }

    var svg: Markup {
        let lanes = lanes
        let bottom = Double(lanes.count) * Self.laneHeight + 8
        let drawn = lanes.enumerated().map { draw($1, at: Double($0) * Self.laneHeight + Self.laneHeight / 2 + 4) }
        let height = Int(bottom + Self.rateHeight + 52)
        return """
            <div class="chart"><svg viewBox="0 0 \(Int(Self.width)) \(height)" role="img" aria-labelledby="lanes-title lanes-text">
            <title id="lanes-title">The fleet and its faults over time</title>
            <desc id="lanes-text">One lane for the coordinator and for each worker; faults are in the table below.</desc>
            \(timeAxis(bottom + Self.rateHeight + 10))\(drawn)\(rate(bottom + 10))</svg></div>
            \(legend)\(omission)
            """
    }

    private func x(_ time: Double) -> Double {
        Self.left + min(max(time / end, 0), 1) * (Self.right - Self.left)
    }

    private func draw(_ lane: ChaosRecord.Lane, at middle: Double) -> Markup {
        let lives = lane.lives.map { life -> Markup in
            let note =
                "process \(life.process)\nfrom \(NumberText.duration(life.began))"
                + (life.ended.map { "\nto \(NumberText.duration($0)), \(life.ending ?? "")" } ?? "")
            return """
                <rect class="life" x="\(at: x(life.began))" y="\(at: middle - 4)" \
                width="\(at: max(x(life.ended ?? end) - x(life.began) - 1, 1))" height="8" rx="2"><title>\(lane.name)
                \(note)</title></rect>

                """
        }
        let faults = record.faults.filter { $0.victims.contains(lane.name) && $0.began != nil }
        let events = record.events.filter { $0.worker == lane.name }.prefix(Self.mostEvents)
        return """
            <text class="lane" x="0" y="\(at: middle + 4)">\(lane.name)</text>
            \(lives)\(events.map { mark($0, at: middle) })\(faults.map { draw($0, at: middle) })
            """
    }

    private func draw(_ fault: FaultReport, at middle: Double) -> Markup {
        let begin = x(fault.began ?? fault.due)
        let width = fault.kind.lasts ? x(fault.ended ?? end) - begin : 0
        let note = "\(fault.number) \(fault.title)\nat \(NumberText.duration(fault.began ?? fault.due))\n\(fault.proof)"
        let shape: Markup =
            width > 1
            ? "<rect class=\"span\" x=\"\(at: begin)\" y=\"\(at: middle - 8)\" width=\"\(at: width)\" height=\"16\" rx=\"2\"/>"
            : "<line class=\"strike\" x1=\"\(at: begin)\" x2=\"\(at: begin)\" y1=\"\(at: middle - 9)\" y2=\"\(at: middle + 9)\"/>"
        return """
            <g class="\(FaultFamily(fault.kind).name)\(fault.fired ? "" : " unfired")">\(shape)\
            <circle class="flag" cx="\(at: begin)" cy="\(at: middle - 4)" r="6.5"/>\
            <text class="flag-text" x="\(at: begin)" y="\(at: middle - 1)">\(fault.number)</text><title>\(note)</title></g>

            """
    }

    private func mark(_ event: FleetEventRecord, at middle: Double) -> Markup {
        let shape: Markup
        switch event.event {
        case .joined: shape = "<path class=\"mark good\" d=\"M-3-4 4 0-3 4Z\"/>"
        case .lost: shape = "<path class=\"cross\" style=\"stroke-width:2\" d=\"M-3.5-3.5 3.5 3.5M3.5-3.5-3.5 3.5\"/>"
        case .leasedAgain: shape = "<path class=\"mark warn\" d=\"M0-4 4 0 0 4-4 0Z\"/>"
        default: return ""
        }
        let words = [event.event.rawValue.replacing("_", with: " "), event.from.map { "from \($0)" }, event.detail]
        return """
            <g transform="translate(\(at: x(event.time)) \(at: middle + 4))">\(shape)<title>\
            \((words + [NumberText.duration(event.time)]).compactMap(\.self).joined(separator: "\n"))</title></g>

            """
    }

    /// Rounds that were finished, counted in equal stretches of time.
    private func rate(_ top: Double) -> Markup {
        var counts = [Int](repeating: 0, count: Self.bins)
        for time in record.rounds { counts[min(Self.bins - 1, Int(time / end * Double(Self.bins)))] += 1 }
        let most = max(counts.max() ?? 1, 1)
        let stretch = end / Double(Self.bins)
        let bars = counts.enumerated().filter { $0.element > 0 }.map { index, count -> Markup in
            let height = Double(count) / Double(most) * Self.rateHeight
            let begin = Double(index) * stretch
            return """
                <rect class="bar" x="\(at: x(begin))" y="\(at: top + Self.rateHeight - height)" \
                width="\(at: max(x(begin + stretch) - x(begin) - 0.6, 0.6))" height="\(at: height)"><title>\
                \(count) rounds from \(NumberText.duration(begin))</title></rect>

                """
        }
        return """
            <text class="lane" x="0" y="\(at: top + 14)">rounds</text>
            <text x="0" y="\(at: top + 29)">\(NumberText.grouped(record.rounds.count)) in all</text>
            \(bars)
            """
    }

    private func timeAxis(_ bottom: Double) -> Markup {
        let (unit, name) = end > 7200 ? (3600.0, "hours") : end > 180 ? (60.0, "minutes") : (1.0, "seconds")
        let ticks = Axis.linear(over: [0, end / unit], ticks: 10).ticks.map { tick -> Markup in
            let position = x(tick.value * unit)
            return """
                <line class="grid" x1="\(at: position)" y1="0" x2="\(at: position)" y2="\(at: bottom)"/>\
                <text x="\(at: position)" y="\(at: bottom + 15)" text-anchor="middle">\(tick.label)</text>

                """
        }
        return """
            \(ticks)<text class="name" x="\(at: (Self.left + Self.right) / 2)" y="\(at: bottom + 33)" text-anchor="middle">\
            Time since the fleet was started, \(name)</text>

            """
    }

    private var legend: Markup {
        let families = FaultFamily.allCases.filter { family in record.faults.contains { FaultFamily($0.kind) == family }
        }
        let faults = families.map { family -> Markup in
            """
            <li><svg viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true" class="\(family.name)">\
            <circle class="flag" r="6.5"/></svg>fault: \(family.name)</li>

            """
        }
        return """
            <ul class="legend">
            \(faults)<li><svg viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true">\
            <path class="mark good" d="M-3-4 4 0-3 4Z"/></svg>joined</li>
            <li><svg viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true">\
            <path class="cross" style="stroke-width:2" d="M-3.5-3.5 3.5 3.5M3.5-3.5-3.5 3.5"/></svg>lost</li>
            <li><svg viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true">\
            <path class="mark warn" d="M0-4 4 0 0 4-4 0Z"/></svg>has blocks of a lost one</li>
            </ul>

            """
    }

    private var omission: Markup {
        let count = record.lanes.count - Self.mostLanes
        return count > 0 ? "<p class=\"muted\">\(count) more workers are in chaos.json only.</p>\n" : ""
    }
}
