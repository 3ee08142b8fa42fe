import HTTP
import Support
import Testing

extension EndToEnd {
  /// The pages that letters link to, run by node with a document of one form.
  @Suite struct LinkPageTests {
    /// Loads the script as nginx serves it, sends a form, and prints what the page tells.
    private static let program = #"""
      const vm = require("vm");
      const [origin, hash, does, fields] = process.argv.slice(1);
      const said = { textContent: "" };
      let submit;
      const form = { dataset: { does }, addEventListener: (_, listener) => { submit = listener; } };
      const page = {
        location: { hash }, URLSearchParams,
        FormData: function () { return Object.entries(JSON.parse(fields)); },
        fetch: (path, options) => fetch(origin + path, options),
        document: {
          title: "A page", forms: [form], querySelector: () => said, querySelectorAll: () => [],
        },
      };
      fetch(origin + "/links.js").then((answer) => answer.text()).then(async (script) => {
        vm.runInNewContext(script, page);
        await submit({ preventDefault() {}, target: form });
        console.log(said.textContent);
      });
      """#

    /// Fills the form of a page; returns what the page tells.
    private func fill(
      _ form: String, token: String, as name: String, _ instance: Instance
    ) throws -> String {
      let fields = #"{"username": "\#(name)", "password": "correct horse battery"}"#
      let origin = instance.settings["ASSAY_PLAIN_URL", default: "?"]
      let done = try Program.run(
        ["node", "-e", Self.program, "--", origin, "#token=\(token)", form, fields])
      try #require(done.code == 0, "\(done.errors)")
      return done.text
    }

    /// The devices of a person's sessions, each with whether it has ended.
    private func sessions(of name: String, _ instance: Instance) throws -> [String] {
      try Database.run(
        """
        select coalesce(s.device, '-'), s.ended_at is not null
        from session s join account a using (account_id)
        where a.username = '\(name)' order by s.created_at
        """, instance
      ).split(separator: "\n").map(String.init)
    }

    private func invite(to name: String, _ instance: Instance) throws -> String {
      let host = try instance.newCustomer()
      let home = try instance.send("GET", "/api/auth/me", token: host)
        .json["organization_id"].string
      let made = try instance.send(
        "POST", "/api/organizations/\(home)/invitations", token: host,
        json: #"{"email": "\#(name)@example.org"}"#)
      return try String(made.json["link"].string.split(separator: "=").last ?? "")
    }

    private func signUp(_ name: String, _ instance: Instance) throws {
      let made = try instance.send(
        "POST", "/auth/signup",
        json: """
          {"username": "\(name)", "password": "correct horse battery", "role": "customer"}
          """)
      try #require(made.status == 201, "\(made.text)")
    }

    @Test func aPageSignsOutWhenItIsDone() throws {
      let instance = try Instance.running()
      let name = "guest-\(UInt64.random(in: 0...UInt64.max))"
      try signUp(name, instance)
      let told = try fill(
        "accept", token: try invite(to: name, instance), as: name, instance)
      #expect(told.hasPrefix("You are now a member of "), "\(told)")
      #expect(try sessions(of: name, instance) == ["A page|t"])
    }

    @Test(arguments: ["accept", "verify"]) func aPageSignsOutWhenItFails(form: String) throws {
      let instance = try Instance.running()
      let name = "guest-\(UInt64.random(in: 0...UInt64.max))"
      try signUp(name, instance)
      let told = try fill(form, token: "wrong", as: name, instance)
      #expect(!told.isEmpty && !told.contains("member of"), "\(told)")
      #expect(try sessions(of: name, instance) == ["A page|t"])
    }

    @Test func aPageTellsThatThePasswordIsWrong() throws {
      let instance = try Instance.running()
      let told = try fill("accept", token: "wrong", as: "nobody-of-this-name", instance)
      #expect(told.contains("password"), "\(told)")
    }
  }
}
