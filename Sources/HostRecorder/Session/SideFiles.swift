/// What is kept beside a trace so that it can be read without options.
public enum SideFiles {
  /// The interrupts of the host: a copy of `/proc/interrupts`.
  public static func interrupts(_ files: any HostFiles) -> String? { files.text("/proc/interrupts") }

  /// The controller's numbers of the host's interrupts, with those of LPIs where the kernel shows them in debugfs, else
  /// with what sysfs has; nil if it has neither.
  public static func hardwareNumbers(_ files: any HostFiles) -> String? {
    let debug = "/sys/kernel/debug/irq/irqs"
    var text = ""
    for irq in numbers(debug, files) {
      guard let content = files.text("\(debug)/\(irq)") else { continue }
      text += "irq: \(irq)\n" + content + (content.hasSuffix("\n") ? "" : "\n")
    }
    if !text.isEmpty { return text }
    let folder = "/sys/kernel/irq"
    for irq in numbers(folder, files) {
      for name in ["hwirq", "chip_name"] {
        guard let value = files.text("\(folder)/\(irq)/\(name)") else { continue }
        text += "irq/\(irq)/\(name):\(value.prefix { !$0.isNewline })\n"
      }
    }
    return text.isEmpty ? nil : text
  }

  private static func numbers(_ folder: String, _ files: any HostFiles) -> [Int] {
    files.names(in: folder).compactMap(Int.init).sorted()
  }
}
