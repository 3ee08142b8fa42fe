package import Postgres

/// The tenant, project and account that a job belongs to.
package struct JobOwner: Sendable {
  let organization: UUIDBytes?
  let project: UUIDBytes?
  let account: UUIDBytes?

  /// An owner; a project belongs to an organization.
  package init(organization: UUIDBytes?, project: UUIDBytes? = nil, account: UUIDBytes?) {
    (self.organization, self.project, self.account) = (organization, project, account)
  }

  /// The site itself, which no tenant sees.
  package static let site = JobOwner(organization: nil, account: nil)
}
