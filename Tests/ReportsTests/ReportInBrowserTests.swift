import Foundation
import HeadlessBrowser
import Testing

@testable import Analyzers
@testable import Reports

/// The HTML report in a real browser; needs Chromium, and says so where there is none.
@Suite("HTML report in the browser", .serialized, .enabled(if: Browser.isInstalled, "Chromium is not installed"))
struct ReportInBrowserTests {
  private func page(_ capture: String) throws -> TemporaryFile {
    let file = TemporaryFile(".html")
    _ = try BundledCapture.analyse(capture) { _ in
      [HTMLReport { try Data($0.utf8).write(to: URL(filePath: file.path)) }]
    }
    return file
  }

  @Test("It opens, sorts, filters, zooms, steps and links to moments, with the keyboard too")
  func drive() throws {
    let file = try page("its-and-preemption")
    let browser = try Browser("file://\(file.path)")
    try browser.wait("document.documentElement.dataset.ready === 'yes'")

    // Sorting and filtering.
    let rows = "[...document.querySelectorAll('table.sortable tbody tr')].filter(r => !r.hidden)"
    let all = try #require(try browser.value("\(rows).length") as? Int)
    #expect(all > 3)
    try browser.value("document.querySelector('table.sortable th:nth-child(3) button').click()")
    let counts = try browser.value("\(rows).map(r => +r.cells[2].dataset.value)") as? [Int] ?? []
    #expect(counts == counts.sorted(by: >) && counts.count == all)
    try browser.value("document.querySelector('table.sortable th:nth-child(3) button').click()")
    #expect(try browser.value("\(rows).map(r => +r.cells[2].dataset.value)") as? [Int] == counts.sorted())
    let filter =
      "const f = document.querySelector('input.filter'); f.value = 'LPI'; f.dispatchEvent(new Event('input'))"
    try browser.value("(() => { \(filter) })()")
    let lpis = try #require(try browser.value("\(rows).length") as? Int)
    #expect(lpis > 0 && lpis < all)
    #expect(try browser.value("\(rows).every(r => r.cells[1].textContent === 'LPI')") as? Bool == true)

    // Zooming and stepping, by button and by key.
    func width() throws -> Double { try browser.value("gicscope.view().to - gicscope.view().from") as? Double ?? 0 }
    let whole = try width()
    try browser.value("document.querySelector('[data-do=in]').click()")
    #expect(abs(try width() - whole / 2) < 1)
    try browser.value("document.getElementById('bars').focus()")
    try browser.press("+")
    #expect(abs(try width() - whole / 4) < 1)
    try browser.press("Home")
    #expect(try width() == whole)
    try browser.press("n")
    let first = try browser.value("document.getElementById('chosen').textContent") as? String ?? ""
    #expect(first.contains("PE ") && first.contains("event #"))
    try browser.press("n")
    #expect(try browser.value("document.getElementById('chosen').textContent") as? String != first)
    try browser.press("p")
    #expect(try browser.value("document.getElementById('chosen').textContent") as? String == first)

    // From the worst interrupt to its place on the timeline.
    try browser.value("document.querySelector('#over-time .moment').click()")
    let wanted = try browser.value("document.querySelector('#over-time .moment').dataset.event") as? String ?? "?"
    let chosen = try browser.value("document.getElementById('chosen').textContent") as? String ?? ""
    #expect(chosen.contains("event #\(wanted)"))
    try browser.wait("/(#|&)e=\(wanted)$/.test(location.hash)")
    #expect(try width() < whole)

    // Light and dark.
    let background = "getComputedStyle(document.body).backgroundColor"
    let light = try browser.value(background) as? String
    try browser.value("document.getElementById('theme').click()")
    #expect(try browser.value(background) as? String != light)
    #expect(browser.errors.isEmpty)
  }

  @Test("A click on a finding moves the timeline to it; nothing is asked of any network", arguments: [1400, 390])
  func finding(width: Int) throws {
    let file = try page("stale-lpi-configuration")
    let browser = try Browser("file://\(file.path)", width: width, height: 844)
    try browser.wait("document.documentElement.dataset.ready === 'yes'")
    let whole = try browser.value("gicscope.view().span") as? Double ?? 0
    try browser.click(".finding a.moment")
    try browser.wait("gicscope.view().to - gicscope.view().from < \(whole)")
    let isThere = """
      (() => {
        const link = document.querySelector('.finding a.moment'), view = gicscope.view();
        const at = (+link.dataset.time - gicscope.facts.start) / gicscope.facts.tick;
        return view.from <= at && at <= view.to;
      })()
      """
    #expect(try browser.value(isThere) as? Bool == true)
    try browser.wait("Math.abs(document.getElementById('timeline').getBoundingClientRect().top) < innerHeight")
    #expect(browser.errors.isEmpty)
    #expect(browser.requests == ["file://\(file.path)"])
  }

  @Test("A condition's event brings the timeline to its moment, by keyboard too")
  func condition() throws {
    let file = try page("stale-lpi-configuration")
    let browser = try Browser("file://\(file.path)")
    try browser.wait("document.documentElement.dataset.ready === 'yes'")
    let links = try #require(try browser.value("document.querySelectorAll('.finding li a.moment').length") as? Int)
    #expect(links > 0)
    try browser.value("document.querySelector('.finding li a.moment').focus()")
    try browser.press("Enter")
    let link = "document.querySelector('.finding li a.moment')"
    try browser.wait("gicscope.marked() && gicscope.marked().event === \(link).dataset.mark")
    let isThere = """
      (() => {
        const view = gicscope.view();
        const at = (+\(link).dataset.time - gicscope.facts.start) / gicscope.facts.tick;
        return view.from <= at && at <= view.to && gicscope.marked().at === at;
      })()
      """
    #expect(try browser.value(isThere) as? Bool == true)
    let said = try browser.value("document.getElementById('chosen').textContent") as? String ?? ""
    let event = try browser.value("\(link).dataset.mark") as? String ?? "?"
    #expect(said.hasPrefix("Event #\(event)"))
    #expect(try browser.value("document.activeElement.id") as? String == "bars")
    #expect(browser.errors.isEmpty)
  }

