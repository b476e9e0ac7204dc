import Glibc
import GicscopeCommands

exit(GicscopeProgram.run(commit: buildCommit))
