internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Caller {
  /// Returns the project in the path, and the organization that owns it.
  /// - Parameter name: the name of the path segment, which the error also uses.
  /// - Throws: 404 unless the caller may see it.
  func project(
    _ request: Request, _ context: Context, as name: String = "request"
  ) throws -> (id: ID<Project>, organization: ID<Organization>) {
    try project(request.id(name, of: Project.self), context, as: name)
  }

  /// Returns a project named in a body or a query, and its organization.
  /// - Throws: 404 unless the caller may see it.
  func project(
    _ project: ID<Project>, _ context: Context, as name: String = "request"
  ) throws -> (id: ID<Project>, organization: ID<Organization>) {
    guard let organization = try ProjectQueries.organization(of: project, for: self, context.db)
    else { throw Problem.notFound(name) }
    return (project, organization)
  }
}
