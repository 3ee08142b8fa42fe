internal import HTTP
internal import Synchronization

/// The accounts that `make up` makes.
package enum Account: String, CaseIterable, Sendable {
  case customer, labeler, reviewer, admin, universal
}

extension Instance {
  /// The username and password of an account.
  package func credentials(_ who: Account) throws -> (username: String, password: String) {
    let role = who.rawValue.uppercased()
    guard let username = settings["ASSAY_\(role)_USERNAME"],
      let password = settings["ASSAY_\(role)_PASSWORD"]
    else { throw Missing(description: "no account \(who) in instance.env") }
    return (username, password)
  }

  /// An access token of an account, the same each time.
  package func token(_ who: Account) throws -> String {
    try tokens.withLock { tokens in
      if let token = tokens[who] { return token }
      let (username, password) = try credentials(who)
      let token = try signIn(username, password)
      tokens[who] = token
      return token
    }
  }

  /// A new access token.
  package func signIn(_ username: String, _ password: String) throws -> String {
    let answer = try send(
      "POST", "/auth/login", json: #"{"username": "\#(username)", "password": "\#(password)"}"#)
    return try answer.json["access_token"].string
  }

  /// Makes an account with an organization of its own; returns its token.
  package func newCustomer() throws -> String {
    let name = "customer-\(UInt64.random(in: 0...UInt64.max))"
    let answer = try send(
      "POST", "/auth/signup",
      json: #"{"username": "\#(name)", "password": "correct horse battery", "role": "customer"}"#)
    guard answer.status == 201 else { throw Missing(description: answer.text) }
    return try signIn(name, "correct horse battery")
  }

  /// Sends a request over HTTPS; returns the answer.
  /// - Parameters:
  ///   - path: a path, or a complete address.
  ///   - options: options of curl by their long names.
  package func send(
    _ method: String, _ path: String, as who: Account? = nil, token: String? = nil,
    json: String? = nil, files: [WebFile] = [], options: [(name: String, value: String)] = [],
    seconds: Int = 60
  ) throws -> WebAnswer {
    let origin = path.hasPrefix("/") ? settings["ASSAY_URL", default: ""] : ""
    var curl = Curl(
      method, origin + path, authority: settings["ASSAY_CA", default: ""], seconds: seconds)
    if let token = try token ?? who.map(self.token) {
      curl.option("header", "Authorization: Bearer \(token)")
    }
    if let json {
      curl.option("header", "Content-Type: application/json")
      curl.option("data-binary", "@\(try file(Array(json.utf8)))")
    }
    for file in files { curl.form(file) }
    for option in options { curl.option(option.name, option.value) }
    return try curl.send()
  }
}
