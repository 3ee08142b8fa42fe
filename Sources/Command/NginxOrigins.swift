internal import ArgumentParser
internal import Site

/// Writes nginx's part of `ASSAY_CORS_ORIGINS`.
struct NginxOrigins: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the origins of ASSAY_CORS_ORIGINS for nginx: /etc/assay/nginx-origins.conf.",
    discussion: "nginx reads the file when it is started or reloaded.")

  func run() throws {
    // Without settings the list would be empty, and nginx would admit no origin.
    guard Config.environment("ASSAY_DATABASE") != nil else {
      throw Refusal("Load the settings first: set -a; . /etc/assay/assay.env; set +a")
    }
    print(try Origins(Config.environment("ASSAY_CORS_ORIGINS")).nginxValues, terminator: "")
  }
}
