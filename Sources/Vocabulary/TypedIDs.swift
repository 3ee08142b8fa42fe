package import Queue

extension JobOwner {
  /// Makes an owner from a project, its organization, and the account that requested the job.
  package init(_ project: ID<Project>, of organization: ID<Organization>, by account: ID<Account>) {
    self.init(
      organization: organization.bytes, project: project.bytes, account: account.bytes)
  }
}

extension Lease {
  /// Returns the project of the job and its organization.
  /// - Throws: `NoProject` for a job of the whole site.
  package func project() throws -> (ID<Project>, ID<Organization>) {
    guard let project = chunk.project, let organization = chunk.organization else {
      throw NoProject()
    }
    return (ID(project), ID(organization))
  }

  struct NoProject: Error {}
}
