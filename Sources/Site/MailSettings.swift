package import Outbound

extension MailServer {
  /// Reads the settings of the mail server; nil when `ASSAY_SMTP` is not set.
  ///
  /// It reads `ASSAY_SMTP`, `ASSAY_MAIL_FROM`, `ASSAY_SMTP_USER`, `ASSAY_SMTP_CA`, and, with a
  /// user, the file `smtp.password` in `secrets`.
  /// - Throws: `ConfigError` when a setting is missing or invalid.
  package init?(
    environment: (String) -> String?, secrets: String
  ) throws(ConfigError) {
    guard let address = environment("ASSAY_SMTP") else { return nil }
    guard address.hasPrefix("smtp://") || address.hasPrefix("smtps://") else {
      throw ConfigError(description: "ASSAY_SMTP must be smtp://host:port or smtps://host:port.")
    }
    guard let sender = environment("ASSAY_MAIL_FROM"), sender.contains("@"),
      sender.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ">") })
    else { throw ConfigError(description: "ASSAY_MAIL_FROM must be an e-mail address.") }
    let user = environment("ASSAY_SMTP_USER")
    self.init(
      address: address, sender: sender, user: user,
      password: user == nil ? nil : try SecretFile.text("\(secrets)/smtp.password"),
      authority: environment("ASSAY_SMTP_CA"))
  }
}
