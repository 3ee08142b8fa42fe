package import Assay
internal import HTTP
internal import Postgres

/// One thread's way into a site: a connection of its own, and no web server between.
package final class Client {
  package let context: Context
  private let application: Application

  /// A way into the site.
  /// - Parameters:
  ///   - database: another database than the site's, for what breaks.
  ///   - routes: other routes than the program's.
  package init(_ site: Site, database: String? = nil, routes: [Route] = Routes.all) {
    context = Context(site, database: database)
    application = Application(routes)
  }

  /// Sends a request as somebody; the answer is whole when this returns.
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
    let request = Request(MemorySource(parameters, body), id: "test")
    return try Answer(application.answer(request, context))
  }

  /// Opens the connection, so that a race begins with the request itself.
  func connect() throws { try context.db.run("select") }
}
