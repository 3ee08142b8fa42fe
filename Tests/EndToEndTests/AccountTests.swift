import HTTP
import Support
import Testing

extension EndToEnd {
  /// Sign-in, sign-up and sign-out.
  @Suite struct AccountTests {
    @Test(arguments: Account.allCases) func everyAccountOfTheInstanceSignsIn(_ who: Account) throws
    {
      let instance = try Instance.running()
      let (username, password) = try instance.credentials(who)
      for field in ["username", "name"] {
        let answer = try instance.send(
          "POST", "/auth/login/",
          json: #"{"\#(field)": "\#(username)", "password": "\#(password)"}"#)
        #expect(answer.status == 200)
        let json = try answer.json
        #expect(
          try json.keys
            == ["access_token", "token_type", "expires_in", "refresh_token", "role", "user"])
        #expect(try json["role"].string == who.rawValue)
        #expect(try json["token_type"].string == "bearer")
        let me = try instance.send("GET", "/auth/me", token: json["access_token"].string)
        #expect(try me.json["username"].string == username)
        #expect(answer.header("x-request-id")?.isEmpty == false)
      }
    }

    @Test func wrongPasswordsAndUnknownNamesLookTheSame() throws {
      let instance = try Instance.running()
      let known = try instance.credentials(.viewerOfErrors).username
      let details = try [known, "nobody-of-that-name"].map { name in
        let answer = try instance.send(
          "POST", "/auth/login", json: #"{"username": "\#(name)", "password": "wrong"}"#)
        expectProblem(answer, 401)
        return try answer.json["detail"].string
      }
      #expect(Set(details).count == 1)
    }

    @Test func signUpCannotCreateAnAdmin() throws {
      let instance = try Instance.running()
      let name = "self-made-\(UInt32.random(in: 0...UInt32.max))"
      let answer = try instance.send(
        "POST", "/auth/signup",
        json: #"{"username": "\#(name)", "password": "correct horse", "role": "admin"}"#)
      expectProblem(answer, 400)
      expectProblem(
        try instance.send(
          "POST", "/auth/login", json: #"{"username": "\#(name)", "password": "correct horse"}"#),
        401)
    }

    @Test func signingOutEndsTheSession() throws {
      let instance = try Instance.running()
      let (username, password) = try instance.credentials(.labeler)
      let (gone, kept) = (
        try instance.signIn(username, password), try instance.signIn(username, password)
      )
      #expect(try instance.send("POST", "/auth/logout", token: gone).status == 200)
      expectProblem(try instance.send("GET", "/tasks", token: gone), 401)
      #expect(try instance.send("GET", "/tasks", token: kept).status == 200)
    }

    @Test func windowsThatRefreshAtOnceStaySignedIn() throws {
      let instance = try Instance.running()
      let (username, password) = try instance.credentials(.labeler)
      let signedIn = try instance.send(
        "POST", "/api/auth/login",
        json: #"{"username": "\#(username)", "password": "\#(password)"}"#)
      let token = try signedIn.json["refresh_token"].string
      let answers = try inThreads(8) { _ in
        let answer = try instance.send(
          "POST", "/api/auth/refresh", json: #"{"refresh_token": "\#(token)"}"#)
        let json = try answer.json
        return (try json["access_token"].string, try json["refresh_token"].string)
      }
      #expect(Set(answers.map(\.1)).count == 1)
      for (access, _) in answers {
        #expect(try instance.send("GET", "/auth/me", token: access).status == 200)
      }
      // The sessions of other tests stay.
      let path = "/api/v1/auth/sessions"
      let rows = try instance.send("GET", path, token: answers[0].0).json["items"].elements
      let current = try #require(rows.first { try $0["is_current"].bool })
      #expect(try current["device_name"].string.hasPrefix("curl/"))
      #expect(try !current["address"].string.isEmpty)
      let ended = try instance.send(
        "DELETE", "\(path)/\(current["id"].string)", token: answers[0].0)
      #expect(ended.status == 200)
      expectProblem(try instance.send("GET", "/auth/me", token: answers[1].0), 401)
    }

    @Test func tokenWithAChangedByteIsRefused() throws {
      let instance = try Instance.running()
      let token = Array(try instance.token(.admin).utf8)
      for place in [10, token.count / 2, token.count - 8] {
        var changed = token
        changed[place] = changed[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        let text = String(decoding: changed, as: UTF8.self)
        expectProblem(try instance.send("GET", "/admin/users", token: text), 401)
      }
    }
  }
}

extension Account {
  /// The account for wrong passwords: its failed sign-ins affect no other test.
  fileprivate static let viewerOfErrors = Account.reviewer
}
