import Foundation
import HeadlessBrowser
import Testing
import TraceImporters

@testable import TimeTravel

/// The page of `serve` in a real browser; needs Chromium, and says so where there is none.
@Suite("Time travel in the browser", .serialized, .enabled(if: Browser.isInstalled, "Chromium is not installed"))
struct ServeInBrowserTests {
  private func traveller() throws -> TimeTraveller {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    return try TimeTraveller(
      source: try openTrace(paths: [root.appending(path: "Traces/stale-lpi-configuration/trace.log.xz").path]),
      path: "stale.log", directory: NSTemporaryDirectory(), registerName: { _, _ in nil })
  }

  private static let isReady = "document.documentElement.dataset.ready === 'yes'"

  /// The page asked its own server only, and nothing went wrong in it.
  private static func checkQuiet(_ browser: Browser, _ port: UInt16) {
    #expect(browser.errors.isEmpty)
    #expect(browser.requests.count > 2)
    #expect(browser.requests.allSatisfy { $0.hasPrefix("http://127.0.0.1:\(port)/") })
  }

  @Test("It steps, searches, goes to places and comes back, by button, by key and by link")
  func moves() async throws {
    try await withServer(try traveller()) { port in
      let browser = try Browser("http://127.0.0.1:\(port)/")
      try browser.wait(Self.isReady)
      func event() throws -> Int { try browser.value("moment.event") as? Int ?? -1 }
      #expect(try event() == 0)
      try browser.click("#next")
      try browser.wait("moment.event > 0")
      let second = try event()
      try browser.press("ArrowRight")
      try browser.wait("moment.event > \(second)")
      try browser.click("#previous")
      try browser.wait("moment.event === \(second)")

      try browser.click("[data-find=acknowledge]:not([data-back])")
      try browser.wait("document.getElementById('transitions').textContent.includes('acknowledged')")
      let acknowledge = try event()
      #expect(try browser.value("location.hash") as? String == "#event=\(acknowledge)")
      #expect(try browser.value("document.getElementById('changes').textContent.length > 20") as? Bool == true)
      let since = "document.getElementById('sinceTitle').textContent.includes('#\(second)')"
      #expect(try browser.value("document.getElementById('sinceSection').hidden || \(since)") as? Bool == true)

      try browser.type("end", into: "#place")
      try browser.click("#go button")
      try browser.wait("moment.event > \(acknowledge)")
      let end = try event()
      try browser.value("history.back()")
      try browser.wait("moment.event === \(acknowledge)")
      try browser.value("(() => { slider.value = \(end); slider.dispatchEvent(new Event('input')) })()")
      try browser.wait("moment.event === \(end)")
      Self.checkQuiet(browser, port)
    }
  }

  @Test("A finding leads to its moment and the interrupt's ladder, whose links lead to the events that made it")
  func ladder() async throws {
    try await withServer(try traveller()) { port in
      let browser = try Browser("http://127.0.0.1:\(port)/")
      try browser.wait(Self.isReady)
      let first = "trace.findings.find(f => Number.isInteger(f.intid))"
      let place = try #require(try browser.value("\(first).first_event") as? Int)
      try browser.click("#findings a[href*='irq=']")
      try browser.wait("moment.event === \(place) && !document.getElementById('whySection').hidden")
      try browser.wait("document.querySelectorAll('.ladder tr').length > 8")
      let broken = "document.querySelector('.ladder tr.first .mark').textContent"
      #expect(try browser.value(broken) as? String == "NO")
      #expect(try browser.value("document.querySelector('.broken').textContent.length > 40") as? Bool == true)

      let link = "document.querySelector('.ladder a')"
      let target = try #require(try browser.value("+\(link).textContent.slice(1)") as? Int)
      try browser.click(".ladder a")
      try browser.wait("moment.event === \(target)")
      #expect((try browser.value("location.hash") as? String)?.contains("&irq=") == true)
      #expect(try browser.value("document.querySelectorAll('.ladder tr').length > 8") as? Bool == true)
      Self.checkQuiet(browser, port)
    }
  }

  @Test("Each condition of a finding leads to its event, with the keyboard too")
  func chain() async throws {
    try await withServer(try traveller()) { port in
      let browser = try Browser("http://127.0.0.1:\(port)/")
      try browser.wait(Self.isReady)
      try browser.value("document.querySelector('#findings summary').focus()")
      try browser.press("Enter")
      try browser.wait("document.querySelector('#findings details').open")
      let link = "document.querySelector('#findings details[open] li a')"
      let target = try #require(try browser.value("+\(link).textContent.slice(1)") as? Int)
      let events = "trace.findings[0].chain.map(c => c.event)"
      #expect(try browser.value("\(events).includes(\(target))") as? Bool == true)
      try browser.value("\(link).focus()")
      try browser.press("Enter")
      try browser.wait("moment.event === \(target)")
      Self.checkQuiet(browser, port)
    }
  }

