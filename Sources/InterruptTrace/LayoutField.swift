/// How a field is written for people; a decimal number unless its layout says otherwise.
public protocol LayoutStyle: Sendable {
  /// A decimal number.
  static var decimal: Self { get }
}

/// A field of an ``EventLayout`` or a ``TransitionLayout``: some bits of a word.
public struct LayoutField<Word: Sendable, Style: LayoutStyle>: Sendable {
  /// What it is called.
  public let name: String
  /// Where it is.
  public let word: Word
  /// Its lowest bit.
  public let low: Int
  /// Its width in bits.
  public let width: Int
  /// How it is written.
  public let style: Style

  init(_ name: String, _ word: Word, _ low: Int = 0, _ width: Int = 64, _ style: Style = .decimal) {
    self.name = name
    self.word = word
    self.low = low
    self.width = width
    self.style = style
  }

  /// The field's bits of its word, shifted down.
  func bits(of word: UInt64) -> UInt64 { (word >> UInt64(low)) & (width == 64 ? .max : (1 << UInt64(width)) - 1) }
}
