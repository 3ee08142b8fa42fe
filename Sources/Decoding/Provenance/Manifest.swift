/// One C2PA manifest: a claim, its signature, and the assertions that it speaks of.
struct Manifest {
  private static let mostManifests = 100
  private static let mostReferences = 1000

  let box: JUMBF
  let claim: CBOR
  /// The claim as it was signed.
  let claimBytes: ArraySlice<UInt8>
  /// A COSE_Sign1 structure; nil when there is none to read.
  let signature: CBOR?
  /// The claim's references to its assertions, old style and new, each once: a small claim could
  /// have a large assertion read for hours.
  let references: [HashedAddress]
  /// Whether one of them stands there twice.
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

  /// An update to what stands before it, which says nothing of the file's bytes.
  var isUpdate: Bool { box.kind == "c2um" }

  /// The algorithm where a reference names none.
  var algorithm: String { claim["alg"]?.text ?? "sha256" }

  /// The assertion that an address leads to, if it is one of this manifest's.
  func assertion(at address: HashedAddress) -> JUMBF? {
    let own = ["self#jumbf=", "self#jumbf=/c2pa/\(box.label)/"].map { $0 + "c2pa.assertions/" }
    let prefix = own.first { address.url.hasPrefix($0) }
    return prefix.flatMap { assertions[String(address.url.dropFirst($0.count))] }
  }

  /// The contents of the assertions of one name, with or without the number behind it.
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

/// Where something stands, and the hash of its contents.
struct HashedAddress {
  let url: String
  let hash: ArraySlice<UInt8>
  /// Nil where the claim's applies.
  let algorithm: String?

  init?(_ value: CBOR) {
    guard let url = value["url"]?.text, let hash = value["hash"]?.bytes else { return nil }
    (self.url, self.hash, algorithm) = (url, hash, value["alg"]?.text)
  }

  /// The name of the manifest that it leads to, or into.
  var manifest: Substring? {
    let prefix = "self#jumbf=/c2pa/"
    return url.hasPrefix(prefix) ? url.dropFirst(prefix.count).prefix { $0 != "/" } : nil
  }
}
