import InterruptTrace
import LPIStore

/// The property bytes that the capture shows in the LPI configuration table, and which of them the controller may not have
/// read since they were written (IHI 0069H, 5.1.1).
///
/// LPIs come in pages of 4096, made as the first of them is written. What INVALL reads is found by bitmaps, so that it costs
/// no more than there is to read, however much the table holds.
struct ConfigurationMemory {
  private static var pageBits: Int { 12 }
  private static var pageSize: Int { 1 << pageBits }
  private static var wordsPerPage: Int { pageSize / 64 }

  /// The place of each page's bytes; -1 for a page that was never written.
  private var places: [Int32] = []
  /// The first INTID of each page, in the order of places.
  private var firsts: [UInt32] = []
  private var bytes: [UInt8] = []
  /// A bit for each byte: the capture shows it.
  private var shown: [UInt64] = []
  /// A bit for each byte: it may differ from what is cached.
  private var unread: [UInt64] = []
  /// Bytes that ``unread`` says so of, by place of the page.
  private var unreadCounts: [Int32] = []
  /// Pages that have any, by page.
  private var unreadPages: Set<Int> = []

  /// Nothing has been shown.
  var isEmpty: Bool { places.isEmpty }

  /// Writes or reads it.
  mutating func archive(_ archive: inout StateArchive) {
    archive.array(&places)
    archive.array(&firsts)
    archive.array(&bytes)
    archive.array(&shown)
    archive.array(&unread)
    archive.array(&unreadCounts)
    var pages = Array(unreadPages)
    archive.array(&pages)
    unreadPages = Set(pages)
  }

  /// An LPI's byte; nil if the capture does not show it.
  @inline(__always) subscript(intid: UInt32) -> UInt8? {
    guard let at = place(intid), shown[at &>> 6] &>> UInt64(at & 63) & 1 != 0 else { return nil }
    return bytes[at]
  }

  /// Memory was written. What no controller can have is ignored.
  mutating func write(_ byte: UInt8, of intid: UInt32) {
    guard intid < LPILimits.intidLimit(bits: LPILimits.maximumINTIDBits) else { return }
    let at = place(intid) ?? addPage(of: intid)
    bytes[at] = byte
    shown[at &>> 6] |= 1 &<< UInt64(at & 63)
    markUnread(intid)
  }

  /// What is cached of an LPI may differ from its byte, if that is shown.
  mutating func markUnread(_ intid: UInt32) {
    guard let at = place(intid) else { return }
    let bit: UInt64 = 1 &<< UInt64(at & 63)
    guard shown[at &>> 6] & bit != 0, unread[at &>> 6] & bit == 0 else { return }
    unread[at &>> 6] |= bit
    let page = at &>> Self.pageBits
    if unreadCounts[page] == 0 { unreadPages.insert(page) }
    unreadCounts[page] += 1
  }

  /// The LPIs whose bytes may differ from what is cached, in their order; from now on none may.
  mutating func takeUnread() -> [UInt32] {
    if unreadPages.isEmpty { return [] }
    let pages = unreadPages.sorted { firsts[$0] < firsts[$1] }
    var result: [UInt32] = []
    result.reserveCapacity(pages.reduce(0) { $0 + Int(unreadCounts[$1]) })
    for page in pages {
      for word in 0..<Self.wordsPerPage {
        var bits = unread[page * Self.wordsPerPage + word]
        while bits != 0 {
          result.append(firsts[page] + UInt32(word * 64 + bits.trailingZeroBitCount))
          bits &= bits - 1
        }
        unread[page * Self.wordsPerPage + word] = 0
      }
      unreadCounts[page] = 0
    }
    unreadPages.removeAll()
    return result
  }

  @inline(__always) private func place(_ intid: UInt32) -> Int? {
    let page = Int(intid &>> UInt32(Self.pageBits))
    guard page < places.count, places[page] >= 0 else { return nil }
    return Int(places[page]) &<< Self.pageBits | Int(intid) & (Self.pageSize - 1)
  }

  private mutating func addPage(of intid: UInt32) -> Int {
    let page = Int(intid) >> Self.pageBits
    while places.count <= page { places.append(-1) }
    places[page] = Int32(firsts.count)
    firsts.append(UInt32(page << Self.pageBits))
    bytes.append(contentsOf: repeatElement(0, count: Self.pageSize))
    shown.append(contentsOf: repeatElement(0, count: Self.wordsPerPage))
    unread.append(contentsOf: repeatElement(0, count: Self.wordsPerPage))
    unreadCounts.append(0)
    return Int(places[page]) << Self.pageBits | Int(intid) & (Self.pageSize - 1)
  }
}
