import Mustache

/// The page, whole: what it needs is in it.
enum Page {
  static let html: String = {
    do {
      let scripts = [
        PackageResources.moves_js, PackageResources.pieces_js, PackageResources.drawing_js,
        PackageResources.controller_js,
      ]
      return try MustacheTemplate(string: text(PackageResources.page_mustache))
        .render(["style": text(PackageResources.page_css), "script": scripts.map(text).joined()])
    } catch {
      // The template is part of the program: a test renders it.
      preconditionFailure("page.mustache: \(error)")
    }
  }()

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
