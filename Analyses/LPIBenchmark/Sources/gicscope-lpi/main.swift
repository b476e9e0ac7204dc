import Glibc
import GicscopeCommands
import LPIBenchmark

// The whole command line of gicscope, with every LPI store and the benchmark that measures them.
exit(
  GicscopeProgram.run(
    with: LPIBenchmarkCommands(bench: BenchLPICommand.self, stores: LPIContender.kinds)))
