import CKernels

/// What one core could do at most, for benchmarks to compare with.
package enum MachinePeak {
    /// Billions of float32 operations a second in chains of FMA, the best of a few short runs of this path's
    /// instruction set (`blas`: the best set there is).
    package static func gigaflops(of path: KernelPath) -> Double {
        let set = (path.instructionSet ?? .best).kernelArgument
        let clock = ContinuousClock()
        var best = 0.0
        var sink: Float = 0
        for _ in 0..<5 {
            var operations = 0.0
            let time = clock.measure { operations = unsafe ck_fma_loop(2_000_000, &sink, set) }
            best = max(best, operations / (time / .nanoseconds(1)))
        }
        return best
    }
}
