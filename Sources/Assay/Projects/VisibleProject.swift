internal import HTTP
internal import Postgres

extension Caller {
  /// Finds the project that the path names, and the organization that owns it.
  /// - Parameter name: the project's name in the path and in the error.
  /// - Throws: 404 unless the caller may see it.
  func project(
    _ request: Request, _ context: Context, as name: String = "request"
  ) throws -> (id: ID<Project>, organization: ID<Organization>) {
    try project(request.id(name, of: Project.self), context, as: name)
  }

  /// Finds the organization of a project that a body or a query names.
  /// - Throws: 404 unless the caller may see it.
  func project(
    _ project: ID<Project>, _ context: Context, as name: String = "request"
  ) throws -> (id: ID<Project>, organization: ID<Organization>) {
    guard let organization = try ProjectQueries.organization(of: project, for: self, context.db)
    else { throw Problem.notFound(name) }
    return (project, organization)
  }
}
