import Cryptography
import Testing

@Suite("Passwords")
struct PasswordTests {
  @Test func aHashMatchesItsPasswordOnly() {
    let hash = Password.hash("correct horse")
    #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
    #expect(Password.matches("correct horse", hash))
    for wrong in ["", "correct hors", "correct horse ", "Correct horse", "correct horse\u{0}"] {
      #expect(!Password.matches(wrong, hash), "\(wrong)")
    }
  }

  @Test func everyHashHasItsOwnSalt() {
    #expect(Password.hash("correct horse") != Password.hash("correct horse"))
  }

  @Test func anyTextCanBeHashed() {
    for password in ["", "a\u{0}b", "пароль 🐈", String(repeating: "x", count: 10_000)] {
      let hash = Password.hash(password)
      #expect(Password.matches(password, hash))
      #expect(!Password.matches(password + "x", hash))
    }
    #expect(!Password.matches("a", Password.hash("a\u{0}b")))
  }

  // From the test suite of the reference implementation.
  @Test func hashesOfOtherProgramsAreVerified() {
    let hash =
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
      + "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
    #expect(Password.matches("password", hash))
    #expect(!Password.matches("passwort", hash))
    #expect(
      Password.hash("password", passes: 2, kibibytes: 65_536, salt: Array("somesalt".utf8)) == hash)
  }

  // Made by the library's own encoder.
  @Test func hashesOfTheLibraryAreVerified() {
    let hash =
      "$argon2id$v=19$m=19456,t=2,p=1$Di1Ma4qpyOcGJURjgqHA3w$"
      + "VeRVUrSR2/y6JYliaK+2kKyM//rQmhtn3DMZk8etsYI"
    #expect(Password.matches("twelve apples", hash))
    #expect(!Password.matches("twelve apple", hash))
    #expect(!Password.isWeak(hash))
    for (old, new) in [
      ("t=2", "t=3"), ("m=19456", "m=19457"), ("p=1", "p=2"), ("v=19", "v=16"), ("id", "i"),
    ] {
      let changed = hash.replacing(old, with: new, maxReplacements: 1)
      #expect(!Password.matches("twelve apples", changed), "\(new)")
    }
    #expect(Password.isWeak(hash.replacing("t=2", with: "t=1")))
    #expect(Password.isWeak(hash.replacing("m=19456", with: "m=9728")))
  }

  @Test(arguments: ["", "!", "x", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$", "plain"])
  func anUnusableHashMatchesNothing(hash: String) {
    for password in ["", hash, "!"] { #expect(!Password.matches(password, hash)) }
  }

  @Test func theDecoyIsAUsableHash() {
    #expect(Password.decoy.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
    #expect(!Password.matches("", Password.decoy))
  }
}
