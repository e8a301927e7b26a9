// swift-tools-version: 6.2
import PackageDescription

// One binary, `coterie`, over modules that each import only what is named here. What each holds, and why the arrows point
// this way, is in README.md, "Where things are".

let package = Package(
    name: "coterie",
    products: [
        .executable(name: "coterie", targets: ["coterie"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    ],
    targets: [
        // Libraries of the system, each imported by one module only.
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

        // C of our own: SIMD kernels, and what protoc-c makes of Protocols/.
        .target(
            name: "CKernels",
            // Without this a debug build runs the kernels some sixty times slower, and with them the tests.
            cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]
        ),
        .target(name: "CProtocols", dependencies: ["CProtobufC"]),
        .target(name: "CChecksums", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),

        .target(name: "Tensors", dependencies: ["COpenBLAS", "CKernels"]),
        .target(
            name: "Shards",
            dependencies: ["Tensors", "CChecksums", "CZlib", .product(name: "Crypto", package: "swift-crypto")]
        ),
        .target(name: "Clustering", dependencies: ["Tensors", "Shards"]),
        .target(name: "Coordination"),
        .target(name: "Wire", dependencies: ["Coordination", "CZeroMQ", "CProtocols", "CProtobufC", "CChecksums"]),
        .target(name: "Dashboard", dependencies: ["Coordination"]),
        .target(
            name: "Simulation",
            dependencies: ["Coordination", "Clustering", "Shards", "Tensors"],
            exclude: ["README.md"]
        ),
        .target(
            name: "Services",
            dependencies: [
                "Tensors", "Shards", "Clustering", "Coordination", "Wire",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(name: "Chaos", dependencies: ["Coordination", "Wire", "Dashboard", "Yams"]),
        .executableTarget(
            name: "coterie",
            dependencies: [
                "Tensors", "Shards", "Clustering", "Coordination", "Services", "Dashboard", "Chaos", "Simulation",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                "Yams",
            ]
        ),
        // What Scripts/benchmark measures that no command does.
        .executableTarget(name: "Benchmarks", dependencies: ["Tensors", "Shards"]),

        .testTarget(name: "TensorsTests", dependencies: ["Tensors"]),
        .testTarget(name: "ShardsTests", dependencies: ["Shards", "Tensors"]),
        .testTarget(
            name: "ClusteringTests",
            dependencies: ["Clustering", "Shards", "Tensors"],
            exclude: ["Evaluation/Fixtures"]
        ),
        .testTarget(
            name: "CoordinationTests",
            dependencies: ["Coordination"],
            exclude: ["Transcripts"]
        ),
        .testTarget(name: "WireTests", dependencies: ["Wire", "Coordination"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["Simulation", "Coordination", "Clustering", "Shards", "Tensors"]
        ),
        .testTarget(name: "DashboardTests", dependencies: ["Dashboard", "Coordination"]),
        .testTarget(
            name: "ServicesTests",
            dependencies: ["Services", "Clustering", "Coordination", "Wire", "Shards", "Tensors"]
        ),
        .testTarget(name: "ChaosTests", dependencies: ["Chaos", "Wire", "Coordination", "Dashboard"]),
        .testTarget(name: "EndToEndTests", dependencies: ["coterie", "Dashboard", "Shards", "Simulation", "Tensors"]),
    ],
    swiftLanguageModes: [.v6]
)

// What Scripts/fuzz builds, with a coverage and a main loop that only fuzzing wants.
if Context.environment["COTERIE_FUZZ"] != nil {
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Tests/Fuzzing/CFuzzer"),
        .executableTarget(
            name: "Fuzzer",
            dependencies: ["CFuzzer", "CZeroMQ", "Coordination", "Services", "Shards", "Wire"],
            path: "Tests/Fuzzing/Fuzzer"
        ),
    ]
}

for target in package.targets where target.type != .system {
    var settings: [SwiftSetting] = [
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
    // CI and Scripts/check set this: a warning of a newer compiler must not stop somebody who only wants to build.
    if Context.environment["COTERIE_STRICT"] != nil {
        settings.append(.treatAllWarnings(as: .error))
    }
    target.swiftSettings = (target.swiftSettings ?? []) + settings
}
