import Testing

@testable import Tensors

@Suite struct KernelPathTests {
    @Test func `Unset or empty means the best`() throws {
        #expect(try KernelPath.select(environment: [:]) == .best)
        #expect(try KernelPath.select(environment: ["COTERIE_KERNEL": ""]) == .best)
        #expect(KernelPath.best.isAvailable)
    }

    @Test(arguments: KernelPath.allCases.filter(\.isAvailable))
    func `An available path is taken by its name`(path: KernelPath) throws {
        #expect(try KernelPath.select(environment: ["COTERIE_KERNEL": path.rawValue]) == path)
    }

    @Test func `An unknown name is refused with the valid ones`() {
        #expect {
            try KernelPath.select(environment: ["COTERIE_KERNEL": "neon"])
        } throws: { error in
            let description = "\(error)"
            return description.contains("COTERIE_KERNEL=neon") && description.contains("portable, blas")
        }
    }

    @Test func `Processors without FMA take OpenBLAS`() {
        #expect(KernelPath.preferred(on: .avx512) == .avx512)
        #expect(KernelPath.preferred(on: .avx2) == .avx2)
        #if arch(x86_64)
        #expect(KernelPath.preferred(on: .portable) == .blas)
        #endif
    }

    @Test func `Fused paths share a fingerprint and OpenBLAS has its own`() {
        let fingerprints = Set(KernelPath.allCases.filter { $0 != .blas }.map(KernelFingerprint.of))
        #expect(fingerprints.count == 1)
        let blas = KernelFingerprint.of(.blas)
        #expect(!fingerprints.contains(blas))
        #expect(blas.contains("OpenBLAS"))
        #expect(KernelFingerprint.machineDescription.contains("portable"))
    }

    @Test func `The peak of a core is measured`() {
        #expect(MachinePeak.gigaflops(of: .best) > 0)
    }
}
