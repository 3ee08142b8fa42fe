package import Site
package import Web

internal import Assay
internal import HTTP
internal import Postgres

/// A client for one thread, with its own connection and without a web server.
package final class Client {
  package let context: Context
  /// The number of bytes of the last request's body that the application has not read.
  package private(set) var unread = 0
  private let application: Application

  /// A client of the site.
  /// - Parameters:
  ///   - database: a database to use instead of the site's, for tests of failures.
  ///   - routes: routes to use instead of the program's.
  package init(_ site: Site, database: String? = nil, routes: [Route] = Routes.all) {
    context = Context(site, database: database)
    application = Application(routes)
  }

  /// Sends a request as a person; the answer is complete when this returns.
  package func send(
    _ method: String, _ path: String, as person: Person? = nil, json: String? = nil,
    form: Form? = nil, headers: [String: String] = [:]
  ) throws -> Answer {
    var parameters = [
      "REQUEST_METHOD": method, "REQUEST_URI": path, "HTTP_HOST": "assay.test",
    ]
    var body: [UInt8] = []
    if let person { parameters["HTTP_AUTHORIZATION"] = "Bearer \(person.token)" }
    if let json {
      (body, parameters["CONTENT_TYPE"]) = (Array(json.utf8), "application/json")
    }
    if let form {
      (body, parameters["CONTENT_TYPE"]) = (form.bytes, form.contentType)
    }
    parameters["CONTENT_LENGTH"] = String(body.count)
    parameters.merge(headers) { $1 }
    let source = MemorySource(parameters, body)
    let request = Request(source, id: "test")
    let answer = try Answer(application.answer(request, context))
    unread = source.rest.count
    return answer
  }

  /// Opens the connection, so that a race begins with the request itself.
  func connect() throws { try context.db.run("select") }
}
