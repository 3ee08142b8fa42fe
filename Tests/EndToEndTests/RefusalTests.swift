import Glibc
import Support
import Testing

extension EndToEnd {
  /// Settings with which processes must not start.
  @Suite struct RefusalTests {
    /// A change, in shell, before the program starts, and the name that the error must contain.
    struct Case: CustomTestStringConvertible {
      let change: String
      let named: String
      var testDescription: String { change }
    }

    @Test(arguments: [
      Case(change: "unset ASSAY_DATABASE", named: "ASSAY_DATABASE"),
      Case(change: "ASSAY_DATABASE=", named: "ASSAY_DATABASE"),
      Case(change: "unset ASSAY_STORE", named: "ASSAY_STORE"),
      Case(change: "unset ASSAY_SECRETS", named: "ASSAY_SECRETS"),
      Case(change: "unset ASSAY_DECODE", named: "ASSAY_DECODE"),
      Case(change: "ASSAY_THREADS=0", named: "ASSAY_THREADS"),
      Case(change: "ASSAY_THREADS=many", named: "ASSAY_THREADS"),
      Case(change: "ASSAY_QC=perhaps", named: "ASSAY_QC"),
      Case(change: "ASSAY_QC_THRESHOLDS=blury=0.5", named: "ASSAY_QC_THRESHOLDS"),
      Case(change: "rm $ASSAY_SECRETS/token.key", named: "token.key"),
      Case(change: "rm $ASSAY_SECRETS/link.key", named: "link.key"),
      Case(change: "echo abc123 >$ASSAY_SECRETS/token.key", named: "token.key"),
      Case(
        change: "tr 0-9a-f 0 <$ASSAY_SECRETS/link.key >k; cat k >$ASSAY_SECRETS/link.key",
        named: "link.key"),
      Case(change: "chmod 644 $ASSAY_SECRETS/token.key", named: "token.key"),
      Case(change: "exec </dev/null", named: "socket"),
      Case(change: "exec <$ASSAY_SECRETS/token.key", named: "socket"),
    ])
    func serveRefusesToStart(_ wrong: Case) throws {
      let instance = try Instance.running()
      // A copy of the settings and keys with one change, and a socket as systemd gives it.
      let script = """
        unset ${!ASSAY_@}; export SWIFT_BACKTRACE=enable=no; set -a; . "$1/assay.env"
        cd "$(mktemp -d "$2/refused-XXXXXX")"
        mkdir secrets; cp "$1"/secrets/*.key secrets; chmod 600 secrets/*
        ASSAY_SECRETS=$PWD/secrets; \(wrong.change)
        exec "$1/bin/assay" serve
        """
      let pair = try Pair()
      // Two seconds are promised; the rest allows for other load on the machine.
      let refused = try Program(
        ["bash", "-c", script, "serve", instance.state, instance.run], descriptor: pair.listening
      ).finish(seconds: 10)
      #expect(refused.code > 0, "\(refused.code)")
      let lines = refused.errors.split(separator: "\n")
      #expect(lines.count == 1, "\(refused.errors)")
      #expect(refused.errors.contains(wrong.named), "\(refused.errors)")
    }
  }
}

/// A listening socket without a name.
private struct Pair: ~Copyable {
  let listening: Int32

  init() throws {
    listening = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bound = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        // An address without a path: the kernel chooses one.
        bind(listening, $0, socklen_t(MemoryLayout<sa_family_t>.size))
      }
    }
    guard bound == 0, listen(listening, 16) == 0 else {
      throw Unexpected(description: "no socket")
    }
  }

  deinit { close(listening) }
}
