/// A table with a heading for every column, numbers to the right, which scrolls by itself when the window is narrow.
package struct ReportTable {
    package struct Column {
        let name: String
        let isNumber: Bool

        package init(name: String, isNumber: Bool = false) {
            self.name = name
            self.isNumber = isNumber
        }
    }

    private let columns: [Column]
    private let rows: [[Markup]]
    private let isNarrow: Bool

    /// - Parameter isNarrow: whether it stays narrow on a wide page, so that the eye can follow its lines.
    package init(columns: [Column], rows: [[Markup]], isNarrow: Bool = false) {
        self.columns = columns
        self.rows = rows
        self.isNarrow = isNarrow
    }

    package var html: Markup {
        if rows.isEmpty { return "" }
        let head = columns.map { column -> Markup in "<th scope=\"col\"\(style(column))>\(column.name)</th>" }
        let body = rows.map { row -> Markup in
            let cells = zip(columns, row).map { column, cell -> Markup in "<td\(style(column))>\(cell)</td>" }
            return "<tr>\(cells)</tr>\n"
        }
        return """
            <div class="\(isNarrow ? "table narrow" : "table")"><table>
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(body)</tbody>
            </table></div>

            """
    }

    private func style(_ column: Column) -> Markup {
        column.isNumber ? " class=\"number\"" : ""
    }
}
