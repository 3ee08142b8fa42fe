import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

@Suite("The site's limits") struct SiteLimitTests {
  private let shelf: Shelf
  private let picture = Pictures.png(seed: 1)
  init() throws { shelf = try Shelf() }

  private func setLimits(_ change: (inout SiteLimits) -> Void) throws {
    var limits = try SiteLimits(shelf.owner)
    change(&limits)
    try limits.set(shelf.owner)
  }

  private func makeOrganization(as person: Person) throws -> Answer {
    try shelf.site.send("POST", "/api/organizations", as: person, json: #"{"name": "Zoo"}"#)
  }

  @Test func aNewSiteHasLimits() throws {
    let limits = try SiteLimits(shelf.owner)
    #expect(limits.bytes == 100 << 30)
    #expect(limits.items == 500_000)
    #expect(limits.organizations == 20)
  }

  @Test func siteLimitsApplyWithoutAnOwnQuota() throws {
    try setLimits { $0.bytes = picture.count - 1 }
    #expect(try shelf.send(picture).status == 413)
    let newcomer = try Shelf(shelf.site)
    #expect(try newcomer.send(picture).status == 413)
    let subject = Quota.Subject.account(newcomer.customer.username)
    #expect(try Quota(of: subject, shelf.owner).bytes == .standard)
    try Quota.set(bytes: .unlimited, items: nil, of: subject, shelf.owner)
    #expect(try newcomer.send(picture).status == 201)
    try Quota.set(bytes: .standard, items: nil, of: subject, shelf.owner)
    #expect(try newcomer.send(Pictures.png(seed: 2)).status == 413)
    try setLimits { ($0.bytes, $0.items) = (nil, 1) }
    #expect(try shelf.send(picture).status == 201)
    #expect(try shelf.send(Pictures.png(seed: 2)).status == 413)
    try setLimits { $0.items = nil }
    #expect(try shelf.send(Pictures.png(seed: 2)).status == 201)
  }

  @Test func aLowerDefaultKeepsStoredFiles() throws {
    let file = try shelf.upload(picture)
    try setLimits { $0.bytes = picture.count / 2 }
    let refused = try shelf.send(Pictures.png(seed: 2))
    #expect(refused.status == 413)
    #expect(try refused.detail.hasPrefix("The organization can store 0 more bytes"))
    let download = try shelf.site.send("GET", "/api/files/\(file)/download", as: shelf.customer)
    #expect(download.status == 200)
    // Deleting makes room.
    #expect(try shelf.delete(file).status == 200)
    try setLimits { $0.bytes = picture.count }
    #expect(try shelf.send(picture).status == 201)
  }

  @Test func anOrganizationIsNamedByItsId() throws {
    let made = try makeOrganization(as: shelf.customer).json["id"].string
    try Quota.set(bytes: .most(7), items: .most(8), of: .organization(made), shelf.owner)
    let quota = try Quota(of: .organization(made), shelf.owner)
    #expect(quota.bytes == .most(7) && quota.items == .most(8))
    let own = try Quota(of: .account(shelf.customer.username), shelf.owner)
    #expect(own.bytes == .standard)
  }

  @Test func theNumberOfOrganizationsIsLimited() throws {
    try setLimits { $0.organizations = 3 }
    let customer = shelf.customer
    // The personal organization counts as the first one.
    let statuses = try shelf.site.race(6) { client, _ in
      try client.send(
        "POST", "/api/organizations", as: customer, json: #"{"name": "Zoo"}"#
      ).status
    }
    #expect(statuses.sorted() == [201, 201, 409, 409, 409, 409])
    let refused = try makeOrganization(as: customer)
    #expect(
      try refused.detail
        == "The account has the maximum number of organizations: ask an administrator for more.")
    #expect(try makeOrganization(as: shelf.site.person(.customer)).status == 201)
  }

  @Test func givenAwayOrganizationsStillCount() throws {
    try setLimits { $0.organizations = 2 }
    let friend = try shelf.site.person(.customer)
    let made = try makeOrganization(as: shelf.customer).json["id"].string
    let members = "/api/organizations/\(made)/members"
    let added = try shelf.site.send(
      "POST", members, as: shelf.customer,
      json: #"{"username": "\#(friend.username)", "role": "owner"}"#)
    #expect(added.status == 201)
    let id = try shelf.site.send("GET", "/auth/me", as: shelf.customer).json["id"].string
    #expect(try shelf.site.send("DELETE", "\(members)/\(id)", as: shelf.customer).status == 200)
    #expect(try makeOrganization(as: shelf.customer).status == 409)
    // The friend did not make it, so it does not count.
    #expect(try makeOrganization(as: friend).status == 201)
  }

  @Test func adminsHaveNoLimit() throws {
    try setLimits { $0.organizations = 0 }
    #expect(try makeOrganization(as: shelf.customer).status == 409)
    #expect(try makeOrganization(as: shelf.site.person(.admin)).status == 201)
    try setLimits { $0.organizations = nil }
    #expect(try makeOrganization(as: shelf.customer).status == 201)
  }

  @Test func onlyTheOwnerSetsSiteLimits() throws {
    for role in [DatabaseRole.application, .worker] {
      let db = shelf.site.connection(as: role)
      for statement in [
        "update site_limits set quota_bytes = null",
        "update site_limits set sign_up_is_open = true", "delete from site_limits",
        "insert into site_limits default values",
        "update organization set quota_bytes = null", "update organization set made_by = null",
      ] {
        let error = #expect(throws: PostgresError.self) {
          try db.run("\(unsafeRaw: statement)")
        }
        guard case .refused(sqlstate: "42501", _) = error else {
          Issue.record("\(statement): \(String(describing: error))")
          continue
        }
      }
    }
  }
}
