internal import ArgumentParser
internal import Assay
internal import FastCGI
internal import HTTP
internal import Logging

/// Answers FastCGI requests on standard input, which is the listening socket.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer FastCGI requests on the listening socket that is file descriptor 0.")

  func run() throws {
    let site = try Site(Config())
    let application = Application()
    let pool = Pool(listening: 0)
    pool.run(
      threads: site.config.threads,
      makeState: { Context(site) },
      answer: { context, request in application.answer(request, context) },
      finished: { _, exchange in AccessLog.record(exchange) })
    site.stop()
  }
}
