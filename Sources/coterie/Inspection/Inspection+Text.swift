import Foundation

extension Inspection {
    /// For people: a list of files, then what they hold, then what is wrong.
    var text: String {
        fileTable + "\n" + TextTable.text(facts.map { [$0.name, $0.value.onOneLine] }) + problemLines
    }

    private var fileTable: String {
        let header = ["file", "rows", "bytes", "dtype", "order", "format"]
        let rows = files.map { file in
            let name = file.key.map { "\(file.path):\($0)" } ?? file.path
            return [name.onOneLine, "\(file.rows)", "\(file.bytes)", file.dtype, file.order, Self.format(of: file)]
        }
        return TextTable.text([header] + rows, rightAligned: [1, 2])
    }

    private static func format(of file: File) -> String {
        file.compressed ? "\(file.format), compressed" : file.format
    }

    private var facts: [(name: String, value: String)] {
        var facts = [(name: "layout", value: layout), ("rows", "\(rows)"), ("dimensions", "\(dimensions)")]
        if let norms {
            let texts = [norms.least, norms.mean, norms.greatest].map { String(format: "%.6g", $0) }
            facts.append(("norms", "\(texts[0]) to \(texts[2]), mean \(texts[1])"))
        }
        let empty = files.count { $0.rows == 0 }
        if empty > 0 { facts.append(("empty", "\(empty) of \(files.count) files have no rows")) }
        if !ignored.isEmpty { facts.append(("ignored", ignored.joined(separator: ", "))) }
        let setting = "k-means with K = \(memory.clusters)"
        facts.append(("memory", "\(Self.size(memory.worker)) for each of \(memory.workers) workers, \(setting)"))
        facts.append(("", "\(Self.size(memory.coordinator)) for the coordinator"))
        return facts
    }

    private var problemLines: String {
        problems.isEmpty ? "problems    none\n" : problems.map { "problem     \($0.message.onOneLine)\n" }.joined()
    }

    /// `1.50 GiB`: the largest unit of which there is at least one.
    private static func size(_ bytes: Int) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        let values = units.indices.map { Double(bytes) / Double(1 << (10 * ($0 + 1))) }
        let unit = values.lastIndex { $0 >= 1 } ?? 0
        return String(format: "%.2f \(units[unit])", values[unit])
    }
}
