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
        "       #0      1.500000001  PE 2   mmioWrite GICD_ISENABLER1 owner=0 value=0x80 size=4 securityShown",
        "       #1      0.000000002  PE 0   sysregRead register=ICC_IAR1_EL1 value=0x2000 size=8",
        "       #2      0.000000003         itsCommand opcode=0xc dw0=0x7000000000c dw1=0x5 dw2=0xaa dw3=0xbb its=1",
        "       #4      0.000000004         marker markerKind=0 length=3 line=9 \"a \"\"",
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
        #"{"event":0,"time_ns":1500000001,"pe":2,"kind":"mmioWrite","register":"GICD_ISENABLER1","frame":"GICD","owner":0,"offset":260,"value":128,"size":4,"securityShown":true}"#,
        #"{"event":1,"time_ns":2,"pe":0,"kind":"sysregRead","register":"ICC_IAR1_EL1","value":8192,"size":8}"#,
        #"{"event":2,"time_ns":3,"kind":"itsCommand","opcode":12,"dw0":7696581394444,"dw1":5,"dw2":170,"dw3":187,"its":1}"#,
        #"{"event":4,"time_ns":4,"kind":"marker","markerKind":0,"length":3,"line":9,"text":"a \""}"#,
        #"{"event":6,"time_ns":5,"domain":1,"kind":"kind200","flags":3,"a":17,"b":18}"#,
      ]
    )
  }

  @Test("CSV holds the raw words and the decoded fields")
  func csv() {
    #expect(
      print(.csv) == [
        "event,time_ns,domain,pe,kind,flags,a,b,more_a,more_b,register,fields",
        "0,1500000001,0,2,mmioWrite,10,4294967556,128,,,GICD_ISENABLER1,GICD_ISENABLER1 owner=0 value=0x80 size=4 securityShown",
        "1,2,0,0,sysregRead,3,1,8192,,,ICC_IAR1_EL1,register=ICC_IAR1_EL1 value=0x2000 size=8",
        "2,3,0,,itsCommand,16,7696581394444,5,170,187,,opcode=0xc dw0=0x7000000000c dw1=0x5 dw2=0xaa dw3=0xbb its=1",
        "4,4,0,,marker,0,196608,9,2230881,0,,\"markerKind=0 length=3 line=9 \"\"a \"\"\"\"\"",
        "6,5,1,,kind200,3,17,18,,,,flags=0x3 a=0x11 b=0x12",
      ]
    )
  }
}