  @Test("An interrupt that is clicked shows its ladder; an address leads to the same place", arguments: [1400, 390])
  func chip(width: Int) async throws {
    try await withServer(try traveller()) { port in
      let browser = try Browser("http://127.0.0.1:\(port)/", width: width, height: 844, dark: true)
      try browser.wait(Self.isReady)
      try browser.click("[data-find=acknowledge]:not([data-back])")
      try browser.wait("document.querySelector('#transitions .chip') !== null")
      let name = try #require(try browser.value("document.querySelector('#transitions .chip').textContent") as? String)
      try browser.click("#transitions .chip")
      try browser.wait("document.getElementById('whyTitle').textContent.includes('\(name)')")
      let conclusion = try #require(try browser.value("document.querySelector('.conclusion').textContent") as? String)
      #expect(conclusion.hasPrefix(name))
      #expect(try browser.value("document.documentElement.scrollWidth <= innerWidth") as? Bool == true)
      let address = try #require(try browser.value("location.href") as? String)
      Self.checkQuiet(browser, port)
      let other = try Browser(address, width: width, height: 844)
      try other.wait("document.querySelector('.conclusion')?.textContent === \"\(conclusion)\"")
    }
  }

  @Test("Keys that come faster than answers are not lost: five moves go five events on")
  func quickKeys() async throws {
    try await withServer(try traveller()) { port in
      let browser = try Browser("http://127.0.0.1:\(port)/")
      try browser.wait(Self.isReady)
      var places = [0]
      for _ in 0..<5 {
        try browser.press("ArrowRight")
        try browser.wait("moment.event > \(places.last!)")
        places.append(try browser.value("moment.event") as? Int ?? -1)
      }
      let keys =
        "for (let i = 0; i < 5; i++) document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }))"
      try browser.value(keys)
      try browser.wait("moment.event === 0 && !isMoving")
      try browser.value(keys.replacing("ArrowLeft", with: "ArrowRight"))
      try browser.wait("moment.event === \(places[5]) && !isMoving")
      Self.checkQuiet(browser, port)
    }
  }

  @Test("a and A go to acknowledges, f and F to findings, / to the search")
  func keys() async throws {
    try await withServer(try traveller()) { port in
      let browser = try Browser("http://127.0.0.1:\(port)/")
      try browser.wait(Self.isReady)
      func event() throws -> Int { try browser.value("moment.event") as? Int ?? -1 }
      try browser.press("a")
      try browser.wait(
        "moment.event > 0 && document.getElementById('transitions').textContent.includes('acknowledged')")
      let first = try event()
      try browser.press("a")
      try browser.wait("moment.event > \(first)")
      try browser.press("A")
      try browser.wait("moment.event === \(first)")
      let finding =
        try browser.value("Math.min(...trace.findings.map(f => f.first_event).filter(e => e > \(first)))") as? Int ?? -1
      try browser.press("f")
      try browser.wait("moment.event === \(finding)")
      try browser.press("/")
      #expect(try browser.value("document.activeElement.id") as? String == "what")
      Self.checkQuiet(browser, port)
    }
  }

  @Test("A filter that is not a number is reported, and nothing is searched")
  func badFilter() async throws {
    try await withServer(try traveller()) { port in
      let browser = try Browser("http://127.0.0.1:\(port)/")
      try browser.wait(Self.isReady)
      try browser.type("27x", into: "#irq")
      try browser.click("[data-find=acknowledge]:not([data-back])")
      try browser.wait("document.getElementById('now').textContent.includes('INTID “27x” is not a number')")
      #expect(try browser.value("moment.event") as? Int == 0)
      #expect(try browser.value("document.getElementById('irq').getAttribute('aria-invalid')") as? String == "true")
      Self.checkQuiet(browser, port)
    }
  }

  @Test("What is too big for its place can be scrolled with the keyboard")
  func scrolling() async throws {
    try await withServer(try traveller()) { port in
      let browser = try Browser("http://127.0.0.1:\(port)/", height: 500)
      try browser.wait(Self.isReady)
      try browser.click("#findings a[href*='irq=']")
      try browser.wait("document.querySelectorAll('.ladder tr').length > 8")
      let big = "p => p.scrollHeight > p.clientHeight + 1 || p.scrollWidth > p.clientWidth + 1"
      try browser.wait("[...document.querySelectorAll('.scroll')].filter(\(big)).length > 0")
      try browser.wait("[...document.querySelectorAll('.scroll')].filter(\(big)).every(p => p.tabIndex === 0)")
      Self.checkQuiet(browser, port)
    }
  }
}
