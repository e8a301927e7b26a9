import Foundation

extension Inspection {
    /// For people: a list of files, then what they hold, then what is wrong.
    var text: String {
        fileTable + "\n" + TextTable.text(facts.map { [$0.name, $0.value.onOneLine] }) + problemLines
    }

    private var fileTable: String {
        let header = ["file", "rows", "bytes", "dtype", "format"]
        let rows = files.map { file in
            let name = file.key.map { "\(file.path):\($0)" } ?? file.path
            return [name.onOneLine, "\(file.rows)", "\(file.bytes)", file.dtype, file.format]
        }
        return TextTable.text([header] + rows, rightAligned: [1, 2])
    }

    private var facts: [(name: String, value: String)] {
        var facts = [(name: "layout", value: layout), ("rows", "\(rows)"), ("dimensions", "\(dimensions)")]
        if let norms {
            let texts = [norms.least, norms.mean, norms.greatest].map { String(format: "%.6g", $0) }
            facts.append(("norms", "\(texts[0]) to \(texts[2]), mean \(texts[1])"))
        }
        if !ignored.isEmpty { facts.append(("ignored", ignored.joined(separator: ", "))) }
        if let memory {
            let setting = "k-means with K = \(memory.clusters)"
            facts.append(
                ("memory", "\(Self.mebibytes(memory.worker)) for each of \(memory.workers) workers, \(setting)")
            )
            facts.append(("", "\(Self.mebibytes(memory.coordinator)) for the coordinator"))
        }
        return facts
    }

    private var problemLines: String {
        problems.isEmpty ? "problems    none\n" : problems.map { "problem     \($0.message.onOneLine)\n" }.joined()
    }

    private static func mebibytes(_ bytes: Int) -> String {
        String(format: "%.1f MiB", Double(bytes) / 1_048_576)
    }
}
