package import HTTP
package import Postgres

internal import Cryptography
internal import Vocabulary

/// Requests that a client may send again without harm (the header `Idempotency-Key`).
///
/// The first request with a key does the work and stores its answer in the same transaction.
/// Another one with that key gets the stored answer.
package enum Repeated {
  /// The header of a route that calls `once`, for the route's line.
  package static let parameter = Parameter.header(
    "Idempotency-Key", .string(length: length, pattern: "^[!-~]*$"),
    "A name of your own for this request. Sent again with the same name within 24 hours, the "
      + "request gets its first answer again and does nothing. Your last \(mostKept) names are "
      + "kept."
  )

  /// The number of stored answers that each person keeps; older ones are removed.
  package static let mostKept = 10_000

  private static let length = 1...255

  /// Does the work of a request in a transaction, or returns the stored answer.
  ///
  /// Of two equal requests at once the second waits for the first. An error is not stored, because
  /// the transaction is rolled back; the key is then free again.
  /// - Throws: 409 when the caller has used the key for another request.
  package static func once(
    _ request: Request, _ context: Context, _ caller: Caller,
    _ work: (Connection) throws -> Response
  ) throws -> Response {
    guard let key = try key(of: request) else { return try context.db.transaction(work) }
    let hash = try hash(of: request)
    return try context.db.transaction { db in
      guard try RepeatedQueries.take(key, of: caller.id, for: hash, db) else {
        return try answer(to: key, of: caller, hash, db)
      }
      let response = try work(db)
      try RepeatedQueries.keep(response.status, text(of: response), for: key, of: caller.id, db)
      return response
    }
  }

  private static func key(of request: Request) throws(Problem) -> String? {
    guard let key = request.header("IDEMPOTENCY_KEY") else { return nil }
    guard length.contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw .badRequest(
        "The Idempotency-Key header must be 1 to 255 visible ASCII characters without spaces.")
    }
    return key
  }

  /// Returns the hash of the method, the path with its query, and the body.
  private static func hash(of request: Request) throws(Problem) -> Digest {
    // Neither a method nor a target contains a line end, so different requests stay different.
    let head = "\(request.method?.rawValue ?? "")\n\(request.target)\n"
    return SHA256.digest(Array(head.utf8) + (try request.body(limit: Request.jsonLimit)))
  }

  private static func text(of response: Response) -> String? {
    guard case .bytes(let bytes) = response.body else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func answer(
    to key: String, of caller: Caller, _ hash: Digest, _ db: Connection
  ) throws -> Response {
    guard let kept = try RepeatedQueries.answer(to: key, of: caller.id, db) else {
      // The sweep has removed it meanwhile, so the transaction is tried again.
      throw PostgresError.conflict("the stored answer was removed")
    }
    guard kept.hash == hash else {
      throw Problem.conflict(
        "This Idempotency-Key was used for another request: use a new key for each request.")
    }
    // The first request has its entry in the audit log already.
    db.closing = nil
    return kept.body.map { .json(Array($0.utf8), kept.status) } ?? Response(kept.status)
  }
}
