/// One C2PA manifest: a claim, its signature, and the assertions that it refers to.
struct Manifest {
  private static let mostManifests = 100
  private static let mostReferences = 1000

  let box: JUMBF
  let claim: CBOR
  /// The claim as it was signed.
  let claimBytes: ArraySlice<UInt8>
  /// A COSE_Sign1 structure; nil when it is missing or cannot be read.
  let signature: CBOR?
  /// The claim's references to its assertions, in old and new style, each once: otherwise a small
  /// claim could cause a large assertion to be read for hours.
  let references: [HashedAddress]
  /// Whether one of them appears twice.
  let repeatsReferences: Bool
  private let assertions: [String: JUMBF]

  /// The manifests of a store, the active one last; those that cannot be read are left out.
  static func all(in store: JUMBF) -> [Manifest] {
    store.superboxes.suffix(mostManifests).compactMap { Manifest($0) }
  }

  /// Nil when there is no claim, or it is not CBOR.
  private init?(_ box: JUMBF) {
    let parts = box.superboxes
    guard let claimBytes = parts.first(where: { $0.kind == "c2cl" })?.first("cbor"),
      let claim = CBOR(claimBytes)
    else { return nil }
    self.box = box
    self.claim = claim
    self.claimBytes = claimBytes
    let lists = ["assertions", "created_assertions", "gathered_assertions"]
    let named = lists.flatMap { name in
      (claim[name]?.elements ?? []).prefix(Self.mostReferences).compactMap { HashedAddress($0) }
    }
    var seen: Set<String> = []
    references = named.filter { seen.insert($0.url).inserted }
    repeatsReferences = references.count < named.count
    signature = parts.first { $0.kind == "c2cs" }?.first("cbor").flatMap { CBOR($0) }
    let stored = parts.first { $0.kind == "c2as" }?.superboxes ?? []
    assertions = Dictionary(stored.map { ($0.label, $0) }) { first, _ in first }
  }

  /// Whether it is an update of the manifest before it, without hashes of the file's bytes.
  var isUpdate: Bool { box.kind == "c2um" }

  /// The default algorithm of references.
  var algorithm: String { claim["alg"]?.text ?? "sha256" }

  /// The assertion with an address, if it belongs to this manifest.
  func assertion(at address: HashedAddress) -> JUMBF? {
    let own = ["self#jumbf=", "self#jumbf=/c2pa/\(box.label)/"].map { $0 + "c2pa.assertions/" }
    let prefix = own.first { address.url.hasPrefix($0) }
    return prefix.flatMap { assertions[String(address.url.dropFirst($0.count))] }
  }

  /// The contents of the assertions with a name, which may be followed by a number.
  func assertions(named name: String) -> [JUMBF] {
    references.compactMap { assertion(at: $0) }.filter {
      $0.label == name || $0.label.hasPrefix("\(name)__")
    }
  }

  /// The ingredients, in all three versions of their assertion.
  var ingredients: [CBOR] {
    ["c2pa.ingredient", "c2pa.ingredient.v2", "c2pa.ingredient.v3"]
      .flatMap { assertions(named: $0) }.compactMap { $0.first("cbor").flatMap { CBOR($0) } }
  }
}

/// The address of an object and the hash of its contents.
struct HashedAddress {
  let url: String
  let hash: ArraySlice<UInt8>
  /// Nil when the claim's algorithm applies.
  let algorithm: String?

  init?(_ value: CBOR) {
    guard let url = value["url"]?.text, let hash = value["hash"]?.bytes else { return nil }
    (self.url, self.hash, algorithm) = (url, hash, value["alg"]?.text)
  }

  /// The name of the manifest in the address.
  var manifest: Substring? {
    let prefix = "self#jumbf=/c2pa/"
    return url.hasPrefix(prefix) ? url.dropFirst(prefix.count).prefix { $0 != "/" } : nil
  }
}
