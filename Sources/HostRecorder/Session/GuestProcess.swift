/// A process that runs a guest under KVM.
public struct GuestProcess: Equatable, Sendable {
  /// Its number.
  public var process: Int
  /// Its name.
  public var name: String
  /// Its threads, vCPUs among them, with their names.
  public var threads: [(number: Int, name: String)]

  /// Equal in everything.
  public static func == (one: GuestProcess, other: GuestProcess) -> Bool {
    one.process == other.process && one.name == other.name
      && one.threads.elementsEqual(other.threads) { $0.number == $1.number && $0.name == $1.name }
  }

  /// All of a host: processes with a file of KVM that stands for a virtual machine.
  public static func all(_ files: any HostFiles) -> [GuestProcess] {
    files.names(in: "/proc").compactMap(Int.init).sorted().compactMap { process in
      let folder = "/proc/\(process)/fd"
      let isGuest = files.names(in: folder).contains {
        files.target(ofLink: folder + "/" + $0)?.hasPrefix("anon_inode:kvm-vm") ?? false
      }
      return isGuest ? GuestProcess(process, files) : nil
    }
  }

  /// The process with this number, whatever it is.
  public init(_ process: Int, _ files: any HostFiles) {
    self.process = process
    name = Self.name("/proc/\(process)/comm", files)
    threads = files.names(in: "/proc/\(process)/task").compactMap(Int.init).sorted().map {
      ($0, Self.name("/proc/\(process)/task/\($0)/comm", files))
    }
  }

  private static func name(_ path: String, _ files: any HostFiles) -> String {
    String((files.text(path) ?? "").prefix { !$0.isNewline })
  }

  /// The threads that an event filter for this process has to name: its own, and those that the kernel runs for it.
  public func tracedThreads(_ files: any HostFiles) -> [Int] {
    // Before Linux 6.4, vhost's workers are threads of the kernel, named after the process.
    let workers = files.names(in: "/proc").compactMap(Int.init).filter {
      Self.name("/proc/\($0)/comm", files) == "vhost-\(process)"
    }
    return threads.map(\.number) + workers.sorted().filter { number in !threads.contains { $0.number == number } }
  }
}
