/// A fuzz target: what is done with any bytes. libFuzzer runs it (`make fuzz`), and `make test` on its seeds.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// Events, analysed and reported.
  case analysis = "FuzzAnalysis"
  /// A compressed trace.dat.
  case compressedDat = "FuzzCompressedDat"
  /// A trace of LTTng.
  case ctf = "FuzzCTF"
  /// Two results to be compared.
  case diff = "FuzzDiff"
  /// What a client sends to the server.
  case http = "FuzzHTTP"
  /// Anything through the decompressors.
  case input = "FuzzInput"
  /// A kernel's trace in text.
  case kernelText = "FuzzKernelText"
  /// Two captures on one timeline.
  case merge = "FuzzMerge"
  /// Events for the controller's model.
  case model = "FuzzModel"
  /// The native file.
  case native = "FuzzNative"
  /// A pcap or pcapng.
  case pcap = "FuzzPcap"
  /// A QEMU log.
  case qemuLog = "FuzzQEMULog"
  /// Text in several encodings.
  case textEncoding = "FuzzTextEncoding"
  /// A file of facts about the controller.
  case topology = "FuzzTopology"
  /// Any capture.
  case trace = "FuzzTrace"
  /// A trace.dat.
  case traceDat = "FuzzTraceDat"

  /// Throws a ``FuzzFailure`` where something does not hold that must.
  public func run(_ bytes: [UInt8]) throws {
    switch self {
    case .analysis: try fuzzAnalysis(bytes)
    case .compressedDat: try fuzzCompressedDat(bytes)
    case .ctf: try fuzzCTF(bytes)
    case .diff: try fuzzDiff(bytes)
    case .http: try fuzzHTTP(bytes)
    case .input: try fuzzInput(bytes)
    case .kernelText: try fuzzKernelText(bytes)
    case .merge: try fuzzMerge(bytes)
    case .model: try fuzzModel(bytes)
    case .native: try fuzzNative(bytes)
    case .pcap: try fuzzPcap(bytes)
    case .qemuLog: try fuzzQEMULog(bytes)
    case .textEncoding: try fuzzTextEncoding(bytes)
    case .topology: try fuzzTopology(bytes)
    case .trace: try fuzzTrace(bytes)
    case .traceDat: try fuzzTraceDat(bytes)
    }
  }

  /// The same as libFuzzer calls it, which sees a trap only.
  public func run(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    do {
      try run(Array(UnsafeBufferPointer(start: data, count: count)))
    } catch {
      fatalError("\(rawValue): \(error)")
    }
    return 0
  }
}
