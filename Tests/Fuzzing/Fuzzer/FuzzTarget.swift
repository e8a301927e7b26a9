import Foundation

/// The readers of bytes from the network and from other people's files.
enum FuzzTarget: String, CaseIterable {
    /// The first frame of a message.
    case envelope
    /// Whole messages: envelopes, arrays beside them, and arrays in chunks.
    case transfer
    case npy
    case npz
    case safetensors
    /// The records of a run's journal, and what is in them.
    case journal

    /// The one that this process is for; nil when none is named.
    static let chosen = ProcessInfo.processInfo.environment["COTERIE_FUZZ_TARGET"].flatMap(Self.init)

    /// Reads an input, which may be refused and must not trap, reach beyond its bytes, or be taken for what it is not.
    func read(_ bytes: [UInt8]) {
        switch self {
        case .envelope: EnvelopeReading.read(bytes)
        case .transfer: TransferReading.read(bytes)
        case .npy: MatrixReading.readNumpy(bytes)
        case .npz: MatrixReading.readArchive(bytes)
        case .safetensors: MatrixReading.readSafetensors(bytes)
        case .journal: JournalReading.read(bytes)
        }
    }

    /// What to begin with.
    var seeds: [[UInt8]] {
        switch self {
        case .envelope: EnvelopeReading.seeds
        case .transfer: TransferReading.seeds
        case .npy: MatrixSeeds.numpy
        case .npz: MatrixSeeds.archives
        case .safetensors: MatrixSeeds.safetensors
        case .journal: JournalReading.seeds
        }
    }
}

/// Writes the seeds of all targets, each to a folder of its name.
enum Seeds {
    static func write(to folder: URL) throws {
        for target in FuzzTarget.allCases {
            let place = folder.appendingPathComponent(target.rawValue, isDirectory: true)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for (number, seed) in target.seeds.enumerated() {
                let digits = String(format: "%02d", number)
                try Data(seed).write(to: place.appendingPathComponent("seed-\(digits)"))
            }
        }
    }
}
