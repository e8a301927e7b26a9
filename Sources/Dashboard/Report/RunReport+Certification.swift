extension RunReport {
    /// What it took to be certain of the labels: nothing where the record does not say, or where lists were found.
    var certificationSection: Markup {
        guard let found = record.certification, let pruned = found.pruned, !pruned.isEmpty else { return "" }
        let rows: [(name: Markup, shares: [Double])] = [
            ("Rows whose label was searched for", found.float32),
            ("Pairs multiplied in whole length", pruned.map { 1 - $0 }),
            ("Rows decided in float64", found.float64),
        ]
        let table = ReportTable(
            columns: [
                .init(name: "Share"), .init(name: "First assignment", isNumber: true),
                .init(name: "Last", isNumber: true), .init(name: "Mean", isNumber: true),
            ],
            rows: rows.map { row in
                [row.name, share(row.shares.first), share(row.shares.last), share(mean(row.shares))]
            },
            isNarrow: true
        )
        return section("How labels were found", table.html)
    }

    private func share(_ value: Double?) -> Markup { value.map { "\(NumberText.percent($0))" } ?? "–" }

    private func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
