// What a run was done with and on, where that is not what one would take for granted.

extension RunRecord {
    /// The cores that the run could use, where they were fewer than the machine's.
    package struct Cores: Codable, Sendable, Equatable {
        package var usable: Int
        package var machine: Int
        /// What leaves no more, such as `cgroup quota`.
        package var because: String

        package init(usable: Int, machine: Int, because: String) {
            self.usable = usable
            self.machine = machine
            self.because = because
        }
    }

    /// The rows that centroids were found on, where these were not all.
    package struct Sample: Codable, Sendable, Equatable {
        package var rows: Int
        /// Of the sample's rows, at the centroids that label all rows.
        package var objective: Double?
        /// Of all rows, at the same centroids.
        package var objectiveOfAll: Double?

        private enum CodingKeys: String, CodingKey {
            case rows, objective
            case objectiveOfAll = "objective_of_all_rows"
        }

        package init(rows: Int, objective: Double, objectiveOfAll: Double) {
            self.rows = rows
            self.objective = objective.ifFinite
            self.objectiveOfAll = objectiveOfAll.ifFinite
        }
    }
}

extension RunRecord {
    /// Why the iterations of the restart that was kept ended, in a sentence; nil where nothing is known of it.
    var ending: String? {
        guard let converged else { return nil }
        let reason = restarts?.first { $0.isKept == true }?.ended
        switch reason {
        case "labels": return "yes: no label changed"
        case "tolerance": return "yes: the objective changed by no more than the tolerance"
        case "cycle": return "yes: the centroids came back to where they had been"
        case "limit": return "no: stopped at the limit on iterations"
        default: return converged ? "yes" : "no"
        }
    }

    /// The cores in a sentence.
    var coresText: String? {
        cores.map {
            "\(NumberText.grouped($0.usable)) of the machine's \(NumberText.grouped($0.machine)): \($0.because)"
        }
    }

    /// The sample in a sentence.
    var sampleText: String? {
        guard let sample else { return nil }
        let objectives = [("the sample's", sample.objective), ("that of all rows", sample.objectiveOfAll)]
            .compactMap { name, value in value.map { "\(name) \(NumberText.significant($0, digits: 9))" } }
        return "centroids found on \(NumberText.grouped(sample.rows)) of \(NumberText.grouped(rows)) rows; objective: "
            + objectives.joined(separator: ", ")
    }

    /// Whether a setting was not given and followed from the size of the job.
    func isBySize(_ setting: String) -> Bool { automatic?.contains(setting) == true }
}
