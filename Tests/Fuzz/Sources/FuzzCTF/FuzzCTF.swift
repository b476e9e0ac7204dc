import FuzzSupport
import Glibc
import InterruptTrace
import TraceImporters

/// Any bytes as a stream of a CTF trace: they are read to their end, or refused with a reason.
///
/// The metadata are given. Their reader is libbabeltrace2's own: of changed ones 2.0.4 leaks what it had read before a syntax
/// error, and divides by zero where a clock is declared twice; nothing here can mend that.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCTF(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let folder = FuzzFolder()
  folder.add("metadata", Array(metadata.utf8)[...])
  folder.add("channel_0", fuzzBytes(data, count)[...])
  do {
    _ = drain(try openTrace(paths: [folder.path]))
  } catch {
    precondition(error.message.contains("libbabeltrace2") && error.message.contains(folder.path))
  }
  return 0
}

private let metadata = """
  /* CTF 1.8 */
  typealias integer { size = 8; align = 8; signed = false; } := uint8_t;
  typealias integer { size = 16; align = 8; signed = false; } := uint16_t;
  typealias integer { size = 32; align = 8; signed = false; } := uint32_t;
  typealias integer { size = 64; align = 8; signed = false; } := uint64_t;
  typealias integer { size = 32; align = 8; signed = true; } := int32_t;
  trace { major = 1; minor = 8; byte_order = le; packet.header := struct { uint32_t magic; uint32_t stream_id; }; };
  clock { name = mono; freq = 1000000000; offset = 0; };
  typealias integer { size = 64; align = 8; signed = false; map = clock.mono.value; } := stamp_t;
  stream {
    id = 0;
    packet.context := struct {
      stamp_t timestamp_begin; stamp_t timestamp_end; uint64_t content_size; uint64_t packet_size;
      uint64_t events_discarded; uint32_t cpu_id;
    };
    event.header := struct { uint16_t id; stamp_t timestamp; };
    event.context := struct { int32_t tid; int32_t pid; string procname; };
  };
  event { name = "kvm_entry"; id = 1; stream_id = 0; fields := struct { uint64_t _vcpu_pc; }; };
  event { name = "irq_handler_entry"; id = 2; stream_id = 0; fields := struct { int32_t _irq; string _name; }; };
  event { name = "irq_softirq_exit"; id = 3; stream_id = 0; fields := struct { uint32_t _vec; }; };
  event { name = "sched_switch"; id = 4; stream_id = 0; fields := struct {
    int32_t _prev_tid; uint64_t _prev_state; int32_t _next_tid; }; };
  event { name = "other"; id = 5; stream_id = 0; fields := struct { uint8_t x; }; };

  """
