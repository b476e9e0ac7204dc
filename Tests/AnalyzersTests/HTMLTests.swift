import GICModel
import InterruptTrace
import Replay
import Testing

@testable import Analyzers
@testable import Reports

@Suite("HTML report")
struct HTMLTests {
  private func html(_ transitions: [Transition], path: String = "a.log") -> String {
    let trace = TraceSummary(
      path: path,
      format: TraceFormat(name: "native"),
      events: 1,
      firstTime: 0,
      lastTime: 1_000_000_000,
      gaps: 0,
      statistics: ImportStatistics(),
      topology: Topology()
    )
    let report = AnalysisReport(trace: trace, results: analyse(transitions), predictions: [])
    var page = ""
    let output = HTMLReport { page += $0 }
    let analysis = Analysis(onLives: output.consume(lives:))
    try! transitions.withUnsafeBufferPointer {
      let batch = ReplayBatch(events: UnsafeBufferPointer(start: nil, count: 0), transitions: $0)
      try analysis.consume(batch)
      output.consume(batch)
    }
    try! analysis.closeLives()
    try! output.finish(report)
    return page
  }

  @Test("It needs nothing from elsewhere")
  func selfContained() {
    let page = html([Make.pending(100, 40), Make.acknowledged(130, 40), Make.ended(200, 40, deactivates: true)])
    #expect(page.contains("<svg"))
    #expect(page.contains("Latency"))
    for reference in ["http:", "https:", "<link", "src=", "@import", "url("] { #expect(!page.contains(reference)) }
  }

  @Test("Text from outside can not become markup")
  func escaped() {
    let page = html([], path: "<b>&\"x\".log")
    #expect(page.contains("&lt;b&gt;&amp;&quot;x&quot;.log"))
    #expect(!page.contains("<b>&"))
  }

  @Test("Elements that open are closed")
  func balanced() {
    let page = html([
      Make.msi(100, 8192, device: 7), Make.acknowledged(130, 8192), Make.ended(200, 8192), Make.spurious(300),
      Make.gap(400), Make.pending(500, 27), Make.acknowledged(501, 27), Make.ended(502, 27, deactivates: true),
    ])
    for element in ["svg", "g", "table", "tbody", "tr", "td", "div", "h2", "p", "text", "body", "html"] {
      let opened = page.components(of: "<\(element)>") + page.components(of: "<\(element) ")
      #expect(opened == page.components(of: "</\(element)>"), "\(element)")
    }
  }

  @Test("Every interrupt is on the timeline")
  func timeline() {
    let page = html([Make.pending(100, 40), Make.acknowledged(130, 40), Make.ended(200, 40, deactivates: true)])
    #expect(page.contains("&quot;count&quot;:1,&quot;start&quot;:100,&quot;length&quot;:101,&quot;tick&quot;:1"))
    #expect(page.contains("1 interrupts, from pending to their end."))
  }

  @Test(
    "Base 64 is that of RFC 4648, section 10",
    arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foobar", "Zm9vYmFy")]
  )
  func base64(text: String, encoded: String) { #expect(TimelineEncoding.base64(Array(text.utf8)) == encoded) }

  @Test("A sample keeps the longest and does not grow")
  func sample() {
    var sample = TimelineSample(limit: 100)
    for i in 0..<10_000 as Range<UInt64> {
      var life = InterruptLife()
      life.pe = 0
      life.shown = [.acknowledge, .end]
      life.acknowledgeTime = i * 100
      life.endTime = i * 100 + (i == 4321 ? 5000 : i % 50)
      sample.append(TimelineBar(life, end: life.endTime)!)
    }
    let bars = sample.result()
    #expect(bars.count <= 100 && bars.count > 25)
    #expect(bars.contains { $0.length == 5000 })
    #expect(sample.isThinned && sample.offered == 10_000)
  }

  @Test("A capture without interrupts has a page too")
  func empty() { #expect(html([]).hasSuffix("</body></html>\n")) }

  @Test("The axis of a picture has every latency on it")
  func axis() {
    let axis = LogAxis(low: 0, high: .max, left: 60, width: 900)
    for value in [0, 1, 999, 1 << 40, .max] as [UInt64] { #expect((60...960.001).contains(axis.x(value))) }
    #expect(axis.bins([(0, 2), (.max, 3)], count: 10) == [2, 0, 0, 0, 0, 0, 0, 0, 0, 3])
  }

  @Test("The top of an axis is a round number", arguments: [(UInt64(1), UInt64(1)), (3, 5), (11, 20), (600, 1000)])
  func niceTop(value: UInt64, top: UInt64) { #expect(ActivityPicture.niceTop(value) == top) }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
