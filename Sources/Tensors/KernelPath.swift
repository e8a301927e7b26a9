import Glibc

/// Which code assigns rows to centroids.
///
/// `avx512`, `avx2` and `portable` agree bit for bit; `blas` depends on OpenBLAS and the processor.
package enum KernelPath: String, Sendable, Codable, CaseIterable {
    case avx512
    case avx2
    case portable
    case blas

    /// The best on this processor: a fused kernel where there is FMA in hardware, otherwise OpenBLAS, since FMA in
    /// software is slow.
    package static let best: KernelPath = preferred(on: .best)

    /// Whether this processor runs it.
    package var isAvailable: Bool {
        instructionSet.map(InstructionSet.available.contains) ?? true
    }

    /// What `COTERIE_KERNEL` of this process asks for, or the best.
    package static var selected: KernelPath {
        get throws(TensorError) {
            guard let value = unsafe getenv(environmentVariable) else { return best }
            return try select(environment: [environmentVariable: unsafe String(cString: value)])
        }
    }

    /// What `COTERIE_KERNEL` in `environment` asks for; unset or empty means the best.
    /// - Throws: `TensorError.Code.kernelUnavailable`, naming those that would do.
    package static func select(environment: [String: String]) throws(TensorError) -> KernelPath {
        guard let name = environment[environmentVariable], !name.isEmpty else { return best }
        guard let path = KernelPath(rawValue: name) else {
            throw TensorError(.kernelUnavailable, "unknown kernel: \(environmentVariable)=\(name); use \(validNames)")
        }
        guard path.isAvailable else {
            throw TensorError(
                .kernelUnavailable,
                "kernel not for this processor: \(environmentVariable)=\(name); use \(validNames)"
            )
        }
        return path
    }

    /// The fused kernel's instruction set; nil for `blas`.
    var instructionSet: InstructionSet? {
        switch self {
        case .avx512: .avx512
        case .avx2: .avx2
        case .portable: .portable
        case .blas: nil
        }
    }

    static func preferred(on set: InstructionSet) -> KernelPath {
        switch set {
        case .avx512: .avx512
        case .avx2: .avx2
        case .portable: portableHasFMA ? .portable : .blas
        }
    }

    private static let environmentVariable = "COTERIE_KERNEL"

    private static var validNames: String {
        allCases.filter(\.isAvailable).map(\.rawValue).joined(separator: ", ")
    }

    private static var portableHasFMA: Bool {
        #if arch(arm64)
        true
        #else
        false
        #endif
    }
}
