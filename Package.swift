// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours, lowest layer first. Arrows point up this list only: see docs/explanation/architecture.md.
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let libraries: [(name: String, dependencies: [Target.Dependency])] = [
    ("ElementaryFunctions", []),
    ("Files", [crypto]),
    ("Ranks", ["CMPI"]),
    ("Tensors", ["CKernels", "CMalloc"]),
    ("Volumes", ["ElementaryFunctions", "Files", "Tensors", "CNIfTI"]),
    ("Registration", ["ElementaryFunctions", "Files", "Tensors", "Volumes"]),
    ("Metrics", ["ElementaryFunctions", "Tensors", "Volumes"]),
    ("Preprocessing", ["ElementaryFunctions", "Registration", "Volumes"]),
    ("NeuralNet", ["ElementaryFunctions", "Files", "Tensors", "CKernels", crypto]),
    (
        "BrainExtraction",
        ["ElementaryFunctions", "Files", "NeuralNet", "Tensors", "Volumes", "CKernels"]
    ),
    ("OperationCases", ["ElementaryFunctions", "NeuralNet", "Tensors", "CKernels"]),
    (
        "CollaGAN",
        ["ElementaryFunctions", "Files", "NeuralNet", "Tensors", "Preprocessing", "Metrics", "Ranks", "Volumes"]
    ),
    ("Exchange", ["CollaGAN", "Files", "NeuralNet", "Preprocessing"]),
    ("Patients", ["Files", "Preprocessing", "Volumes"]),
    ("DICOM", ["Files", "Patients", "Volumes"]),
    ("Records", ["Files", "Metrics", "Patients", "Tensors"]),
    ("Reports", ["ElementaryFunctions", "Files", "Volumes", "Metrics", "Patients", "Records", "Tensors", "CPNG"]),
    (
        "Preparation",
        [
            "BrainExtraction", "DICOM", "Files", "NeuralNet", "Patients", "Preprocessing", "Records", "Registration",
            "Reports", "Tensors", "Volumes",
        ]
    ),
    (
        "Pipeline",
        [
            "DICOM", "ElementaryFunctions", "Exchange", "Files", "CollaGAN", "NeuralNet", "Metrics", "Patients",
            "Preparation", "Preprocessing", "Ranks", "Records", "Registration", "Reports", "Volumes", "Tensors", yams,
        ]
    ),
    (
        "CollaGANKit",
        ["CollaGAN", "Files", "Metrics", "NeuralNet", "Patients", "Pipeline", "Preprocessing", "Tensors", "Volumes"]
    ),
]

let tests: [(name: String, dependencies: [Target.Dependency])] = [
    ("StructureTests", []),
    ("ElementaryFunctionsTests", ["ElementaryFunctions"]),
    ("TensorsTests", ["Tensors", "CKernels", "TestSupport"]),
    ("VolumesTests", ["Volumes", "TestSupport", "Tensors"]),
    ("RegistrationTests", ["Registration", "Volumes", "TestSupport", "Tensors"]),
    ("DICOMTests", ["DICOM", "Files", "Volumes", "TestSupport"]),
    ("PreprocessingTests", ["Preprocessing", "Volumes", "TestSupport", "Tensors"]),
    ("MetricsTests", ["Metrics", "Volumes", "TestSupport", "Tensors"]),
    ("NeuralNetTests", ["CollaGAN", "NeuralNet", "OperationCases", "Tensors", "TestSupport", crypto]),
    ("BrainExtractionTests", ["BrainExtraction", "NeuralNet", "Tensors", "TestSupport", "Volumes", crypto]),
    (
        "CollaGANTests",
        [
            "ElementaryFunctions", "Files", "CollaGAN", "NeuralNet", "OperationCases", "Tensors", "Preprocessing",
            "Metrics", "Ranks", "TestSupport",
        ]
    ),
    (
        "ReportsTests",
        ["Reports", "Files", "Metrics", "Patients", "Records", "Volumes", "TestSupport", "Tensors"]
    ),
    (
        "PipelineTests",
        [
            "Files", "Patients", "Pipeline", "CollaGAN", "NeuralNet", "Preprocessing", "Volumes", "TestSupport",
            "Tensors",
        ]
    ),
    (
        "CLITests",
        [
            "ElementaryFunctions", "Files", "Metrics", "NeuralNet", "Patients", "Pipeline", "Preparation",
            "Preprocessing", "Registration", "TestSupport", "Tensors", "Volumes", "CollaGANKit", crypto, "collagan",
            "library-example",
        ]
    ),
]

let swiftSettings: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let package = Package(
    name: "collagan",
    products: [
        .executable(name: "collagan", targets: ["collagan"]),
        .library(name: "CollaGANKit", targets: ["CollaGANKit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        .target(name: "CKernels", cSettings: [.define("NDEBUG")]),
        .target(name: "CMPI", linkerSettings: [.linkedLibrary("dl")]),
        .target(
            name: "CNIfTI", linkerSettings: [.linkedLibrary("nifti2"), .linkedLibrary("znz"), .linkedLibrary("z")]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .executableTarget(
            name: "collagan",
            dependencies: [
                "Files", "Patients", "Pipeline", "CollaGAN", "OperationCases", "Preparation", "Records", "Tensors",
                argumentParser,
            ],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "library-example", dependencies: ["CollaGANKit"], path: "Tests/LibraryExample",
            swiftSettings: swiftSettings),
        .target(
            name: "TestSupport",
            dependencies: ["OperationCases", "NeuralNet", "Ranks", "Registration", "Volumes", "Tensors"],
            path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "registration-trial", dependencies: ["Registration", "Volumes", "Tensors"],
            path: "Tests/RegistrationTrial",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "brain-trial", dependencies: ["BrainExtraction", "Volumes", "Tensors"], path: "Tests/BrainTrial",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "nifti-fuzz", dependencies: ["Volumes", "CNIfTI", "TestSupport"], path: "Tests/ReaderFuzzing",
            swiftSettings: swiftSettings),
    ]
        + libraries.map { .target(name: $0.name, dependencies: $0.dependencies, swiftSettings: swiftSettings) }
        + tests.map {
            .testTarget(
                name: $0.name, dependencies: $0.dependencies,
                swiftSettings: swiftSettings)
        }
)
