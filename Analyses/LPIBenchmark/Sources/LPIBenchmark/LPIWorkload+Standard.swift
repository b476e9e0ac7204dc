import LPIWorkloads

extension LPIWorkload {
  /// What `gicscope bench lpi` runs, in this order. `isQuick` leaves out all above 65 536 LPIs, and variants.
  public static func standard(isQuick: Bool) -> [LPIWorkload] {
    let records: [Kind] = [.lookupSequential, .lookupRandom, .churn, .iterate]
    let pending: [Kind] = [.clear, .reconfigure, .moveAll]
    let bursts: [Kind] = [.stress(burst: 1), .stress(burst: 64), .stress(burst: 0)]
    func all(_ shape: LPIPopulationShape, _ kinds: [Kind]) -> [LPIWorkload] { kinds.map { LPIWorkload(shape, $0) } }
    var list = all(.allocated(.linux, count: 1 << 10), records)
    list += all(.allocated(.linux, count: 1 << 16), records + pending)
    list += all(.allocated(.uniform, count: 1 << 16), records)
    list += all(.stress(vcpus: 1, devices: 1, events: 16), [.stress(burst: 1), .stress(burst: 0)])
    list += all(.stress(vcpus: 64, devices: 2048, events: 32), bursts)
    list += all(.stressPerDevice(vcpus: 64, devices: 2048, events: 32), [.stress(burst: 64), .interleaved(burst: 1)])
    if isQuick { return list }
    list += all(.allocated(.linux, count: 1 << 20), records + pending)
    list += all(.allocated(.uniform, count: 1 << 20), records)
    list += all(.stress(vcpus: 64, devices: 32_768, events: 32), bursts)
    list += all(.stressPerDevice(vcpus: 64, devices: 32_768, events: 32), [.stress(burst: 64), .interleaved(burst: 1)])
    list += all(.allocated(.contiguous, count: 1 << 24), [.lookupSequential, .lookupRandom, .churn])
    list += all(.stress(vcpus: 64, devices: 524_288, events: 32), [.stress(burst: 1), .stress(burst: 64)])
    return list
  }
}
