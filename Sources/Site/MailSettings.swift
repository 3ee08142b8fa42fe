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
    var faults: [String] = []
    if !address.hasPrefix("smtp://"), !address.hasPrefix("smtps://") {
      faults.append("ASSAY_SMTP must be smtp://host:port or smtps://host:port.")
    }
    let sender = environment("ASSAY_MAIL_FROM") ?? ""
    if !sender.contains("@")
      || !sender.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ">") })
    {
      faults.append("ASSAY_MAIL_FROM must be an e-mail address.")
    }
    guard faults.isEmpty else { throw ConfigError(sentences: faults) }
    let user = environment("ASSAY_SMTP_USER")
    self.init(
      address: address, sender: sender, user: user,
      password: user == nil ? nil : try SecretFile.text("\(secrets)/smtp.password"),
      authority: environment("ASSAY_SMTP_CA"))
  }
}
