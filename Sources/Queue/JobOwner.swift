package import Postgres

/// The tenant, project and account that own a job.
package struct JobOwner: Sendable {
  let organization: UUIDBytes?
  let project: UUIDBytes?
  let account: UUIDBytes?

  /// Makes an owner; a project requires an organization.
  package init(organization: UUIDBytes?, project: UUIDBytes? = nil, account: UUIDBytes?) {
    (self.organization, self.project, self.account) = (organization, project, account)
  }

  /// The site itself; no tenant sees its jobs.
  package static let site = JobOwner(organization: nil, account: nil)
}
