import COpenBLAS

/// What the bits of a result depend on besides data and settings.
///
/// Workers of one fleet must agree on it.
package enum KernelFingerprint {
    /// Raised whenever a change to our kernels changes a bit of any result.
    static let version = 1

    /// The fingerprint of assignment by a path.
    ///
    /// The fused paths agree bit for bit, so the instruction set is no part of theirs; `blas` names OpenBLAS too. A
    /// program that calls `MatrixProduct` itself needs the fingerprint of `blas`.
    package static func of(_ path: KernelPath) -> String {
        path == .blas ? "kernels \(version); \(libraryVersion)" : "kernels \(version)"
    }

    /// For people: what the processor can do, and what OpenBLAS took it for.
    package static var machineDescription: String {
        let sets = InstructionSet.available.map(\.rawValue).joined(separator: ", ")
        return "instruction sets \(sets); \(libraryVersion)"
    }

    /// OpenBLAS's release and the kind of processor its kernels were chosen for.
    package static var libraryVersion: String {
        let configuration = unsafe String(cString: openblas_get_config())
        let release = configuration.split(separator: " ").prefix(2).joined(separator: " ")
        return "\(release) \(unsafe String(cString: openblas_get_corename()))"
    }
}
