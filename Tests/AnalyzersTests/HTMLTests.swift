import GICModel
import InterruptTrace
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
    return AnalysisReport(trace: trace, results: analyse(transitions), predictions: []).html()
  }

  @Test("It needs nothing from elsewhere")
  func selfContained() {
    let page = html([Make.pending(100, 40), Make.acknowledged(130, 40), Make.ended(200, 40, deactivates: true)])
    #expect(page.contains("<svg"))
    #expect(page.contains("Latency"))
    for reference in ["http:", "https:", "<script", "<link", "src=", "@import"] { #expect(!page.contains(reference)) }
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
