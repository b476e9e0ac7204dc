import InterruptTrace
import Replay
import Testing

@testable import Analyzers
@testable import Reports

@Suite("HTML report")
struct HTMLTests {
  private func html(_ transitions: [Transition], path: String = "a.log") -> String {
    let trace = TraceSummary(
      path: path, format: TraceFormat(name: "native"), events: 1, firstTime: 0, lastTime: 1_000_000_000, gaps: 0,
      statistics: ImportStatistics(), topology: Topology())
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

  @Test("Text from outside cannot become markup")
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
    #expect(page.contains("1 interrupt, from pending to the end."))
  }

  @Test(
    "Base 64 is that of RFC 4648, section 10",
    arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foobar", "Zm9vYmFy")])
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
    let buckets = [SampleBucket(upper: 0, count: 2), SampleBucket(upper: .max, count: 3)]
    #expect(axis.bins(buckets, count: 10) == [2, 0, 0, 0, 0, 0, 0, 0, 0, 3])
  }

  @Test("The scale of an axis is of round numbers and holds what is to be shown")
  func scale() {
    #expect(RoundTicks.scale(upTo: 1) == [0, 0.25, 0.5, 0.75, 1])
    #expect(RoundTicks.scale(upTo: 3.3) == [0, 1, 2, 3, 4])
    #expect(RoundTicks.scale(upTo: 2700) == [0, 1000, 2000, 3000])
    #expect(RoundTicks.scale(upTo: 0) == [0, 1])
    for top in [1e-9, 0.07, 12, 99.9, 1e12] {
      let scale = RoundTicks.scale(upTo: top)
      #expect(scale.last! >= top * 0.999_999 && (3...6).contains(scale.count), "\(top): \(scale)")
    }
  }

  @Test("Moments on an axis are round, each once, within it and few")
  func moments() {
    func names(_ start: UInt64, _ length: UInt64) -> [String] {
      RoundTicks.times(from: start, length: length, atMost: 8).map(\.name)
    }
    #expect(names(2_000_000_000, 144_000_000_000) == ["20 s", "40 s", "60 s", "80 s", "100 s", "120 s", "140 s"])
    #expect(names(38_000_000, 84_000_000).first == "0.04 s" && names(38_000_000, 84_000_000).last == "0.12 s")
    #expect(names(0, 3) == ["0.000000000 s", "0.000000001 s", "0.000000002 s", "0.000000003 s"])
    #expect(names(0, 0) == ["0.000000000 s"])
    for (start, length) in [(0, .max), (.max - 5, 5), (.max, .max), (1_700_000_000_000_000_123, 977)]
      as [(UInt64, UInt64)]
    {
      let times = RoundTicks.times(from: start, length: length, atMost: 8).map(\.time)
      #expect(times.count <= 9 && times == Array(Set(times)).sorted() && times.allSatisfy { $0 >= start })
    }
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
