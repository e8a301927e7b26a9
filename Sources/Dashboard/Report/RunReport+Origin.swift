extension RunReport {
    var settingsSection: Markup {
        let rows = record.settings.sorted { $0.key < $1.key }.map { setting -> [Markup] in
            ["<code>\(setting.key)</code>", "<span class=\"long\">\(setting.value.text)</span>"]
        }
        return section(
            "Settings",
            ReportTable(columns: [.init(name: "Setting"), .init(name: "Value")], rows: rows).html
        )
    }

    /// What the results came from: files, versions, kernel.
    var originSection: Markup {
        let inputs = record.inputs.map { input -> [Markup] in
            [
                "<span class=\"long\">\(input.path)</span>", "\(NumberText.grouped(input.rows))",
                "<code class=\"long\">\(input.sha256)</code>",
            ]
        }
        let versions: [[Markup]] = [
            ["Coterie", "\(record.versions.coterie)"], ["Swift", "\(record.versions.swift)"],
            ["OpenBLAS", "\(record.versions.openblas)"], ["ZeroMQ", "\(record.versions.zeromq)"],
            ["Kernel fingerprint", "<code class=\"long\">\(record.fingerprint)</code>"],
        ]
        let inputsTable = ReportTable(
            columns: [.init(name: "File"), .init(name: "Rows", isNumber: true), .init(name: "SHA-256")],
            rows: inputs
        )
        let versionsTable = ReportTable(columns: [.init(name: "Part"), .init(name: "Version")], rows: versions)
        return section("Inputs and versions", "\(inputsTable.html)\(versionsTable.html)")
    }
}
