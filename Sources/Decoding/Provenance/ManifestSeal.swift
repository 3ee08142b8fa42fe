internal import CCrypto

/// Whether a C2PA manifest and its file are unchanged since they were signed.
///
/// The certificate's owner, its trust and its expiry are not checked: intact
/// does not mean true.
enum ManifestSeal: Equatable {
  case intact
  /// Signature or hashes do not match, with the reason.
  case broken(String)
  /// No fault was found, but a part could not be checked, with the reason.
  case unchecked(String)

  /// Checks the last manifest of a store and the file's bytes.
  static func of(_ store: JUMBF?, _ manifests: [Manifest], _ file: RawSpan) -> ManifestSeal {
    let latest = store?.superboxes.last
    if latest?.first("brob") != nil { return .unchecked("a compressed manifest") }
    guard let active = manifests.last, active.box.label == latest?.label else {
      return .broken("the manifest cannot be read")
    }
    if let fault = COSESignature.fault(of: active) { return .broken(fault) }
    guard !active.repeatsReferences else { return .broken("an assertion appears twice") }
    for reference in active.references {
      guard let assertion = active.assertion(at: reference) else {
        return .broken("an assertion is missing")
      }
      guard fits(assertion.content, reference, active) else {
        return .broken("the assertion \(assertion.label) has changed since it was signed")
      }
    }
    guard ingredientsFit(active, manifests) else {
      return .broken("the manifest of an ingredient has changed since it was signed")
    }
    return active.isUpdate ? .unchecked("an update, not bound to the pixels") : bytes(active, file)
  }

  private static func fits(
    _ content: ArraySlice<UInt8>, _ address: HashedAddress, _ manifest: Manifest
  ) -> Bool {
    guard let digest = Digest(address.algorithm ?? manifest.algorithm) else { return false }
    content.withUnsafeBytes { digest.update($0) }
    return digest.finish() == Array(address.hash)
  }

  private static func ingredientsFit(_ active: Manifest, _ manifests: [Manifest]) -> Bool {
    // A redacted assertion no longer has its hash.
    guard active.claim["redacted_assertions"] == nil else { return true }
    let addresses = active.ingredients.compactMap { ingredient in
      (ingredient["activeManifest"] ?? ingredient["c2pa_manifest"]).flatMap { HashedAddress($0) }
    }
    var seen: Set<Substring?> = []
    return addresses.filter { seen.insert($0.manifest).inserted }.allSatisfy { address in
      let named = manifests.first { $0.box.label[...] == address.manifest }
      return named.map { fits($0.box.content, address, active) } ?? true
    }
  }

  /// The hash of the whole file without the manifest store.
  private static func bytes(_ active: Manifest, _ file: RawSpan) -> ManifestSeal {
    let bindings = active.assertions(named: "c2pa.hash.data")
    guard !bindings.isEmpty else {
      let others = ["c2pa.hash.boxes", "c2pa.hash.bmff", "c2pa.hash.bmff.v2", "c2pa.hash.bmff.v3"]
      let other = others.first { !active.assertions(named: $0).isEmpty }
      return other.map { .unchecked("bound to the pixels by \($0)") }
        ?? .broken("nothing binds the manifest to the file")
    }
    guard bindings.count == 1, let value = bindings[0].first("cbor").flatMap({ CBOR($0) }),
      let expected = value["hash"]?.bytes,
      let digest = Digest(value["alg"]?.text ?? active.algorithm),
      let parts = parts(of: file.byteCount, without: value["exclusions"]?.elements ?? [])
    else { return .broken("the hash of the file cannot be read") }
    for part in parts { file.extracting(part).withUnsafeBytes { digest.update($0) } }
    return digest.finish() == Array(expected)
      ? .intact : .broken("the file has changed since it was signed")
  }

  /// Returns the ranges between the exclusions; nil when they leave the file or overlap.
  private static func parts(of count: Int, without exclusions: [CBOR]) -> [Range<Int>]? {
    var parts: [Range<Int>] = []
    var place = 0
    let ranges = exclusions.map { ($0["start"]?.count, $0["length"]?.count) }
    for (start, length) in ranges.sorted(by: { $0.0 ?? 0 < $1.0 ?? 0 }) {
      guard let start, let length, start >= place, start <= count, length <= count - start else {
        return nil
      }
      parts.append(place..<start)
      place = start + length
    }
    return parts + [place..<count]
  }
}

/// A digest of libcrypto by the name that C2PA gives it.
private final class Digest {
  private let context = EVP_MD_CTX_new()

  /// Nil for a name that C2PA does not allow.
  init?(_ name: String) {
    let kind = ["sha256": EVP_sha256(), "sha384": EVP_sha384(), "sha512": EVP_sha512()][name]
    guard let kind, EVP_DigestInit_ex(context, kind, nil) == 1 else { return nil }
  }

  deinit { EVP_MD_CTX_free(context) }

  func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
      var length: UInt32 = 0
      EVP_DigestFinal_ex(context, buffer.baseAddress, &length)
      count = Int(length)
    }
  }
}
