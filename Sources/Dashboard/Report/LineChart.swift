/// Lines over two axes as inline SVG, with a tooltip at each point and no script.
struct LineChart {
    struct Point {
        let x: Double
        let y: Double
        /// What the pointer shows.
        let note: String
    }

    struct Line {
        var points: [Point]
        /// Drawn last and in the accent colour, with tooltips; others stay in the background.
        var isMain: Bool
    }

    /// Unique within the page: what the drawing's title and description are referred to by.
    let identifier: String
    let title: String
    let description: String
    let xName: String
    let yName: String
    let xAxis: Axis
    let yAxis: Axis
    let lines: [Line]
    /// Whether the area under the main line is tinted.
    var isFilled = false

    /// More points than pixels make a file large and no clearer.
    private static let mostPoints = 600
    private static let mostNotes = 150
    /// Below this many the points are drawn as dots.
    private static let mostDots = 60

    private var plot: Plot { Plot(xAxis: xAxis, yAxis: yAxis) }

    var svg: Markup {
        let background = lines.filter { !$0.isMain }.map { path($0, style: "line-other") }
        let main = lines.filter(\.isMain)
        return """
            <div class="chart"><svg viewBox="0 0 \(Plot.width) \(Plot.height)" role="img" \
            aria-labelledby="\(identifier)-title \(identifier)-description">
            <title id="\(identifier)-title">\(title)</title>
            <desc id="\(identifier)-description">\(description)</desc>
            \(plot.axes(xName: xName, yName: yName))\(background)
            \(isFilled ? main.map(area) : [])\(main.map { path($0, style: "line-main") })\(main.flatMap(notes))
            </svg></div>

            """
    }

    private func path(_ line: Line, style: String) -> Markup {
        let points = Self.thinned(line.points, to: Self.mostPoints)
        return "<polyline class=\"\(style)\" points=\"\(plot.outline(points))\"/>\n"
    }

    private func area(_ line: Line) -> Markup {
        let points = Self.thinned(line.points, to: Self.mostPoints)
        guard let first = points.first, let last = points.last else { return "" }
        return """
            <polygon class="area" points="\(at: plot.x(first.x)),\(at: Plot.bottom) \(plot.outline(points))\
            \(at: plot.x(last.x)),\(at: Plot.bottom)"/>

            """
    }

    private func notes(_ line: Line) -> [Markup] {
        let style = line.points.count <= Self.mostDots ? "dot" : "hit"
        return Self.thinned(line.points, to: Self.mostNotes).map { point in
            """
            <circle class="\(style)" cx="\(at: plot.x(point.x))" cy="\(at: plot.y(point.y))" \
            r="\(style == "dot" ? "3" : "6")"><title>\(point.note)</title></circle>

            """
        }
    }

    /// At most `limit` of the points, evenly taken, with the first and the last among them.
    static func thinned(_ points: [Point], to limit: Int) -> [Point] {
        guard points.count > limit else { return points }
        return (0..<limit).map { points[$0 * (points.count - 1) / (limit - 1)] }
    }
}
