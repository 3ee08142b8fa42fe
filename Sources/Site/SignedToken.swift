internal import Cryptography
internal import HTTP

/// A parsed JSON web token (RFC 7519), not yet verified.
struct SignedToken {
  let algorithm: String
  let keyID: String?
  /// The text that is signed.
  let signed: String
  let signature: [UInt8]
  private let claims: [String: JSON]

  /// The maximum length of a token in bytes.
  private static let longest = 16 << 10

  /// Parses a header, claims and a signature; nil for other text.
  init?(_ text: String) {
    guard text.utf8.count <= Self.longest else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let signature = Base64URL.decode(parts[2]),
      case .object(let header) = Self.json(parts[0]),
      case .object(let claims) = Self.json(parts[1]),
      case .string(let algorithm) = header["alg"], header["crit"] == nil
    else { return nil }
    self.algorithm = algorithm
    if case .string(let id) = header["kid"] { keyID = id } else { keyID = nil }
    signed = "\(parts[0]).\(parts[1])"
    self.signature = signature
    self.claims = claims
  }

  private init(_ claims: [String: JSON]) {
    (algorithm, keyID, signed, signature) = ("", nil, "", [])
    self.claims = claims
  }

  private static func json(_ part: Substring) -> JSON? {
    Base64URL.decode(part).flatMap { try? JSON(parsing: $0) }
  }

  subscript(name: String) -> JSON? { claims[name] }

  /// Returns a claim that is text.
  func text(_ name: String) -> String? {
    if case .string(let text) = claims[name] { text } else { nil }
  }

  /// Returns a claim that is a time, in seconds since 1970.
  func seconds(_ name: String) -> Int? {
    switch claims[name] {
    case .int(let seconds): seconds
    case .double(let seconds) where abs(seconds) < 1e15: Int(seconds)
    default: nil
    }
  }

  /// Returns a claim that is an object; an empty one when it is not.
  func object(_ name: String) -> SignedToken {
    if case .object(let members) = claims[name] { SignedToken(members) } else { SignedToken([:]) }
  }
}

/// A published set of keys (RFC 7517).
enum KeySet {
  /// Returns the keys that can verify signatures, by id; other keys are skipped.
  static func read(_ bytes: [UInt8]) -> [String: PublicKey]? {
    guard case .object(let set) = try? JSON(parsing: bytes), case .array(let keys) = set["keys"]
    else { return nil }
    var found: [String: PublicKey] = [:]
    for case .object(let members) in keys {
      guard let key = key(members) else { continue }
      if case .string(let id) = members["kid"] { found[id] = key } else { found[""] = key }
    }
    return found
  }

  private static func key(_ members: [String: JSON]) -> PublicKey? {
    func bytes(_ name: String) -> [UInt8]? {
      guard case .string(let text) = members[name] else { return nil }
      return Base64URL.decode(text)
    }
    if let use = members["use"], use != .string("sig") { return nil }
    switch members["kty"] {
    case .string("EC") where members["crv"] == .string("P-256"):
      guard let x = bytes("x"), let y = bytes("y") else { return nil }
      return PublicKey(x: x, y: y)
    case .string("RSA"):
      guard let modulus = bytes("n"), let exponent = bytes("e") else { return nil }
      return PublicKey(modulus: modulus, exponent: exponent)
    default: return nil
    }
  }
}
