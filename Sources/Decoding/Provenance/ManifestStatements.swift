internal import Imaging

/// The statements of a C2PA manifest store about the origin of a picture, of its
/// sources, and of the pictures that it contains.
enum ManifestStatements {
  private static let deepest = 8
  private static let mostStatements = 40

  /// The statements of a file's store, first whether it is unchanged; empty without a store.
  static func found(in file: RawSpan, _ type: ImageType) -> [Declared] {
    guard let bytes = ManifestBytes.found(in: file, type) else { return [] }
    let store = JUMBF.boxes(in: bytes[...]).first.flatMap { JUMBF($0) }
    let manifests = store.map { Manifest.all(in: $0) } ?? []
    let seal =
      switch ManifestSeal.of(store, manifests, file) {
      case .intact: "intact"
      case .broken(let reason): "broken: \(reason)"
      case .unchecked(let reason): "unchecked: \(reason)"
      }
    var walk = Walk(manifests)
    if let active = manifests.last, active.box.label == store?.superboxes.last?.label {
      walk.visit(active, isPart: false, depth: 0)
    }
    return [Declared(field: "c2pa", value: seal)] + walk.found.prefix(mostStatements)
  }

  private struct Walk {
    private let manifests: [Substring: Manifest]
    private var seen: Set<String> = []
    private(set) var found: [Declared] = []

    init(_ manifests: [Manifest]) {
      self.manifests = Dictionary(manifests.map { ($0.box.label[...], $0) }) { $1 }
    }

    /// - Parameter isPart: whether it describes a part of the picture, not the whole.
    mutating func visit(_ manifest: Manifest, isPart: Bool, depth: Int) {
      let mark = "\(isPart) \(manifest.box.label)"
      guard depth < deepest, found.count < mostStatements, seen.insert(mark).inserted else {
        return
      }
      if depth == 0 { found += generators(of: manifest) }
      for name in ["c2pa.actions", "c2pa.actions.v2"] {
        for assertion in manifest.assertions(named: name) {
          let value = assertion.first("cbor").flatMap { CBOR($0) }
          for action in value?["actions"]?.elements ?? [] { add(action, isPart: isPart) }
        }
      }
      for reference in manifest.references {
        guard let box = manifest.assertion(at: reference), let json = box.first("json") else {
          continue
        }
        found += sources(in: json).map { Self.source($0, isPart: isPart) }
      }
      for ingredient in manifest.ingredients {
        let address = (ingredient["activeManifest"] ?? ingredient["c2pa_manifest"]).flatMap {
          HashedAddress($0)
        }
        guard let name = address?.manifest, let inner = manifests[name] else { continue }
        switch ingredient["relationship"]?.text {
        case "parentOf": visit(inner, isPart: isPart, depth: depth + 1)
        case "componentOf": visit(inner, isPart: true, depth: depth + 1)
        default: continue  // The input of a model says nothing about its output.
        }
      }
    }

    private func generators(of manifest: Manifest) -> [Declared] {
      let told = manifest.claim["claim_generator_info"]
      let maps = (told?.elements ?? []) + [told].compactMap(\.self)
      let names = maps.compactMap { $0["name"]?.text } + [manifest.claim["claim_generator"]?.text]
      return names.compactMap(\.self).map { Declared(field: "c2pa:claim_generator", value: $0) }
    }

    /// Only an action that creates a picture describes the whole picture.
    private mutating func add(_ action: CBOR, isPart: Bool) {
      let isWhole = action["action"]?.text == "c2pa.created" && !isPart
      if let type = action["digitalSourceType"]?.text {
        found.append(Self.source(type, isPart: !isWhole))
      } else if isWhole, let agent = action["softwareAgent"],
        let name = agent.text ?? agent["name"]?.text
      {
        found.append(Declared(field: "c2pa:softwareAgent", value: name))
      }
    }

    private static func source(_ address: String, isPart: Bool) -> Declared {
      Declared(
        field: isPart ? "c2pa:part:digitalSourceType" : "c2pa:digitalSourceType",
        value: DigitalSourceType.word(of: address))
    }

    /// The values of the property in a JSON assertion, such as IPTC's.
    private func sources(in json: ArraySlice<UInt8>) -> [String] {
      let text = String(decoding: json.prefix(64 << 10), as: UTF8.self)
      return text.split(separator: "igitalSourceType\"", omittingEmptySubsequences: false)
        .dropFirst().compactMap { rest in
          let value = rest.drop { $0.isWhitespace || $0 == ":" || $0 == "[" }
          return value.first == "\"" ? String(value.dropFirst().prefix { $0 != "\"" }) : nil
        }
    }
  }
}

/// IPTC's vocabulary for the source of a picture.
enum DigitalSourceType {
  /// The last part of an address, or of a short form such as `digsrctype:screenCapture`.
  static func word(of address: String) -> String {
    address.split { $0 == "/" || $0 == ":" }.last.map(String.init) ?? address
  }
}
