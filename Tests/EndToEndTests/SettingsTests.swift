import Shards
import Testing

@testable import coterie

/// Settings from all layers, seen through the memory that `inspect` predicts.
struct SettingsTests {
    private func folder() throws -> TestFolder {
        let folder = try TestFolder()
        try NumpyWriter.write([1, 0, 0, 1, 1, 1] as [Float], rows: 3, columns: 2, to: folder("d.npy"))
        try folder.write("k: 10\nworkers: 4\njson: true\n", "fleet.yaml")
        return folder
    }

    private func memory(_ arguments: [String], _ environment: [String: String] = [:]) throws -> [String: Int] {
        let folder = try folder()
        let run = try CoterieProcess(["inspect", "d.npy"] + arguments, environment: environment, in: folder.path)
        #expect(run.status == 0, "\(run.errors)")
        return try #require(try run.json()["memory"] as? [String: Int])
    }

    @Test func `the file is read`() throws {
        let memory = try memory(["--config", "fleet.yaml"])
        #expect(memory["k"] == 10)
        #expect(memory["workers"] == 4)
    }

    @Test func `a flag wins over the environment, and that over the file`() throws {
        let environment = ["COTERIE_K": "20", "COTERIE_WORKERS": "5"]
        let memory = try memory(["-k", "30", "--config=fleet.yaml"], environment)
        #expect(memory["k"] == 30)
        #expect(memory["workers"] == 5)
    }

    @Test func `the environment names the file`() throws {
        #expect(try memory([], ["COTERIE_CONFIG": "fleet.yaml"])["k"] == 10)
    }

    @Test func `variables that are not settings are left alone`() throws {
        let environment = ["COTERIE_DATA": "x", "COTERIE_REFERENCE": "y", "COTERIE_STRICT": "1", "COTERIE_OTHER": "z"]
        #expect(try memory(["-k", "3", "--json"], environment)["k"] == 3)
    }

    @Test func `a bad value is refused with its source`() throws {
        let folder = try folder()
        try folder.write("k: 0\n", "zero.yaml")
        let file = try CoterieProcess(["inspect", "d.npy", "--config", "zero.yaml"], in: folder.path)
        #expect(file.status == 64)
        #expect(file.errors.contains("(from zero.yaml); see 'coterie inspect --help'"))
        let variable = try CoterieProcess(
            ["inspect", "d.npy"],
            environment: ["COTERIE_WORKERS": "many"],
            in: folder.path
        )
        #expect(variable.status == 64)
        #expect(variable.errors.contains("(from COTERIE_WORKERS)"))
    }

    @Test func `an unknown name in the file and a missing file are refused`() throws {
        let folder = try folder()
        try folder.write("wokrers: 2\n", "typo.yaml")
        let typo = try CoterieProcess(["inspect", "d.npy", "--config", "typo.yaml"], in: folder.path)
        #expect(typo.status == 64)
        #expect(typo.errors == "coterie: unknown setting 'wokrers': typo.yaml; did you mean 'workers'?\n")
        let missing = try CoterieProcess(["inspect", "d.npy", "--config", "none.yaml"], in: folder.path)
        #expect(missing.status == 66)
        #expect(missing.errorLines.count == 1)
    }

    @Test func `memory follows its formula`() {
        let small = MemoryEstimate(rows: 1001, dimensions: 512, clusters: 10, workers: 2)
        #expect(small.worker == 16 * 10 * 512 + 32 * 10 * 512 + 20 * 501 + 4 * 126 * 512)
        #expect(small.coordinator == 32 * 10 * 512 + 8 * 10 * 512)
        let absurd = MemoryEstimate(rows: 1, dimensions: .max / 2, clusters: .max / 2, workers: 1)
        #expect(absurd.worker == .max)
    }
}
