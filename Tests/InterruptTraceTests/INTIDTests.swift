import InterruptTrace
import Testing

/// The ranges of INTIDs (IHI 0069H, 2.2).
@Suite struct INTIDTests {
  private let edges: [UInt32] = [
    0, 15, 16, 31, 32, 1019, 1020, 1023, 1024, 1055, 1056, 1119, 1120, 4095, 4096, 5119, 5120, 8191, 8192, 1 << 24,
  ]

  @Test func `Predicates and ranges say the same`() {
    for intid in edges {
      #expect(INTID.isSGI(intid) == INTID.sgis.contains(intid))
      #expect(INTID.isPPI(intid) == INTID.ppis.contains(intid))
      #expect(INTID.isSPI(intid) == INTID.spis.contains(intid))
      #expect(INTID.isSpecial(intid) == INTID.specials.contains(intid))
      #expect(INTID.isExtendedPPI(intid) == INTID.extendedPPIs.contains(intid))
      #expect(INTID.isExtendedSPI(intid) == INTID.extendedSPIs.contains(intid))
      #expect(INTID.isLPI(intid) == (INTID.firstLPI...).contains(intid))
      #expect(INTID.isBanked(intid) == (intid < INTID.firstSPI))
      #expect(INTID.isBasic(intid) == (INTID.isBanked(intid) || INTID.isSPI(intid)))
    }
  }

  @Test func `An INTID is in at most one class`() {
    for intid in edges {
      let classes = [
        INTID.isPrivate(intid), INTID.isShared(intid), INTID.isSpecial(intid), INTID.isLPI(intid),
      ]
      #expect(classes.filter { $0 }.count <= 1)
      #expect(
        classes == [
          INTID.isPrivate(Int(intid)), INTID.isShared(Int(intid)), INTID.isSpecial(UInt64(intid)),
          INTID.isLPI(UInt64(intid)),
        ])
    }
    #expect(
      edges.filter { !INTID.isPrivate($0) && !INTID.isShared($0) && !INTID.isSpecial($0) && !INTID.isLPI($0) }
        == [1024, 1055, 1120, 4095, 5120, 8191])
  }

  @Test func `Special INTIDs are special`() {
    #expect([INTID.secure, INTID.nonSecure, INTID.nonMaskable, INTID.spurious] == Array(INTID.specials))
  }
}
