import GICModel
import Replay
import TraceImporters

let engine = ReplayEngine(source: try openTrace(paths: ["trace.log.zst"]))
try engine.run { batch in
  for transition in batch.transitions where transition.kind == .acknowledged {
    print(transition.time, "PE", transition.pe, "INTID", transition.intid)
  }
}
for register in engine.predictions { print(register.name, register.agreed, register.disagreed, register.taught) }
