/// What is to be true of a fleet under faults, and whether it was.
struct Verdict {
    let plan: Plan
    let faultFree: ChaosRecord.Run
    let outcome: FleetRun.Outcome

    var checks: [ChaosRecord.Check] {
        // Of a suite that is not complete nothing else can be said.
        outcome.aborted == nil ? [completion, digest, faults, hang, orphans, partial, endings] : [completion]
    }

    private var completion: ChaosRecord.Check {
        ChaosRecord.Check("suite completed", outcome.aborted == nil, outcome.aborted ?? "both runs were gone through")
    }

    private var digest: ChaosRecord.Check {
        let (expected, found) = (faultFree.digest ?? "none", outcome.run.digest ?? "none")
        let detail = expected == found ? expected : "\(found), where the fault-free run has \(expected)"
        return ChaosRecord.Check("digest equal", expected == found && outcome.run.digest != nil, detail)
    }

    /// Every kind of fault that was due must have fired once at least; a suite in which nothing happened proves nothing.
    private var faults: ChaosRecord.Check {
        let name = "faults fired"
        let fired = outcome.faults.count(where: \.fired)
        if fired == 0 {
            let detail = "none of \(outcome.faults.count) that were due; take a longer job or a shorter interval"
            return ChaosRecord.Check(name, false, detail)
        }
        let silent = plan.rules.indices.filter { place in
            let ofRule = outcome.faults.filter { $0.rule == place }
            return !ofRule.isEmpty && !ofRule.contains(where: \.fired)
        }
        if silent.isEmpty { return ChaosRecord.Check(name, true, "\(fired) of \(outcome.faults.count)") }
        let names = silent.map { "\(plan.rules[$0].kind.rawValue): \(plan.rules[$0].target.rawValue)" }
        return ChaosRecord.Check(name, false, "never: \(names.joined(separator: ", "))")
    }

    private var hang: ChaosRecord.Check {
        ChaosRecord.Check("no hang", outcome.hang == nil, outcome.hang ?? "the job came to its end")
    }

    private var orphans: ChaosRecord.Check {
        let detail =
            outcome.orphans.isEmpty ? "all \(outcome.run.workersStarted) workers are gone" : listed(outcome.orphans)
        return ChaosRecord.Check("no orphan process", outcome.orphans.isEmpty, detail)
    }

    private var partial: ChaosRecord.Check {
        let detail = outcome.partial.isEmpty ? "nothing but results in the run's folder" : listed(outcome.partial)
        return ChaosRecord.Check("no partial files", outcome.partial.isEmpty, detail)
    }

    private var endings: ChaosRecord.Check {
        let detail = outcome.unexpected.isEmpty ? "every process ended as it should" : listed(outcome.unexpected)
        return ChaosRecord.Check("no unexpected end", outcome.unexpected.isEmpty, detail)
    }

    private func listed(_ items: [String]) -> String { items.joined(separator: "; ") }
}
