import Foundation
import Glibc

/// A headless Chromium, driven over the pipe of its DevTools protocol: messages are JSON, each ended by a zero byte.
public final class Browser {
  /// The program; nil if none is installed.
  public static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }
  /// Whether there is a browser to drive.
  public static var isInstalled: Bool { program != nil }

  /// What can go wrong with the browser or a page.
  public enum Failure: Error { case noAnswer, exception(String), closed }

  private let process: pid_t
  private let toBrowser: Int32
  private let fromBrowser: Int32
  private let profile: URL
  private var lastMessage = 0
  private var session = ""
  private var unread: [UInt8] = []
  /// What pages' scripts threw, and what else the console counts as an error.
  public private(set) var errors: [String] = []
  /// Addresses that pages asked for.
  public private(set) var requests: [String] = []

  /// Opens a page in a window of this size.
  public init(_ url: String, width: Int = 1280, height: Int = 900, dark: Bool = false) throws {
    profile = FileManager.default.temporaryDirectory.appending(path: "gicscope-browser-\(UUID().uuidString)")
    var (commands, answers): ([Int32], [Int32]) = ([0, 0], [0, 0])
    guard pipe(&commands) == 0, pipe(&answers) == 0 else { throw Failure.closed }
    (toBrowser, fromBrowser) = (commands[1], answers[0])
    for own in [toBrowser, fromBrowser] { _ = fcntl(own, F_SETFD, FD_CLOEXEC) }
    let arguments = [
      Self.program ?? "", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
      "--remote-debugging-pipe", "--user-data-dir=\(profile.path)", "--window-size=\(width),\(height)",
      "--no-first-run", "--disable-extensions", "--disable-background-networking", "about:blank",
    ]
    // The browser reads descriptor 3 and writes descriptor 4; from numbers above, so that neither is in the other's way.
    let (input, output) = (fcntl(commands[0], F_DUPFD, 64), fcntl(answers[1], F_DUPFD, 64))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    for standard in 0...2 as ClosedRange<Int32> {
      posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, input, 3)
    posix_spawn_file_actions_adddup2(&actions, output, 4)
    for copy in [input, output] { posix_spawn_file_actions_addclose(&actions, copy) }
    var pid: pid_t = 0
    var words = arguments.map { strdup($0) } + [nil]
    let status = posix_spawn(&pid, Self.program ?? "", &actions, nil, &words, environ)
    words.forEach { free($0) }
    posix_spawn_file_actions_destroy(&actions)
    for copy in [input, output] { close(copy) }
    close(commands[0])
    close(answers[1])
    process = pid
    guard status == 0 else { throw Failure.closed }
    let target = try send("Target.createTarget", ["url": "about:blank"])["targetId"] as? String ?? ""
    session =
      try send("Target.attachToTarget", ["targetId": target, "flatten": true])["sessionId"] as? String ?? ""
    _ = try send("Runtime.enable", [:])
    for domain in ["Page", "Log", "Network"] { _ = try send("\(domain).enable", [:]) }
    _ = try send(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600])
    let scheme = ["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]
    _ = try send("Emulation.setEmulatedMedia", ["features": [scheme]])
    _ = try send("Page.navigate", ["url": url])
  }

  deinit {
    close(toBrowser)
    close(fromBrowser)
    // Without a process it is 0, which stands for every process of this one's group.
    if process > 0 {
      kill(process, SIGTERM)
      var status: Int32 = 0
      waitpid(process, &status, 0)
    }
    try? FileManager.default.removeItem(at: profile)
  }

  /// The value of an expression, promises awaited.
  @discardableResult
  public func value(_ expression: String) throws -> Any? {
    let answer = try send("Runtime.evaluate", ["expression": expression, "returnByValue": true, "awaitPromise": true])
    if let details = answer["exceptionDetails"] as? [String: Any] {
      throw Failure.exception("\(expression): \(details["exception"] ?? details)")
    }
    return (answer["result"] as? [String: Any])?["value"]
  }

  /// Waits until an expression is true.
  public func wait(_ expression: String, seconds: Double = 60) throws {
    let end = Date(timeIntervalSinceNow: seconds)
    while Date() < end {
      if let isTrue = try? value(expression) as? Bool, isTrue { return }
      usleep(30_000)
    }
    throw Failure.exception("never true: \(expression)")
  }

  /// Clicks on the first element that a selector finds, in the middle of its first line, as a mouse would.
  public func click(_ selector: String) throws {
    let place = """
      (() => {
        const node = document.querySelector(\(Self.quoted(selector)));
        node.scrollIntoView({ block: 'center', behavior: 'instant' });
        const box = node.getClientRects()[0];
        return [box.x + box.width / 2, box.y + box.height / 2];
      })()
      """
    guard let place = try value(place) as? [Double], place.count == 2 else {
      throw Failure.exception("nothing to click: \(selector)")
    }
    for kind in ["mousePressed", "mouseReleased"] {
      let parameters: [String: Any] = [
        "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1,
      ]
      _ = try send("Input.dispatchMouseEvent", parameters)
    }
  }

  /// Puts text into the field that a selector finds, as typing does.
  public func type(_ text: String, into selector: String) throws {
    try click(selector)
    _ = try send("Input.insertText", ["text": text])
  }

  private static func quoted(_ text: String) -> String {
    let bytes = (try? JSONSerialization.data(withJSONObject: [text])) ?? Data()
    return String(String(decoding: bytes, as: UTF8.self).dropFirst().dropLast())
  }

  /// Presses a key.
  public func press(_ key: String) throws {
    let text = key == "Enter" ? "\r" : key.count == 1 ? key : ""
    let code = key == "Enter" ? 13 : 0
    _ = try send(
      "Input.dispatchKeyEvent", ["type": "keyDown", "key": key, "text": text, "windowsVirtualKeyCode": code])
    _ = try send("Input.dispatchKeyEvent", ["type": "keyUp", "key": key])
  }

  /// A picture of what the window shows, or of the whole page.
  public func screenshot(to path: String, wholePage: Bool = false) throws {
    var parameters: [String: Any] = ["format": "png"]
    if wholePage { parameters["captureBeyondViewport"] = true }
    let answer = try send("Page.captureScreenshot", parameters)
    let data = Data(base64Encoded: answer["data"] as? String ?? "") ?? Data()
    try data.write(to: URL(filePath: path))
  }

  // MARK: Messages

  private func send(_ method: String, _ parameters: [String: Any]) throws -> [String: Any] {
    lastMessage += 1
    var message: [String: Any] = ["id": lastMessage, "method": method, "params": parameters]
    if !session.isEmpty { message["sessionId"] = session }
    var bytes = Array(try JSONSerialization.data(withJSONObject: message)) + [0]
    while !bytes.isEmpty {
      let count = write(toBrowser, bytes, bytes.count)
      guard count > 0 else { throw Failure.closed }
      bytes.removeFirst(count)
    }
    while true {
      let answer = try receive()
      note(answer)
      guard answer["id"] as? Int == lastMessage else { continue }
      if let error = answer["error"] { throw Failure.exception("\(method): \(error)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
  }

  /// Keeps what happens by itself and tests ask about.
  private func note(_ message: [String: Any]) {
    guard let method = message["method"] as? String, let what = message["params"] as? [String: Any] else { return }
    switch method {
    case "Runtime.exceptionThrown": errors.append("\(what)")
    case "Runtime.consoleAPICalled":
      if ["error", "assert"].contains(what["type"] as? String) { errors.append("\(what)") }
    case "Log.entryAdded":
      guard let entry = what["entry"] as? [String: Any], entry["level"] as? String == "error" else { return }
      errors.append("\(entry["text"] ?? "") \(entry["url"] ?? "")")
    case "Network.requestWillBeSent":
      if let url = (what["request"] as? [String: Any])?["url"] as? String { requests.append(url) }
    default: break
    }
  }

  private func receive() throws -> [String: Any] {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let end = unread.firstIndex(of: 0) {
        let message = Data(unread[..<end])
        unread.removeSubrange(...end)
        return try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
      }
      var ready = pollfd(fd: fromBrowser, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, 60_000) > 0 else { throw Failure.noAnswer }
      let count = read(fromBrowser, &buffer, buffer.count)
      guard count > 0 else { throw Failure.closed }
      unread += buffer[..<count]
    }
  }
}
