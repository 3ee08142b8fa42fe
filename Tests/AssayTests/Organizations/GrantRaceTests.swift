import Assay
import HTTP
import Postgres
import Support
import Testing

@Suite("Concurrent changes of rights")
struct GrantRaceTests {
  private let site: TestSite
  private let member: Membership
  init() throws {
    site = try TestSite()
    member = try Membership(site)
  }

  /// Makes the labeler a member of both organizations who works on both projects; the invitation
  /// may be accepted again.
  private static func restore(_ member: Membership, _ db: Connection) throws {
    try db.transaction { db in
      try db.run(
        "update invitation set accepted_at = null, accepted_by = null, revoked_at = null")
      try db.run("update task set state = 'cancelled' where state = 'open'")
      try db.run(
        """
        insert into membership (organization_id, account_id, role, has_agreed)
        select o, \(member.labelerID)::uuid, 'member', false
        from unnest(\([member.organization, member.other])::text[]::uuid[]) as o
        on conflict on constraint membership_pkey
          do update set role = 'member', has_agreed = false
        """)
      try db.run(
        """
        insert into project_member (project_id, organization_id, account_id, role)
        select p, \(member.organization)::uuid, \(member.labelerID)::uuid, 'labeler'
        from unnest(\(member.projects)::text[]::uuid[]) as p
        on conflict do nothing
        """)
      try db.run(
        """
        update account set organization_id = \(member.organization)::uuid where username = 'lea'
        """)
    }
  }

  /// Faults in the rights of accounts; empty when there are none.
  private static func faults(_ db: Connection) throws(PostgresError) -> [String] {
    try db.all(
      """
      select a.username || ': ' || fault
      from account a
      cross join lateral (
        select array(
          select m.organization_id from membership m where m.account_id = a.account_id
          union
          select p.organization_id from project_member p where p.account_id = a.account_id
        ) as organizations) held
      cross join lateral (
        select 'sees an organization without a right in it'
        where not a.organizations <@ held.organizations
        union all
        select 'has a right in an organization and does not see it'
        where not held.organizations <@ a.organizations
        union all
        select 'works for an organization without being its member'
        where a.organization_id is not null and not exists (
          select from membership m
          where m.account_id = a.account_id and m.organization_id = a.organization_id)
        union all
        select 'has a task of a project without a role in it'
        from assignment s
        where s.account_id = a.account_id and s.withdrawn_at is null and not exists (
          select from project_member p
          where p.account_id = a.account_id and p.project_id = s.project_id)
        union all
        select 'has answers that are not counted'
        from assignment s
        where s.account_id = a.account_id and s.answered <> (
          select count(distinct n.item_id) from annotation n
          where n.assignment_id = s.assignment_id)
        union all
        select 'is done with a task and has not answered it'
        from assignment s
        where s.account_id = a.account_id and (s.state = 'submitted') <> (s.answered = s.item_count)
      ) as found (fault)
      """
    ) { row throws(PostgresError) in try row.next(String.self) }
  }

  /// Slows down each change of an account before it commits, as a disk does: transactions that read
  /// before the commit and write after it then leave faults.
  private func slowDown() throws {
    try site.owner().script(
      """
      create function slow() returns trigger language plpgsql as
        $$ begin perform pg_sleep(0.005); return null; end $$;
      create trigger slow after update of organizations, organization_id on account
        execute function slow()
      """)
  }

  @Test func concurrentPairsOfChangesLeaveCorrectRights() throws {
    try slowDown()
    let owner = site.owner()
    for (index, one) in Membership.Step.allCases.enumerated() {
      for other in Membership.Step.allCases[index...] {
        try Self.restore(member, owner)
        let member = member
        let answers = try site.race(2) { client, index in
          try member.take(index == 0 ? one : other, client)
        }
        let pair = "\(one), \(other): \(answers.map(\.status))"
        #expect(answers.allSatisfy { $0.status < 500 }, "\(pair)")
        #expect(try Self.faults(owner) == [], "\(pair)")
      }
    }
    #expect(try site.deadlocks() == 0)
  }

  @Test func allConcurrentChangesLeaveCorrectRights() throws {
    let steps = Membership.Step.allCases
    let member = member
    for _ in 1...3 {
      try Self.restore(member, site.owner())
      _ = try site.race(steps.count) { client, index in try member.take(steps[index], client) }
      #expect(try Self.faults(site.owner()) == [])
    }
    #expect(try site.deadlocks() == 0)
  }

  @Test func aChangeOfRoleDoesNotRestoreARemovedMember() throws {
    try slowDown()
    let member = member
    for _ in 1...5 {
      try Self.restore(member, site.owner())
      let answers = try site.race(2) { client, index in
        try member.take(index == 0 ? .remove : .change, client).status
      }
      #expect(answers[0] == 200)
      #expect([200, 404].contains(answers[1]))
      let change = try member.take(.change, site.client)
      #expect(change.status == 404)
      #expect(try change.detail == "No such member.")
    }
  }
}
