import ArgumentParser

/// `--color`.
public enum ColourChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// On a terminal that has colours, unless the environment says otherwise.
  case auto
  /// Always, whatever the environment says.
  case always
  /// Never.
  case never

  /// Whether text is coloured.
  func isColoured(onTerminal isTerminal: Bool) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto:
      !TerminalSettings.refusesColour
        && (TerminalSettings.forcesColour || isTerminal && !TerminalSettings.isDumb)
    }
  }
}
