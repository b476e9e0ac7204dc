import Glibc
import Testing

@testable import InterruptTrace

/// Runs a command; nil if it cannot be found, else its exit code and what it printed.
private func run(_ command: String) -> (status: Int32, output: String)? {
  guard let pipe = popen("\(command) 2>&1", "r") else { return nil }
  var output: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4096)
  while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { output += buffer[..<count] }
  let status = pclose(pipe)
  return (status >> 8 & 0xFF, String(decoding: output, as: UTF8.self))
}

private func isInstalled(_ tool: String) -> Bool { run("command -v \(tool)")?.status == 0 }

/// Tools of others open our files: each test needs its tool.
@Suite struct ToolsOpenOurFilesTests {
  let events = SampleTrace.events(20_000)
  let records = 20_000 + SampleTrace.topology.entries.count + 1

  @Test(.enabled(if: isInstalled("capinfos")))
  func `capinfos counts the records`() throws {
    let file = try SampleTrace.file(events)
    let result = try #require(run("capinfos -M -c -E -t \(file.path)"))
    #expect(result.status == 0)
    #expect(result.output.contains("Number of packets:   \(records)"))
    #expect(result.output.contains("nsecpcap (lz4 compressed)"))
    #expect(result.output.contains("user0"))
  }

  @Test(.enabled(if: isInstalled("tshark")))
  func `tshark shows times and payloads`() throws {
    let file = try SampleTrace.file(events)
    let result = try #require(
      run("tshark -r \(file.path) -c \(records) -T fields -e frame.time_epoch -e frame.len -e data.data | tail -n 1"))
    let last = try #require(events.last)
    let time = SampleTrace.epoch + last.time
    let fraction = String(time % 1_000_000_000)
    let expected = "\(time / 1_000_000_000).\(String(repeating: "0", count: 9 - fraction.count))\(fraction)\t24\t"
    #expect(result.output.contains(expected))
    #expect(result.status == 0)
  }

  @Test(.enabled(if: isInstalled("tcpdump")))
  func `tcpdump reads the bare file`() throws {
    let file = try SampleTrace.file(events, compression: .none)
    let result = try #require(run("tcpdump -nn -tt --nano -r \(file.path) | grep -c UNSUPPORTED"))
    #expect(result.output.contains("\(records)\n"))
    let linkType = try #require(run("tcpdump -c 1 -nn -r \(file.path)"))
    #expect(linkType.output.contains("link-type 147"))
  }

  @Test(.enabled(if: isInstalled("editcap")))
  func `What editcap made of our file is read again`() throws {
    let file = try SampleTrace.file(events)
    for format in ["nsecpcap", "pcapng", "pcap"] {
      let copy = ScratchFile()
      let result = try #require(run("editcap -F \(format) \(file.path) \(copy.path)"))
      #expect(result.status == 0)
      let source = try openPcap(path: copy.path)
      #expect((source is NativeTraceReader) == (format == "nsecpcap"))
      let read = try SampleTrace.readAll(source)
      // Plain pcap has microseconds.
      let expected = events.map { event in
        var event = event
        if format == "pcap" {
          let time = (SampleTrace.epoch + event.time) / 1000 * 1000
          event.time = time > SampleTrace.epoch ? time - SampleTrace.epoch : 0
        }
        return event
      }
      #expect(read == expected)
    }
  }

  @Test(.enabled(if: isInstalled("lz4")))
  func `lz4 finds the file in order`() throws {
    let file = try SampleTrace.file(events)
    #expect(run("lz4 -t \(file.path)")?.status == 0)
  }
}
