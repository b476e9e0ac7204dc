import CZlib
import CZstd

/// Writes small trace.dat files by hand, with every length under the test's control.
struct DatBuilder {
  var version = 6
  var isBigEndian = false
  var longSize = 8
  var compression = "none"
  /// Pages of each CPU.
  var cpus: [[[UInt8]]] = [[]]
  var clock = "mono"
  var options: [(id: UInt16, data: [UInt8])] = []
  var threadNames = "265 CPU 0/KVM\n266 CPU 1/KVM\n"

  private func number(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian, Array.init)
  }

  private static let common = """
    \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
    \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;
    """

  /// Formats with numbers and places of their own, as no kernel has them.
  static let formats = [
    "name: kvm_entry\nID: 700\nformat:\n\(common)\n\tfield:unsigned long vcpu_pc;\toffset:16;\tsize:8;\tsigned:0;\n",
    """
    name: vgic_update_irq_pending\nID: 9\nformat:\n\(common)
    \tfield:__u32 irq;\toffset:8;\tsize:4;\tsigned:0;\n\tfield:bool level;\toffset:12;\tsize:1;\tsigned:0;
    \tfield:unsigned short vcpu_id;\toffset:14;\tsize:2;\tsigned:0;\n\nprint fmt: "x"
    """,
    """
    name: irq_handler_entry\nID: 12\nformat:\n\(common)
    \tfield:int irq;\toffset:8;\tsize:4;\tsigned:1;\n\tfield:__data_loc char[] name;\toffset:12;\tsize:4;\tsigned:0;
    """,
    "name: something_else\nID: 13\nformat:\n\(common)\n",
  ]

  private var pageHeader: [UInt8] {
    let text =
      "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
      + "\tfield: local_t commit;\toffset:8;\tsize:\(longSize);\tsigned:1;\n"
      + "\tfield: char data;\toffset:\(8 + longSize);\tsize:\(256 - 8 - longSize);\tsigned:0;\n"
    return Array("header_page\0".utf8) + number(UInt64(text.utf8.count)) + Array(text.utf8)
      + Array("header_event\0".utf8) + number(UInt64(4)) + Array("none".utf8)
  }

  private var eventFormats: [UInt8] {
    var bytes = number(UInt32(1)) + Array("kvm\0".utf8) + number(UInt32(Self.formats.count))
    for format in Self.formats { bytes += number(UInt64(format.utf8.count)) + Array(format.utf8) }
    return bytes
  }

  private var head: [UInt8] {
    [0x17, 0x08, 0x44] + Array("tracing\(version)\0".utf8) + [isBigEndian ? 1 : 0, UInt8(longSize)]
      + number(UInt32(256))
  }

  /// The file.
  var bytes: [UInt8] { version == 6 ? version6 : version7 }

  private var version6: [UInt8] {
    let names = Array(threadNames.utf8)
    var file = head + pageHeader + number(UInt32(0)) + eventFormats + number(UInt32(0)) + number(UInt32(0))
    file += number(UInt64(names.count)) + names + number(UInt32(cpus.count)) + Array("options  \0".utf8)
    for option in options + [(4, Array("local [\(clock)]\0".utf8))] {
      file += number(option.id) + number(UInt32(option.data.count)) + option.data
    }
    file += number(UInt16(0)) + Array("flyrecord\0".utf8)
    var place = file.count + cpus.count * 16
    for pages in cpus {
      file += number(UInt64(place)) + number(UInt64(pages.count * 256))
      place += pages.count * 256
    }
    return file + cpus.joined().joined()
  }

  private var version7: [UInt8] {
    var file = head + Array("\(compression)\0\("1")\0".utf8)
    let link = file.count
    file += number(UInt64(0))
    var places: [(UInt16, Int)] = []
    func section(_ id: UInt16, _ body: [UInt8]) {
      places.append((id, file.count))
      file += number(id) + sectionContent(body)
    }
    section(16, pageHeader)
    section(18, eventFormats)
    section(21, number(UInt64(threadNames.utf8.count)) + Array(threadNames.utf8))
    let buffer = file.count
    file += number(UInt16(3)) + number(UInt16(isCompressed ? 1 : 0)) + number(UInt32(0)) + number(UInt64(0))
    var option =
      number(UInt64(buffer)) + [0] + Array("\(clock)\0".utf8) + number(UInt32(256)) + number(UInt32(cpus.count))
    for (cpu, pages) in cpus.enumerated() {
      let data = isCompressed ? chunks(pages) : Array(pages.joined())
      // The length leaves out the number of chunks.
      option += number(UInt32(cpu)) + number(UInt64(file.count)) + number(UInt64(data.count - (isCompressed ? 4 : 0)))
      file += data
    }
    var body: [UInt8] = []
    for (id, place) in places { body += number(id) + number(UInt32(8)) + number(UInt64(place)) }
    for option in options { body += number(option.id) + number(UInt32(option.data.count)) + option.data }
    body += number(UInt16(3)) + number(UInt32(option.count)) + option
    body += number(UInt16(0)) + number(UInt32(8)) + number(UInt64(0))
    let place = number(UInt64(file.count))
    file.replaceSubrange(link..<(link + 8), with: place)
    return file + number(UInt16(0)) + sectionContent(body)
  }

  // MARK: Compression

  private var isCompressed: Bool { ["zlib", "zstd"].contains(compression) }

  private func compressed(_ data: [UInt8]) -> [UInt8] {
    var target = [UInt8](repeating: 0, count: data.count + 1024)
    if compression == "zstd" {
      return Array(target[..<ZSTD_compress(&target, target.count, data, data.count, 3)])
    }
    var length = uLong(target.count)
    precondition(compress2(&target, &length, data, uLong(data.count), 6) == Z_OK)
    return Array(target[..<Int(length)])
  }

  /// What follows a section's number.
  private func sectionContent(_ body: [UInt8]) -> [UInt8] {
    guard isCompressed else { return number(UInt16(0)) + number(UInt32(0)) + number(UInt64(body.count)) + body }
    let data = compressed(body)
    return number(UInt16(1)) + number(UInt32(0)) + number(UInt64(data.count + 8)) + number(UInt32(data.count))
      + number(UInt32(body.count)) + data
  }

  /// A CPU's pages in chunks of one page each.
  private func chunks(_ pages: [[UInt8]]) -> [UInt8] {
    var bytes = number(UInt32(pages.count))
    for page in pages {
      let data = compressed(page)
      bytes += number(UInt32(data.count)) + number(UInt32(page.count)) + data
    }
    return bytes
  }

  // MARK: Pages and records

  /// A page: its time, its records, and how many events are missing before it (-1: an unknown number).
  func page(_ time: UInt64, _ records: [UInt8], missed: Int? = nil) -> [UInt8] {
    var commit = UInt64(records.count)
    var tail: [UInt8] = []
    if let missed {
      commit |= 1 << 31
      if missed >= 0 {
        commit |= 1 << 30
        tail = longSize == 8 ? number(UInt64(missed)) : number(UInt32(missed))
      }
    }
    var page = number(time) + (longSize == 8 ? number(commit) : number(UInt32(commit))) + records + tail
    page += [UInt8](repeating: 0, count: 256 - page.count)
    return page
  }

  private func header(_ type: UInt32, _ delta: UInt64) -> [UInt8] {
    number(isBigEndian ? type << 27 | UInt32(delta) : UInt32(delta) << 5 | type)
  }

  /// A record: some nanoseconds after the one before. A multiple of four bytes.
  func record(_ delta: UInt64, _ data: [UInt8]) -> [UInt8] { header(UInt32(data.count / 4), delta) + data }

  /// A record whose length has a word of its own.
  func longRecord(_ delta: UInt64, _ data: [UInt8]) -> [UInt8] {
    header(0, delta) + number(UInt32(data.count + 4)) + data
  }

  func timeExtend(_ delta: UInt64) -> [UInt8] { header(30, delta & 0x7FF_FFFF) + number(UInt32(delta >> 27)) }
  func timeStamp(_ time: UInt64) -> [UInt8] { header(31, time & 0x7FF_FFFF) + number(UInt32(time >> 27 & 0xFFFF_FFFF)) }
  func padding(_ delta: UInt64, length: Int) -> [UInt8] {
    header(29, delta) + number(UInt32(length)) + [UInt8](repeating: 0xAA, count: length - 4)
  }

  private func common(_ id: UInt16, _ thread: UInt32) -> [UInt8] { number(id) + [0, 0] + number(thread) }

  func entry(_ thread: UInt32, pc: UInt64) -> [UInt8] {
    common(700, thread) + [UInt8](repeating: 0, count: 8) + number(pc)
  }
  func inject(_ thread: UInt32, vcpu: UInt16, irq: UInt32, level: UInt8) -> [UInt8] {
    common(9, thread) + number(irq) + [level, 0] + number(vcpu)
  }
  func handler(_ thread: UInt32, irq: UInt32, name: String) -> [UInt8] {
    var text = Array(name.utf8) + [0]
    while text.count % 4 != 0 { text.append(0) }
    return common(12, thread) + number(irq) + number(UInt32(16 | (name.utf8.count + 1) << 16)) + text
  }
  func other(_ thread: UInt32) -> [UInt8] { common(13, thread) }
}
