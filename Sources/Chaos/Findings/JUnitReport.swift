import Dashboard

/// A suite in the XML that CI systems read: one case for each fault and one for each check.
///
/// A fault that did not fire counts as skipped; where none of its kind did, the check `faults fired` fails.
enum JUnitReport {
    static func xml(of record: ChaosRecord) -> String {
        let failures = record.checks.count { !$0.passed }
        let skipped = record.faults.count { !$0.fired }
        let seconds = NumberText.fixed(record.faulted.seconds, decimals: 3)
        let counts: Markup =
            "tests=\"\(record.faults.count + record.checks.count)\" failures=\"\(failures)\" errors=\"0\""
        let name = "coterie chaos: \(record.plan), seed \(record.seed)"
        let document: Markup = """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites \(counts) time="\(seconds)">
            <testsuite name="\(name)" \(counts) skipped="\(skipped)" timestamp="\(record.started)" time="\(seconds)">
            <properties>
            <property name="job" value="\(record.job.joined(separator: " "))"/>
            <property name="seed" value="\(String(record.seed))"/>
            <property name="digest" value="\(record.faultFree.digest ?? "")"/>
            </properties>
            \(record.faults.map(faultCase))\(record.checks.map(checkCase))</testsuite>
            </testsuites>

            """
        return document.text
    }

    private static func faultCase(_ fault: FaultReport) -> Markup {
        let name =
            "\(fault.number) \(fault.title)"
            + (fault.victims.isEmpty ? "" : " (\(fault.victims.joined(separator: " ")))")
        let seconds = NumberText.fixed((fault.ended ?? fault.due) - (fault.began ?? fault.due), decimals: 3)
        let content: Markup =
            fault.fired
            ? "<system-out>\(fault.proof)</system-out>" : "<skipped message=\"\(attribute(fault.proof))\"/>"
        return
            "<testcase classname=\"chaos.faults\" name=\"\(attribute(name))\" time=\"\(seconds)\">\(content)</testcase>\n"
    }

    private static func checkCase(_ check: ChaosRecord.Check) -> Markup {
        let content: Markup =
            check.passed
            ? "<system-out>\(check.detail)</system-out>" : "<failure message=\"\(attribute(check.detail))\"/>"
        return "<testcase classname=\"chaos.checks\" name=\"\(check.name)\" time=\"0\">\(content)</testcase>\n"
    }

    /// Line breaks in an attribute would be read as spaces.
    private static func attribute(_ text: String) -> String { text.replacing("\n", with: " ") }
}
