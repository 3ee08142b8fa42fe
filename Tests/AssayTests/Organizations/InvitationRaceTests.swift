import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("Concurrent invitations")
struct InvitationRaceTests {
  private let site: TestSite
  private let (ada, bob, carla): (Person, Person, Person)
  private let home: String
  private let bobID: String
  init() throws {
    site = try TestSite()
    ada = try site.person(.customer, named: "ada")
    for name in ["bob", "carla"] {
      try Directory.add(
        name, email: "\(name)@example.org", role: .customer, password: TestSite.password,
        site.owner())
    }
    try site.owner().run("update account set email_verified_at = now() where email is not null")
    (bob, carla) = (try site.signIn("bob"), try site.signIn("carla"))
    home = try site.send("GET", "/api/auth/me", as: ada).json["organization_id"].string
    bobID = try site.send("GET", "/auth/me", as: bob).json["id"].string
    // Transactions that read before a commit and write after it then leave faults.
    try site.owner().script(
      """
      create function slow() returns trigger language plpgsql as
        $$ begin perform pg_sleep(0.005); return null; end $$;
      create trigger slow after insert or update on invitation execute function slow();
      create trigger slow after insert or delete on membership execute function slow()
      """)
  }

  /// A request about Bob's membership or his invitation.
  private enum Step: CaseIterable {
    case invite, acceptOwn, acceptOther, othersAccept, add, remove, revoke
  }

  /// The links of an invitation to Bob's address and of one to another address.
  private struct Links {
    let id: String
    let own: String
    let other: String
  }

  private func invite(_ email: String, _ role: String = "member") throws -> Answer {
    try site.send(
      "POST", "/api/organizations/\(home)/invitations", as: ada,
      json: #"{"email": "\#(email)", "role": "\#(role)"}"#)
  }

  private func token(_ answer: Answer) throws -> String {
    String(try answer.json["link"].string.split(separator: "=").last ?? "")
  }

  /// Makes Bob a member or a stranger, with new invitations; returns their links.
  private func restore(isMember: Bool) throws -> Links {
    try site.owner().script("delete from membership where role <> 'owner'; delete from invitation")
    let (own, other) = (try invite("bob@example.org"), try invite("b@example.org", "admin"))
    if isMember {
      let added = try site.send(
        "POST", "/api/organizations/\(home)/members", as: ada, json: #"{"username": "bob"}"#)
      #expect(added.status == 201)
      try site.owner().run("update membership set has_agreed = true")
    }
    return try Links(id: own.json["id"].string, own: token(own), other: token(other))
  }

  /// Returns the request of a step.
  private func request(_ step: Step, _ links: Links) -> @Sendable (Client) throws -> Answer {
    let (ada, bob, carla, bobID) = (ada, bob, carla, bobID)
    let path = "/api/organizations/\(home)"
    func accept(_ link: String, _ person: Person) -> @Sendable (Client) throws -> Answer {
      let json = #"{"token": "\#(link)"}"#
      return { try $0.send("POST", "/api/invitations/accept", as: person, json: json) }
    }
    switch step {
    case .invite:
      let json = #"{"email": "bob@example.org"}"#
      return { try $0.send("POST", path + "/invitations", as: ada, json: json) }
    case .acceptOwn: return accept(links.own, bob)
    case .acceptOther: return accept(links.other, bob)
    case .othersAccept: return accept(links.other, carla)
    case .add:
      let json = #"{"username": "bob"}"#
      return { try $0.send("POST", path + "/members", as: ada, json: json) }
    case .remove: return { try $0.send("DELETE", "\(path)/members/\(bobID)", as: ada) }
    case .revoke: return { try $0.send("DELETE", "\(path)/invitations/\(links.id)", as: ada) }
    }
  }

  /// Faults in the invitations; empty when there are none.
  private func faults() throws -> [String] {
    try site.owner().all(
      """
      select 'a member is invited' from invitation i
      join account a on lower(a.email) = lower(i.email)
      join membership m on m.account_id = a.account_id and m.organization_id = i.organization_id
      where i.accepted_at is null and i.revoked_at is null
      union all
      select 'an address has two open invitations' from invitation i
      where i.accepted_at is null and i.revoked_at is null
      group by lower(i.email) having count(*) > 1
      union all
      select 'a link is used and revoked' from invitation i
      where i.accepted_at is not null and i.revoked_at is not null
      """
    ) { row throws(PostgresError) in try row.next(String.self) }
  }

  private func number(_ query: SQL) throws -> Int {
    try site.owner().one(query) { row throws(PostgresError) in try row.next() }
  }

  @Test(arguments: [false, true])
  func concurrentPairsLeaveOneOpenInvitationOrAMember(isMember: Bool) throws {
    let uses = "select count(*) from invitation where accepted_at is not null" as SQL
    for (index, one) in Step.allCases.enumerated() {
      for other in Step.allCases[index...] {
        let links = try restore(isMember: isMember)
        let work = [one, other].map { request($0, links) }
        let answers = try site.race(2) { client, index in try work[index](client) }
        let pair = "\(one), \(other): \(answers.map(\.text))"
        #expect(answers.allSatisfy { $0.status < 500 }, "\(pair)")
        #expect(try faults() == [], "\(pair)")
        let accepted = zip([one, other], answers).count { step, answer in
          [.acceptOwn, .acceptOther, .othersAccept].contains(step) && answer.status == 200
        }
        #expect(try number(uses) == accepted, "\(pair)")
      }
    }
    #expect(try site.deadlocks() == 0)
  }

  @Test func ofConcurrentInvitationsTheLastOneIsOpen() throws {
    for _ in 1...3 {
      try site.owner().script("delete from invitation")
      let (ada, path) = (ada, "/api/organizations/\(home)/invitations")
      let answers = try site.race(4) { client, _ in
        try client.send("POST", path, as: ada, json: #"{"email": "bob@example.org"}"#)
      }
      #expect(answers.map(\.status) == [201, 201, 201, 201])
      // Each but the first has replaced another one.
      let ids = try Set(answers.map { try $0.json["id"].string })
      let replaced = try answers.map { try $0.json["replaces"] }.filter { $0 != .null }
        .map { try $0.string }
      #expect(Set(replaced).isSubset(of: ids) && Set(replaced).count == 3)
      let open = try site.send("GET", path, as: ada).json["invitations"].elements
        .map { try $0["id"].string }
      #expect(open.count == 1 && Set(open).isDisjoint(with: replaced))
      let statuses = try answers.map { answer in
        try site.send(
          "POST", "/api/invitations/accept", as: site.person(.labeler),
          json: #"{"token": "\#(token(answer))"}"#
        ).status
      }
      #expect(statuses.sorted() == [200, 404, 404, 404])
    }
  }

  /// A link that changes nothing for a member is still there for the person who was invited.
  @Test func aMemberDoesNotTakeTheLinkFromTheInvitedPerson() throws {
    for _ in 1...5 {
      let links = try restore(isMember: true)
      let work = [request(.acceptOther, links), request(.othersAccept, links)]
      let answers = try site.race(2) { client, index in try work[index](client) }
      #expect(answers.map(\.status) == [409, 200])
    }
  }
}
