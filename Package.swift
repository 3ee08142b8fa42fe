// swift-tools-version:6.2
import PackageDescription

let house: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// A Debian C library behind a module map; security fixes come with `apt upgrade`.
func library(_ name: String, _ pkgConfig: String, apt package: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

func target(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: house)
}

/// Passes over pixels: without the optimiser a hundred times as slow, and the tests with it.
func numeric(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(
    name: name, dependencies: dependencies,
    swiftSettings: house + [.unsafeFlags(["-O"], .when(configuration: .debug))])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

let package = Package(
  name: "assay",
  products: [
    .executable(name: "assay", targets: ["Command"]),
    .executable(name: "assay-decode", targets: ["DecodeCommand"]),
  ],
  dependencies: [
    // Subcommands, --help and clear usage errors.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // The logging front of the Swift ecosystem; our handler writes one line an event.
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    // Module maps and small C shims, nothing else.
    library("CFastCGI", "fcgi", apt: "libfcgi-dev"),
    library("CLibPQ", "libpq", apt: "libpq-dev"),
    library("CMagic", "libmagic", apt: "libmagic-dev"),
    library("CCrypto", "libcrypto", apt: "libssl-dev"),
    library("CJWT", "libjwt", apt: "libjwt-dev"),
    library("CJansson", "jansson", apt: "libjansson-dev"),
    library("CArgon2Library", "libargon2", apt: "libargon2-dev"),
    library("CVipsLibrary", "vips", apt: "libvips-dev"),
    library("CJPEGLibrary", "libjpeg", apt: "libjpeg62-turbo-dev"),
    library("CLCMSLibrary", "lcms2", apt: "liblcms2-dev"),
    library("CTIFFLibrary", "libtiff-4", apt: "libtiff-dev"),
    library("CDeflateLibrary", "libdeflate", apt: "libdeflate-dev"),
    library("CWebPLibrary", "libwebpdemux", apt: "libwebp-dev"),
    library("CArchive", "libarchive", apt: "libarchive-dev"),
    .systemLibrary(name: "CLinux"),
    // The variadic vips_* calls, wrapped; GLib never reaches Swift.
    .target(name: "CVips", dependencies: ["CVipsLibrary"]),
    // Argon2 in memory of our choice.
    .target(name: "CArgon2", dependencies: ["CArgon2Library"]),
    // One pass over a JPEG file, and previews of planes; libjpeg leaves its errors by longjmp,
    // which Swift frames must not see.
    .target(
      name: "CJPEG", dependencies: ["CJPEGLibrary", "CLCMSLibrary"],
      cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))],
      linkerSettings: [.linkedLibrary("m")]),
    // PNG files of the common kinds over libdeflate.
    .target(
      name: "CPNG", dependencies: ["CDeflateLibrary"],
      cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),
    // WebP files over libwebp.
    .target(
      name: "CWebP", dependencies: ["CWebPLibrary"],
      cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),
    // libtiff's variadic calls, wrapped, and TIFF pages of the common kinds.
    .target(
      name: "CTIFF", dependencies: ["CTIFFLibrary"],
      cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),
    // Bits in which hashes differ, counted with the widest instructions the processor has.
    .target(name: "CHamming"),
    // Owners of files, changed without following a link.
    .target(name: "COwnership"),
    // libcurl's variadic calls, wrapped, and libcurl itself loaded at first use (apt: libcurl4).
    .target(name: "CCurl"),
    // ONNX Runtime's C interface, the part of it that is called; the library is loaded at first use.
    .target(name: "COnnxRuntime"),

    // PostgreSQL over libpq: connection, interpolated SQL, rows, transactions, migrations.
    target("Postgres", ["CLibPQ"]),
    // Requests, responses, router, JSON, multipart; knows nothing of FastCGI.
    target("HTTP", ["CJansson"]),
    // The accept loop over libfcgi: turns its requests into HTTP.Request and back.
    target("FastCGI", ["CFastCGI", "CLinux", "HTTP"]),
    // SHA-256, HMAC, Argon2id and JSON web tokens over Debian's libraries.
    target("Cryptography", ["CCrypto", "CJWT", "CArgon2"]),
    // Addresses signed for an S3-compatible store, and the few calls we make to it ourselves.
    target("S3", ["CCurl", "Cryptography"]),
    // Letters by SMTP and documents by HTTPS, over libcurl.
    target("Outbound", ["CCurl"]),
    // libmagic sniffing, and the talk with assay-decode.
    target("Imaging", ["CMagic", "CLinux"]),
    // libvips, libjpeg, libdeflate, libwebp and libtiff: full decode, likeness, previews, declared metadata; linked only by assay-decode.
    numeric(
      "Decoding",
      ["CVips", "CJPEG", "CPNG", "CWebP", "CTIFF", "CCrypto", "CLinux", "Imaging"]),
    // libarchive: the files of a ZIP archive, streamed; linked only by assay-decode.
    target("Unpacking", ["CArchive", "CLinux", "Imaging"]),
    // Near duplicates: the search by distance, the alignment of two pictures; no I/O.
    numeric("Matching", ["CHamming", "Imaging"]),
    // Models in ONNX's format, run by a library that the operator may install.
    target("Inference", ["COnnxRuntime"]),
    // The field's rules, pure: no I/O, no clock, no SQL.
    numeric("Labelling", []),
    // Jobs in PostgreSQL: kinds, chunks, workers, lanes, schedules; knows no feature.
    target("Queue", ["Postgres", "CLinux", .product(name: "Logging", package: "swift-log")]),
    // Ids, times, lanes and the log, which all targets below name.
    target(
      "Vocabulary",
      ["Postgres", "Queue", "HTTP", "Imaging", .product(name: "Logging", package: "swift-log")]),
    // Stored files: blobs and their rows, upload tickets, integrity, usage; knows no feature.
    target(
      "Storage",
      [
        "Vocabulary", "Postgres", "Queue", "HTTP", "Cryptography", "Imaging", "S3", "CLinux",
        "COwnership", .product(name: "Logging", package: "swift-log"),
      ]),
    // The operator's settings, and the state that all threads of a process share.
    target(
      "Site",
      [
        "Vocabulary", "Storage", "Postgres", "HTTP", "Cryptography", "Imaging", "Inference",
        "Labelling", "S3", "Outbound", .product(name: "Logging", package: "swift-log"),
      ]),
    // Routes, faces, access, callers, wire types, paging, OpenAPI; knows no feature.
    target("Web", ["Vocabulary", "Storage", "Site", "Postgres", "HTTP", "Cryptography"]),
    // The application: one folder per feature.
    target(
      "Assay",
      [
        "Vocabulary", "Storage", "Site", "Web", "Postgres", "Queue", "HTTP", "Cryptography",
        "Imaging", "Matching", "Labelling", "Outbound",
        .product(name: "Logging", package: "swift-log"),
      ]),
    // The executable `assay`: serve, work, migrate, user, …
    .executableTarget(
      name: "Command",
      dependencies: [
        "Assay", "Web", "Site", "Storage", "Vocabulary", "FastCGI", "Postgres", "HTTP", "CLinux",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: house),
    // The executable `assay-decode`: the only process that decodes hostile bytes.
    .executableTarget(
      name: "DecodeCommand", dependencies: ["Decoding", "Unpacking", "Imaging", "CLinux"],
      swiftSettings: house),

    // The report of `.dev/accuracy` and figures of `make bench`; no product.
    .executableTarget(
      name: "Accuracy",
      dependencies: ["Cryptography", "Decoding", "Imaging", "Matching", "Labelling"],
      path: "Tests/Accuracy", exclude: ["phash.py", "scenes.py", "transforms.py"],
      swiftSettings: house),

    // Tests: Support makes fresh databases and people; the rest mirrors Sources.
    .target(
      name: "Support",
      dependencies: ["Vocabulary", "Site", "Web", "Postgres", "HTTP", "Queue", "Assay", "CLinux"],
      path: "Tests/Support",
      swiftSettings: house),
    tests("PostgresTests", ["Postgres", "Support"]),
    tests("HTTPTests", ["HTTP"]),
    tests("FastCGITests", ["FastCGI", "HTTP", "CLinux"]),
    tests("CryptographyTests", ["Cryptography"]),
    tests("S3Tests", ["S3", "Support"]),
    tests("OutboundTests", ["Outbound", "Support"]),
    tests("ImagingTests", ["Imaging", "Decoding", "Support"]),
    tests(
      "MatchingTests", ["Accuracy", "Decoding", "Imaging", "Labelling", "Matching", "Support"]),
    tests("UnpackingTests", ["Imaging", "Unpacking", "DecodeCommand", "Support"]),
    tests("InferenceTests", ["Inference", "Support"]),
    tests("LabellingTests", ["Labelling", "Support"]),
    tests("VocabularyTests", ["Vocabulary", "Postgres", "HTTP"]),
    tests("SiteTests", ["Site", "Support"]),
    tests("WebTests", ["Web", "Support"]),
    tests("AssayTests", ["Assay", "Cryptography", "HTTP", "Postgres", "Queue", "Support"]),
    tests("ConventionTests", []),
    tests("EndToEndTests", ["S3", "Support"]),
  ],
  swiftLanguageModes: [.v6]
)
