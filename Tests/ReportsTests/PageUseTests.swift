import Foundation
import HeadlessBrowser
import Testing

@testable import Reports

/// What a reader does with the report, in Chromium.
@Suite("Use of the HTML report", .serialized, .enabled(if: Browser.isInstalled, "Chromium is not installed"))
struct PageUseTests {
  private func page(_ capture: String) throws -> TemporaryFile {
    let file = TemporaryFile(".html")
    var html = ""
    _ = try BundledCapture.analyse(capture) { _ in [HTMLReport { html += $0 }] }
    try Data(html.utf8).write(to: URL(filePath: file.path))
    return file
  }

  @Test("Every table of more than one row sorts by a click, durations by their length")
  func sorting() throws {
    let file = try page("nested-gicv3")
    let browser = try Browser("file://\(file.path)")
    try browser.wait("document.documentElement.dataset.ready === 'yes'")
    let fixed = """
      [...document.querySelectorAll('table')].filter(t => t.tBodies[0].rows.length > 1
        && t.querySelectorAll('th').length !== t.querySelectorAll('th button').length).length
      """
    #expect(try browser.value(fixed) as? Int == 0)
    let cells = """
      [...document.querySelectorAll('table[aria-label="The slowest interrupts of guests"] tbody tr')].map(r => r.cells[3].textContent)
      """
    try browser.value(
      "[...document.querySelectorAll('#guests-slowest th button')].filter(b => b.textContent === 'handled').at(-1).click()"
    )
    let sorted = try #require(try browser.value(cells) as? [String])
    let lengths = sorted.map { text -> Double in
      let parts = text.split(separator: " ")
      let scale: Double = ["ns": 1.0, "µs": 1e3, "ms": 1e6, "s": 1e9][String(parts.last ?? "")] ?? 0
      return (Double(String(parts.first ?? "")) ?? 0) * scale
    }
    #expect(lengths.count == 20 && Set(lengths).count > 5)
    #expect(lengths == lengths.sorted(by: >), "\(sorted)")
    #expect(browser.errors.isEmpty)
  }

  @Test("Links are read on cards too: contrast of at least 4.5 : 1", arguments: [false, true])
  func contrast(dark: Bool) throws {
    let file = try page("its-and-preemption")
    let browser = try Browser("file://\(file.path)", dark: dark)
    try browser.wait("document.documentElement.dataset.ready === 'yes'")
    let contrast = """
      (() => {
        const style = getComputedStyle(document.documentElement);
        const luminance = name => {
          const hex = style.getPropertyValue(name).trim().slice(1);
          const full = hex.length === 3 ? [...hex].map(c => c + c).join('') : hex;
          const [r, g, b] = [0, 2, 4].map(i => parseInt(full.slice(i, i + 2), 16) / 255)
            .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        return Math.min(...['--page', '--panel'].map(ground => {
          const [a, b] = [luminance(ground), luminance('--link')].sort((x, y) => y - x);
          return (a + 0.05) / (b + 0.05);
        }));
      })()
      """
    let least = try browser.value(contrast) as? Double ?? 0
    #expect(least >= 4.5)
    let same =
      "getComputedStyle(document.querySelector('a.moment')).color === getComputedStyle(document.querySelector('nav a')).color"
    #expect(try browser.value(same) as? Bool == true)
  }

  @Test("A window of time and the markers are those of all pictures, and the address keeps them")
  func window() throws {
    let file = try page("its-and-preemption")
    let browser = try Browser("file://\(file.path)")
    try browser.wait("document.documentElement.dataset.ready === 'yes'")
    let boxes = "[...document.querySelectorAll('svg.plot')].map(p => p.getAttribute('viewBox')).join(';')"
    let whole = try browser.value(boxes) as? String
    try browser.click("[data-do=in]")
    try browser.click("[data-do=a]")
    try browser.click("[data-do=later]")
    try browser.click("[data-do=b]")
    #expect(try browser.value(boxes) as? String != whole)
    // Every picture shows the timeline's window.
    let apart = """
      [...document.querySelectorAll('svg.plot')].map(p => {
        const [x, , w] = p.getAttribute('viewBox').split(' ').map(Number), start = +p.dataset.start, length = +p.dataset.length;
        const view = gicscope.view(), time = t => gicscope.facts.start + t * gicscope.facts.tick;
        const from = start + (x - p.x.baseVal.value) / p.width.baseVal.value * length;
        return Math.abs(from - time(view.from)) + Math.abs(w / p.width.baseVal.value * length - time(view.to) + time(view.from));
      }).reduce((a, b) => Math.max(a, b)) / gicscope.facts.length
      """
    #expect(try browser.value(apart) as? Double ?? 1 < 0.001)
    let said = try browser.value("document.querySelector('#window span').textContent") as? String ?? ""
    #expect(said.contains("B − A "), "\(said)")
    #expect(
      try browser.value("document.querySelectorAll('svg.plot .marker').length / 2") as? Int
        == whole?.split(separator: ";").count)
    let (zoomed, view) = (
      try browser.value(boxes) as? String, try browser.value("JSON.stringify(gicscope.view())") as? String
    )
    try browser.wait("/w=\\d+-\\d+&a=\\d+&b=\\d+/.test(location.hash)")

    let address = try #require(try browser.value("location.hash") as? String)
    let other = try Browser("file://\(file.path)\(address)")
    try other.wait("document.documentElement.dataset.ready === 'yes'")
    #expect(try other.value(boxes) as? String == zoomed)
    #expect(try other.value("JSON.stringify(gicscope.view())") as? String == view)
    #expect(try other.value("document.querySelector('#window span').textContent") as? String == said)
    try other.click("[data-window=all]")
    #expect(try other.value(boxes) as? String == whole)
    #expect(browser.errors.isEmpty && other.errors.isEmpty)
  }
}
