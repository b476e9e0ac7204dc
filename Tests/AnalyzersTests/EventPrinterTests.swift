import InterruptTrace
import Testing

@testable import Reports

@Suite("Event printer")
struct EventPrinterTests {
  private let events = [
    Event.mmio(
      .mmioWrite, time: 1_500_000_001, frame: .gicd, offset: 0x104, value: 0x80, size: 4, accessor: 2,
      flags: [.securityShown]),
    Event.sysreg(.sysregRead, time: 2, pe: 0, register: .ICC_IAR1_EL1, value: 0x2000),
    Event(time: 3, kind: .itsCommand, flags: EventFlags(rawValue: 0x10), a: 0x0700_0000_000C, b: 5),
    Event(time: 3, kind: .continuation, a: 0xAA, b: 0xBB),
    Event(time: 4, kind: .marker, a: 3 << 16, b: 9), Event(time: 4, kind: .continuation, a: 0x220A61, b: 0),
    Event(time: 5, kind: EventKind(rawValue: 200), flags: EventFlags(rawValue: 3), domain: 1, a: 17, b: 18),
  ]
  private let groups = [0..<1, 1..<2, 2..<4, 4..<6, 6..<7]

  private func print(_ format: EventPrinter.Format) -> [String] {
    var printer = EventPrinter(format) { frame, offset in
      frame == .gicd && offset == 0x104 ? "GICD_ISENABLER1" : nil
    }
    var out = ByteBuffer()
    printer.header(into: &out)
    events.withUnsafeBufferPointer { buffer in
      for group in groups { printer.print(buffer[group], index: UInt64(group.lowerBound), into: &out) }
    }
    return String(decoding: out.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test("Text names registers and leaves out flags that are not set")
  func text() {
    #expect(
      print(.text) == [
        "       #0      1.500000001  PE 2   mmioWrite GICD_ISENABLER1 owner=0 value=0x80 size=4 security_shown",
        "       #1      0.000000002  PE 0   sysregRead register=ICC_IAR1_EL1 value=0x2000 size=8",
        "       #2      0.000000003         itsCommand opcode=0xc dw0=0x7000000000c dw1=0x5 dw2=0xaa dw3=0xbb its=1",
        "       #4      0.000000004         marker marker_kind=0 length=3 line=9 \"a \"\"",
        "       #6      0.000000005  guest 1  kind200 flags=0x3 a=0x11 b=0x12",
      ]
    )
  }

  @Test("An access whose frame is not known has an address")
  func address() {
    let access = [
      Event(time: 0, kind: .mmioWrite, flags: [.absolute, EventFlags(rawValue: 2)], pe: 0, a: 0x800_0100, b: 1)
    ]
    var printer = EventPrinter(.text)
    access.withUnsafeBufferPointer {
      #expect(
        printer.line($0[...], index: 0) == "#0      0.000000000  PE 0   mmioWrite address=0x8000100 value=0x1 size=4")
    }
  }

  @Test("JSON lines hold a key for each field")
  func json() {
    #expect(
      print(.jsonl) == [
        #"{"event":0,"time_ns":1500000001,"pe":2,"kind":"mmioWrite","register":"GICD_ISENABLER1","frame":"GICD","owner":0,"offset":260,"value":"0x80","size":4,"security_shown":true}"#,
        #"{"event":1,"time_ns":2,"pe":0,"kind":"sysregRead","register":"ICC_IAR1_EL1","value":"0x2000","size":8}"#,
        #"{"event":2,"time_ns":3,"kind":"itsCommand","opcode":12,"dw0":"0x7000000000c","dw1":"0x5","dw2":"0xaa","dw3":"0xbb","its":1}"#,
        #"{"event":4,"time_ns":4,"kind":"marker","marker_kind":0,"length":3,"line":9,"text":"a \""}"#,
        #"{"event":6,"time_ns":5,"domain":1,"kind":"kind200","flags":3,"a":"0x11","b":"0x12"}"#,
      ]
    )
  }

  @Test("CSV has a column for each operand, and the raw words")
  func csv() {
    let lines = print(.csv).map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    let header = lines[0]
    #expect(Array(header[..<7]) == ["event", "time_ns", "domain", "pe", "kind", "register", "address"])
    #expect(Array(header.suffix(6)) == ["text", "flags", "a", "b", "more_a", "more_b"])
    #expect(Set(header).count == header.count)
    #expect(header.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } })
    #expect(Set(["intid", "device_id", "event_id", "priority", "value", "level"]).isSubset(of: header))
    let rows = lines.dropFirst().map { cells in
      #expect(cells.count == header.count)
      return Dictionary(zip(header, cells).filter { !$0.1.isEmpty }, uniquingKeysWith: { first, _ in first })
    }
    #expect(
      rows[0] == [
        "event": "0", "time_ns": "1500000001", "domain": "0", "pe": "2", "kind": "mmioWrite",
        "register": "GICD_ISENABLER1", "frame": "GICD", "owner": "0", "offset": "260", "value": "0x80", "size": "4",
        "secure": "0", "security_shown": "1", "refused": "0", "incomplete": "0", "flags": "10", "a": "0x100000104",
        "b": "0x80",
      ]
    )
    #expect(rows[1]["register"] == "ICC_IAR1_EL1")
    #expect(rows[2]["dw2"] == "0xaa")
    #expect(rows[2]["more_b"] == "0xbb")
    #expect(rows[3]["text"] == "\"a \"\"\"")
    #expect(
      rows[4] == [
        "event": "6", "time_ns": "5", "domain": "1", "kind": "kind200", "flags": "3", "a": "0x11", "b": "0x12",
      ])
  }
}
