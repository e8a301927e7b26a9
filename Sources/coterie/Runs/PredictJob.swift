/// The `predict` command's work.
struct PredictJob {
    let command: Predict

    func run() throws {
        throw CommandError(.internalError, "not joined", at: "predict", fix: "wait")
    }
}
