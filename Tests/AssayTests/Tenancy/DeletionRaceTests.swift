import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

/// When several requests delete the same thing at once, one succeeds and the others get the answer
/// to a repeated deletion.
@Suite("Concurrent deletions") struct DeletionRaceTests {
  private let site: TestSite
  private let admin: Person
  private let ada: Person

  init() throws {
    site = try TestSite()
    admin = try site.person(.admin)
    ada = try site.person(.customer, named: "ada")
  }

  private func expectOnce(
    _ path: String, as person: Person, again: Int = 404,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let statuses = try site.race(4) { client, _ in
      try client.send("DELETE", path, as: person).status
    }
    #expect(statuses.sorted() == [200, again, again, again], "\(path)", sourceLocation: location)
    #expect(try site.send("DELETE", path, as: person).status == again, sourceLocation: location)
  }

  private func id(_ person: Person) throws -> String {
    try site.send("GET", "/auth/me", as: person).json["id"].string
  }

  private func home() throws -> String {
    try site.send("GET", "/api/auth/me", as: ada).json["organization_id"].string
  }

  /// Every route that deletes has a race in this file.
  @Test func everyDeletionIsTested() {
    let names = Routes.all.filter { $0.method == .delete }.map(\.name)
    #expect(
      names == [
        "sessions.endOthers", "sessions.end", "sessions.apiEndOthers", "sessions.apiEnd",
        "sessions.v1EndOthers", "sessions.v1End",
        "users.delete", "apiKeys.revoke", "organizations.removeMember", "organizations.uninvite",
        "organizations.removeProjectMember", "files.delete", "gold.remove",
      ])
  }

  @Test func concurrentDeletionsOfAFileDeleteItOnce() throws {
    let request = try site.request(by: ada)
    for seed in 1...5 {
      let pictures = [(name: "a.png", bytes: Pictures.png(seed: UInt64(seed)))]
      let file = try site.upload(pictures, to: request, by: ada)[at: 0]
      try expectOnce("/api/files/\(file)", as: ada)
    }
  }

  @Test func aFileOfATaskIsStillAConflict() throws {
    let work = try Commission(site, pictures: 1)
    let (customer, path) = (work.customer, "/api/files/\(work.images[0])")
    let statuses = try site.race(3) { client, _ in
      try client.send("DELETE", path, as: customer).status
    }
    #expect(statuses == [409, 409, 409])
  }

  @Test func concurrentRemovalsOfGoldRemoveItOnce() throws {
    let opened = try OpenedRequest(site, pictures: 3, by: ada)
    try opened.makeGold(opened.images, "cat")
    for image in opened.images {
      try expectOnce("/requests/\(opened.request)/gold/\(image)", as: ada)
    }
  }

  @Test func concurrentDeletionsOfAnAccountDeleteItOnce() throws {
    for _ in 1...3 {
      let victim = try site.person(.customer)
      try expectOnce("/api/v1/users/\(id(victim))", as: admin)
    }
    try expectOnce("/api/v1/users/\(id(ada))", as: ada, again: 401)
  }

  @Test func concurrentEndsOfASessionEndItOnce() throws {
    for face in ["", "/api", "/api/v1"] {
      let phone = try site.signIn("ada")
      let sessions = try site.send("GET", "/auth/sessions", as: phone).json.elements
      let own = try #require(sessions.first { try $0["is_current"].bool })
      try expectOnce("\(face)/auth/sessions/\(own["id"].string)", as: ada)
    }
  }

  /// The end of all other sessions can be repeated.
  @Test func concurrentEndsOfAllOtherSessionsSucceed() throws {
    for face in ["", "/api", "/api/v1"] {
      let phone = try site.signIn("ada")
      let ada = ada
      let statuses = try site.race(4) { client, _ in
        try client.send("DELETE", "\(face)/auth/sessions", as: ada).status
      }
      #expect(statuses == [200, 200, 200, 200])
      #expect(try site.send("GET", "/auth/me", as: phone).status == 401)
      #expect(try site.send("GET", "/auth/me", as: ada).status == 200)
    }
  }

  @Test func concurrentRevocationsOfAKeyRevokeItOnce() throws {
    for _ in 1...3 {
      let made = try site.send("POST", "/api/v1/api-keys", as: ada, json: #"{"name": "robot"}"#)
      try expectOnce("/api/v1/api-keys/\(made.json["id"].string)", as: ada)
    }
  }

  @Test func concurrentRemovalsOfAMemberRemoveItOnce() throws {
    let members = "/api/organizations/\(try home())/members"
    for role in ["member", "admin", "owner"] {
      let bob = try site.person(.labeler)
      let added = try site.send(
        "POST", members, as: ada, json: #"{"username": "\#(bob.username)", "role": "\#(role)"}"#)
      #expect(added.status == 201)
      try expectOnce("\(members)/\(id(bob))", as: ada)
    }
  }

  @Test func concurrentRevocationsOfAnInvitationRevokeItOnce() throws {
    let path = "/api/organizations/\(try home())/invitations"
    for _ in 1...3 {
      let made = try site.send("POST", path, as: ada, json: #"{"email": "eve@example.org"}"#)
      try expectOnce("\(path)/\(made.json["id"].string)", as: ada)
    }
  }

  @Test func concurrentRemovalsOfAProjectMemberRemoveItOnce() throws {
    let path = "/api/projects/\(try site.request(by: ada))/members"
    let lea = try site.person(.labeler, named: "lea")
    for _ in 1...3 {
      for role in ["labeler", "reviewer"] {
        let added = try site.send(
          "POST", path, as: ada, json: #"{"username": "lea", "role": "\#(role)"}"#)
        #expect(added.status == 201)
      }
      try expectOnce("\(path)/\(id(lea))", as: ada)
    }
  }
}
