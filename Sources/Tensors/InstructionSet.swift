import CKernels

/// The instruction set a kernel is run with.
///
/// All of them give the same bits; the choice is one of speed.
enum InstructionSet: String, Sendable, CaseIterable {
    case portable
    case avx2
    case avx512

    /// The best this processor has, asked once.
    static let best = InstructionSet(ck_best_instruction_set())

    /// The sets this processor runs, slowest first.
    static var available: [InstructionSet] {
        allCases.filter { $0.kernelArgument.rawValue <= best.kernelArgument.rawValue }
    }

    private init(_ set: ck_instruction_set) {
        switch set {
        case ck_avx512: self = .avx512
        case ck_avx2: self = .avx2
        default: self = .portable
        }
    }

    var kernelArgument: ck_instruction_set {
        switch self {
        case .portable: ck_portable
        case .avx2: ck_avx2
        case .avx512: ck_avx512
        }
    }
}
