internal import Decoding
internal import Glibc
internal import Unpacking

if CommandLine.arguments.dropFirst().first == "unpack" {
  exit(UnpackLoop.run(CommandLine.arguments, confine: Confinement.enter))
}
exit(DecodeLoop.run(CommandLine.arguments))
