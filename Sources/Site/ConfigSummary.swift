internal import Outbound
internal import Postgres
internal import S3

extension Config {
  /// The settings by their names, for the log.
  ///
  /// Only named settings are listed, none that is or contains a secret.
  package var summary: [String: String] {
    var shown = [
      "database": Connection.place(in: database), "store": store, "qc": quality.rawValue,
      "threads": "\(threads)", "file_limit": "\(fileLimit)", "request_limit": "\(requestLimit)",
      "upload_seconds": "\(uploadSeconds)", "compared": "\(comparedInMemory)",
      "ai_prior": "\(aiPrior)", "limits": hasLimits ? "on" : "off",
    ]
    shown["public_url"] = publicURL
    if !origins.isEmpty { shown["cors_origins"] = origins.text }
    shown["ai_model"] = detector?.model
    shown["smtp"] = mail.map { Self.withoutUser($0.address) }
    shown["mail_from"] = mail?.sender
    shown["issuer"] = issuer?.issuer
    shown["s3"] = s3?.place
    return shown
  }

  /// Returns an address without the user name and password that it may contain.
  private static func withoutUser(_ address: String) -> String {
    guard let at = address.lastIndex(of: "@"), let scheme = address.firstRange(of: "://") else {
      return address
    }
    return address[..<scheme.upperBound] + String(address[address.index(after: at)...])
  }
}
