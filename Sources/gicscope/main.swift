import ArgumentParser
import Glibc

// A reader that has seen enough (`gicscope events … | head`) is no error: writing then fails with EPIPE, which
// StandardOutput turns into a quiet end.
signal(SIGPIPE, SIG_IGN)

do {
  var command = try Gicscope.parseAsRoot(CommandLineArguments.prepared(Array(CommandLine.arguments.dropFirst())))
  try command.run()
} catch {
  exit(ExitStatus.report(error))
}
