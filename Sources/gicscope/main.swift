import Glibc
import GicscopeCommands

exit(GicscopeProgram.run())