  @Test(
    "Guests' interrupts have rows and bars that say how sure they are",
    arguments: [("nested-gicv3", "PE 0 guest", "derived"), ("kvm-one-second/trace.dat", "vCPU 0", "assumed")])
  func guests(capture: String, row: String, certainty: String) throws {
    let file = try page(capture)
    let browser = try Browser("file://\(file.path)")
    try browser.wait("document.documentElement.dataset.ready === 'yes'")
    #expect(
      try browser.value("gicscope.rows.filter(r => r.virtual).map(r => r.name).includes('\(row)')") as? Bool == true)
    #expect(try browser.value("gicscope.rows.every(r => r.lives.length > 0)") as? Bool == true)
    try browser.click("#guests-slowest a.moment")
    let said = try browser.value("document.getElementById('chosen').textContent") as? String ?? ""
    #expect(said.hasPrefix("v") && said.contains("in a list register") && said.contains(certainty), "\(said)")
    #expect(browser.errors.isEmpty)
  }

  @Test("Every table and picture has a name, every link a text, what scrolls can be focused", arguments: [1280, 390])
  func names(width: Int) throws {
    let file = try page("nested-gicv3")
    let browser = try Browser("file://\(file.path)", width: width)
    try browser.wait("document.documentElement.dataset.ready === 'yes'")
    for selector in ["table", "svg.wide", "canvas", "section"] {
      let unnamed =
        "[...document.querySelectorAll('\(selector)')].filter(e => !e.ariaLabel && !e.getAttribute('aria-labelledby'))"
      #expect(try browser.value("\(unnamed).length") as? Int == 0, "\(selector)")
    }
    #expect(try browser.value("[...document.links].filter(a => !a.textContent.trim()).length") as? Int == 0)
    let names = try browser.value("[...document.querySelectorAll('a.moment')].map(a => a.ariaLabel ?? a.textContent)")
    #expect(Set(names as? [String] ?? []).count > 5)
    let unreachable = """
      [...document.querySelectorAll('.scroll, .picture')]
        .filter(e => (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1) && e.tabIndex !== 0).length
      """
    #expect(try browser.value(unreachable) as? Int == 0)
    #expect(
      try browser.value("document.querySelectorAll('[tabindex=\"0\"].scroll, [tabindex=\"0\"].picture').length") as? Int
        ?? 0 > 0
    )
    #expect(try browser.value("[...document.querySelectorAll('th')].every(h => h.scope === 'col')") as? Bool == true)
    // The first that Tab reaches leads past the list of sections.
    try browser.press("Tab")
    try browser.press("Enter")
    #expect(try browser.value("document.activeElement.id") as? String == "main")
  }

  @Test("On paper a dark report is light, its timeline too")
  func paper() throws {
    let file = try page("its-and-preemption")
    let browser = try Browser("file://\(file.path)", dark: true)
    try browser.wait("document.documentElement.dataset.ready === 'yes'")
    let color = "getComputedStyle(document.documentElement).getPropertyValue('--page').trim()"
    let picture = "document.getElementById('bars').toDataURL()"
    let (dark, drawn) = (try browser.value(color) as? String, try browser.value(picture) as? String)
    try browser.value("dispatchEvent(new Event('beforeprint'))")
    #expect(try browser.value(color) as? String == "#fff")
    #expect(try browser.value(picture) as? String != drawn)
    try browser.value("dispatchEvent(new Event('afterprint'))")
    #expect(try browser.value(color) as? String == dark && dark != "#fff")
    #expect(try browser.value(picture) as? String == drawn)
    #expect(browser.errors.isEmpty)
  }

  @Test("On a phone nothing is wider than the screen")
  func phone() throws {
    let file = try page("its-and-preemption")
    let browser = try Browser("file://\(file.path)", width: 390, height: 800, dark: true)
    try browser.wait("document.documentElement.dataset.ready === 'yes'")
    #expect(try browser.value("document.documentElement.scrollWidth") as? Int == 390)
    #expect(browser.errors.isEmpty)
  }

  @Test("A hundred thousand bars are loaded and drawn")
  func manyBars() throws {
    var bars: [TimelineBar] = []
    for i in 0..<100_000 as Range<UInt64> {
      var life = InterruptLife()
      (life.pe, life.intid) = (UInt32(i % 8), UInt32(8192 + i % 50))
      life.shown = [.pending, .acknowledge, .end]
      (life.pendingTime, life.acknowledgeTime, life.endTime) = (i * 1000, i * 1000 + 400, i * 1000 + 900)
      bars.append(TimelineBar(life, end: 0)!)
    }
    var sample = TimelineSample()
    for bar in bars { sample.append(bar) }
    var page = HTMLPage(try BundledCapture.analyse("gicv2-ipi-qemu10"))
    page.show(sample, EventTimes())
    let file = TemporaryFile(".html")
    try Data(page.html.utf8).write(to: URL(filePath: file.path))
    let browser = try Browser("file://\(file.path)")
    try browser.wait("document.documentElement.dataset.ready === 'yes'")
    #expect(try browser.value("gicscope.count") as? Int == 100_000)
    try browser.value("for (let i = 0; i < 20; i++) gicscope.draw()")
    #expect(browser.errors.isEmpty)
  }
}
