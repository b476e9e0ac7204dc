import Analyzers
import GICModel

/// List registers over time: what each held, how many were in use, and for how long.
struct ListRegisterHistory {
  private var use = ListRegistersHeld()
  private var held: [UInt64: ListedInterrupt] = [:]
  private var last: [UInt64: (time: UInt64, inUse: Int)] = [:]
  /// ns with n list registers in use, by PE.
  private var times: [UInt32: [UInt64]] = [:]
  private var most = TimeSeries<Int>(capacity: 240, empty: 0, merge: max)

  /// Takes in a transition; what a list register held, if that has gone by it.
  mutating func ended(by t: Transition) -> ListedInterrupt? {
    let key = UInt64(t.domain) << 40 | UInt64(t.pe) << 8 | t.a & 63
    var ended: ListedInterrupt?
    switch t.kind {
    case .lrFilled where held[key] == nil:
      held[key] = ListedInterrupt(
        filled: t.time,
        acknowledged: nil,
        event: t.event,
        intid: t.intid,
        pe: t.pe,
        index: UInt32(truncatingIfNeeded: t.a & 63)
      )
    case .virtualAcknowledged where t.a < 64: if held[key]?.acknowledged == nil { held[key]?.acknowledged = t.time }
    case .lrEmptied, .lrOverwritten: ended = held.removeValue(forKey: key)
    default: break
    }
    if let inUse = use.changed(by: t) { count(t, inUse) }
    return ended
  }

  private mutating func count(_ t: Transition, _ inUse: Int) {
    let key = UInt64(t.domain) << 32 | UInt64(t.pe)
    if let last = last[key] { spend(t.pe, last.inUse, t.time > last.time ? t.time - last.time : 0) }
    last[key] = (t.time, inUse)
    most.add(inUse, at: t.time)
  }

  private mutating func spend(_ pe: UInt32, _ inUse: Int, _ time: UInt64) {
    while times[pe, default: []].count <= inUse { times[pe, default: []].append(0) }
    times[pe]![inUse] += time
  }

  /// What list registers still hold.
  var open: [ListedInterrupt] { held.sorted { $0.key < $1.key }.map(\.value) }

  /// Closes the last spans.
  mutating func finish(at end: UInt64) {
    for (key, last) in last {
      spend(UInt32(truncatingIfNeeded: key), last.inUse, end > last.time ? end - last.time : 0)
    }
    last = [:]
  }

  /// Whether any list register was used.
  var isEmpty: Bool { most.start == nil }

  func html(_ naming: PENaming) -> String {
    guard let start = most.start else { return "" }
    let top = max(most.values.max() ?? 1, 1)
    let picture = TimePicture(height: 140, start: start, length: most.width * UInt64(most.values.count))
    var content = ""
    for (i, value) in most.values.enumerated() where value > 0 {
      let (from, to) = (picture.x(start + UInt64(i) * most.width), picture.x(start + UInt64(i + 1) * most.width))
      let y = picture.y(Double(value) / Double(top))
      content +=
        "<rect class=\"LPI\" x=\"\(coordinate(from))\" y=\"\(coordinate(y))\" width=\"\(coordinate(max(to - from - 0.3, 0.6)))\" "
      content +=
        "height=\"\(coordinate(picture.y(0) - y))\"><title>\(Units.moment(start + UInt64(i) * most.width)): up to \(value)</title></rect>"
    }
    let grid = [(0.0, "0"), (1.0, "\(top)")]
    var out = "<h3>Most in use on one PE, over time</h3>\n" + picture.svg("List registers in use", grid: grid, content)
    var table = HTMLTable([("PE", true)] + (0...top).map { ("\($0) in use", true) })
    for (pe, spent) in times.sorted(by: { $0.key < $1.key }).prefix(HeatMap.limit) {
      let total = spent.reduce(0, +)
      table.add(
        [naming.text(pe)]
          + (0...top).map { $0 < spent.count && spent[$0] > 0 ? Units.percent(spent[$0], of: total) : "" }
      )
    }
    out += "<h3>Share of the time</h3>\n" + table.html
    return out
  }
}
