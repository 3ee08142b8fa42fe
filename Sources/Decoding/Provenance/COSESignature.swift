internal import CCrypto

/// The signature of a claim: COSE_Sign1 with detached contents (RFC 9052), made with the
/// certificate that it contains (RFC 9360).
enum COSESignature {
  private static let algorithm = CBOR.unsigned(1)
  private static let chain = CBOR.unsigned(33)

  /// Returns the fault of a manifest's signature; nil when it matches the claim.
  static func fault(of manifest: Manifest) -> String? {
    guard let parts = manifest.signature?.untagged.elements, parts.count == 4,
      let protected = parts[0].bytes, let signature = parts[3].bytes,
      let header = CBOR(protected)
    else { return "the signature cannot be read" }
    guard let algorithm = header[algorithm].flatMap({ Algorithm($0) }) else {
      return "the signature has an unknown algorithm"
    }
    // Early programs wrote the full name, in the part that is not signed.
    let places = [header[chain], header["x5chain"], parts[1][chain], parts[1]["x5chain"]]
    guard let certificate = places.lazy.compactMap({ $0.flatMap(leaf) }).first else {
      return "the signature has no certificate"
    }
    let signed =
      Self.head(0x80, 4) + Self.head(0x60, 10) + Array("Signature1".utf8)
      + Self.head(0x40, protected.count) + Array(protected) + Self.head(0x40, 0)
      + Self.head(0x40, manifest.claimBytes.count) + Array(manifest.claimBytes)
    let (certificateBytes, signatureBytes) = (Array(certificate), Array(signature))
    let isGood = ccrypto_verify(
      certificateBytes, certificateBytes.count, algorithm.key, algorithm.bits, signed,
      signed.count, signatureBytes, signatureBytes.count)
    return isGood == 1 ? nil : "the signature does not match the claim"
  }

  /// The first certificate of a chain, or the only one.
  private static func leaf(_ value: CBOR) -> ArraySlice<UInt8>? {
    value.bytes ?? value.elements.first?.bytes
  }

  /// The head of a CBOR value: the major type in its place, and a count.
  private static func head(_ major: UInt8, _ count: Int) -> [UInt8] {
    switch count {
    case 0..<24: [major | UInt8(count)]
    case 24..<0x100: [major | 24, UInt8(count)]
    case 0x100..<0x10000: [major | 25] + bigEndian(UInt16(count))
    default: [major | 26] + bigEndian(UInt32(clamping: count))
    }
  }

  private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }

  /// The algorithms that C2PA allows.
  private struct Algorithm {
    let key: ccrypto_kind
    let bits: Int32

    init?(_ value: CBOR) {
      guard case .negative(let number) = value else { return nil }
      switch number {
      case 6: (key, bits) = (ccrypto_ecdsa, 256)
      case 34: (key, bits) = (ccrypto_ecdsa, 384)
      case 35: (key, bits) = (ccrypto_ecdsa, 512)
      case 36: (key, bits) = (ccrypto_pss, 256)
      case 37: (key, bits) = (ccrypto_pss, 384)
      case 38: (key, bits) = (ccrypto_pss, 512)
      case 7: (key, bits) = (ccrypto_eddsa, 0)
      default: return nil
      }
    }
  }
}
