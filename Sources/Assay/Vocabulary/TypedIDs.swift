internal import Queue

extension JobOwner {
  /// A project of an organization, and the account that asked for the job.
  init(_ project: ID<Project>, of organization: ID<Organization>, by account: ID<Account>) {
    self.init(
      organization: organization.bytes, project: project.bytes, account: account.bytes)
  }
}

extension Lease {
  /// The project of the job and its organization.
  /// - Throws: `NoProject` for a job of the whole site.
  func project() throws -> (ID<Project>, ID<Organization>) {
    guard let project = chunk.project, let organization = chunk.organization else {
      throw NoProject()
    }
    return (ID(project), ID(organization))
  }

  struct NoProject: Error {}
}
