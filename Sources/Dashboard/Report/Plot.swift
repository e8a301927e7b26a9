/// The frame that charts share: where values fall on the paper, and the axes around them.
struct Plot {
    static let width = 680
    static let height = 250
    static let left = 78.0
    static let right = 652.0
    static let top = 26.0
    static let bottom = 208.0

    let xAxis: Axis
    let yAxis: Axis

    func x(_ value: Double) -> Double {
        Self.left + xAxis.position(of: value) * (Self.right - Self.left)
    }

    func y(_ value: Double) -> Double {
        Self.bottom - yAxis.position(of: value) * (Self.bottom - Self.top)
    }

    /// The points as the `points` attribute of a line wants them.
    func outline(_ points: [LineChart.Point]) -> Markup {
        "\(points.map { "\(at: x($0.x)),\(at: y($0.y)) " as Markup })"
    }

    func axes(xName: String, yName: String) -> Markup {
        return """
            \(xAxis.ticks.map(xTick))\(yAxis.ticks.map(yTick))<line class="axis" x1="\(at: Self.left)" \
            y1="\(at: Self.bottom)" x2="\(at: Self.right)" y2="\(at: Self.bottom)"/>
            <text class="name" x="\(at: (Self.left + Self.right) / 2)" y="244" text-anchor="middle">\(xName)</text>
            <text class="name" x="0" y="12">\(yName)</text>

            """
    }

    private func xTick(_ tick: Axis.Tick) -> Markup {
        let position = x(tick.value)
        return """
            <line class="axis" x1="\(at: position)" y1="\(at: Self.bottom)" x2="\(at: position)" \
            y2="\(at: Self.bottom + 4)"/><text x="\(at: position)" y="\(at: Self.bottom + 18)" \
            text-anchor="middle">\(tick.label)</text>

            """
    }

    private func yTick(_ tick: Axis.Tick) -> Markup {
        let position = y(tick.value)
        return """
            <line class="grid" x1="\(at: Self.left)" y1="\(at: position)" x2="\(at: Self.right)" \
            y2="\(at: position)"/><text x="\(at: Self.left - 8)" y="\(at: position + 4)" \
            text-anchor="end">\(tick.label)</text>

            """
    }
}
