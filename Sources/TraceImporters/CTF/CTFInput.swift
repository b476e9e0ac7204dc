import CBabeltrace2
import CBabeltrace2Guard
import Glibc
import InterruptTrace

/// A CTF trace as records, through libbabeltrace2: its `ctf` plugin reads the streams, its `utils` plugin merges them.
///
/// The graph calls ``take`` for each message. What it gives lives until the call returns.
final class CTFInput {
  /// What an event's class needs once: its number in the catalogue and where its fields are.
  private struct Plan {
    var event: Int?
    /// Values by the payload's members.
    var members: [(index: UInt64, value: Int)] = []
    /// Members that hold the thread, the CPU, a text, a mask; or nil.
    var text: UInt64?
    var mask: UInt64?
  }

  var record = KernelRecord()
  /// Called with the record filled; `isUsed` is false for events that are not in the catalogue.
  var onEvent: ((borrowing KernelRecord, Bool) -> Void)?
  /// Called with the number of events that a stream lost before its next one.
  var onLost: ((UInt64) -> Void)?

  /// The traced kernel's release, as ``Topology`` has it, once an event has come.
  private(set) var release: Topology.KernelRelease?
  private var isEnvironmentRead = false

  private var graph: OpaquePointer?
  private var hasBrokenDown = false
  private var iterator: OpaquePointer?
  private var plans: [OpaquePointer: Plan] = [:]
  private let catalogue = KernelCatalogue.shared

  /// Opens the trace in a folder; nil if the library does not accept it, with what it says.
  init?(folder: String, refusal: inout String) {
    guard let graph = bt_graph_create(0) else { return nil }
    self.graph = graph
    guard connect(graph, folder) else {
      refusal = takeError()
      return nil
    }
  }

  /// What the library says of the last error, the innermost cause. If it broke down, what it worked on is left to it.
  func takeError() -> String {
    let signal = gicscope_bt_take_signal()
    if signal != 0 { hasBrokenDown = true }
    if hasBrokenDown {
      // The library ends the program at the next call if the thread still has an error.
      bt_current_thread_clear_error()
      // GLib's end of a program that gets no more memory.
      let how = signal == SIGTRAP ? "it wanted more memory than a trace needs" : "it crashed (signal \(signal))"
      return "\(how), as it does on some damaged traces; copy the trace again, or record a new one"
    }
    guard let error = bt_current_thread_take_error() else { return "no reason given" }
    defer { bt_error_release(error) }
    guard bt_error_get_cause_count(error) > 0,
      let text = bt_error_cause_get_message(bt_error_borrow_cause_by_index(error, 0))
    else { return "no reason given" }
    return String(String(cString: text).prefix(300))
  }

  deinit {
    if hasBrokenDown { return }
    if let iterator { bt_message_iterator_put_ref(iterator) }
    if let graph { bt_graph_put_ref(graph) }
  }

  /// Runs the graph one step. False at the end; nil if the trace is damaged.
  func step() -> Bool? {
    switch gicscope_bt_run_once(graph) {
    case BT_GRAPH_RUN_ONCE_STATUS_OK, BT_GRAPH_RUN_ONCE_STATUS_AGAIN: return true
    case BT_GRAPH_RUN_ONCE_STATUS_END: return false
    default: return nil
    }
  }

  private func connect(_ graph: OpaquePointer, _ folder: String) -> Bool {
    var ctf: OpaquePointer?
    var utils: OpaquePointer?
    guard bt_plugin_find("ctf", 1, 1, 1, 1, 0, &ctf) == BT_PLUGIN_FIND_STATUS_OK,
      bt_plugin_find("utils", 1, 1, 1, 1, 0, &utils) == BT_PLUGIN_FIND_STATUS_OK
    else { return false }
    defer {
      bt_plugin_put_ref(ctf)
      bt_plugin_put_ref(utils)
    }
    guard let fs = bt_plugin_borrow_source_component_class_by_name_const(ctf, "fs"),
      let muxer = bt_plugin_borrow_filter_component_class_by_name_const(utils, "muxer"),
      let parameters = bt_value_map_create(), let inputs = bt_value_array_create()
    else { return false }
    defer {
      bt_value_put_ref(parameters)
      bt_value_put_ref(inputs)
    }
    _ = bt_value_array_append_string_element(inputs, folder)
    _ = bt_value_map_insert_entry(parameters, "inputs", inputs)
    var source: OpaquePointer?
    var filter: OpaquePointer?
    guard
      gicscope_bt_add_source(graph, fs, "capture", parameters, &source) == BT_GRAPH_ADD_COMPONENT_STATUS_OK,
      bt_graph_add_filter_component(graph, muxer, "order", nil, BT_LOGGING_LEVEL_NONE, &filter)
        == BT_GRAPH_ADD_COMPONENT_STATUS_OK,
      let sink = addSink(graph)
    else { return false }
    for port in 0..<bt_component_source_get_output_port_count(source) {
      guard
        gicscope_bt_connect(
          graph, bt_component_source_borrow_output_port_by_index_const(source, port),
          bt_component_filter_borrow_input_port_by_index_const(filter, port)) == BT_GRAPH_CONNECT_PORTS_STATUS_OK
      else { return false }
    }
    return gicscope_bt_connect(
      graph, bt_component_filter_borrow_output_port_by_index_const(filter, 0),
      bt_component_sink_borrow_input_port_by_index_const(sink, 0)) == BT_GRAPH_CONNECT_PORTS_STATUS_OK
  }

  /// Adds the end of the graph, which hands its messages to ``consume``; nil if that fails.
  private func addSink(_ graph: OpaquePointer) -> OpaquePointer? {
    var sink: OpaquePointer?
    let status = bt_graph_add_simple_sink_component(
      graph,
      "records",
      { iterator, data in
        // The sink's own iterator: it is kept as long as the graph.
        bt_message_iterator_get_ref(iterator)
        Unmanaged<CTFInput>.fromOpaque(data!).takeUnretainedValue().iterator = iterator
        return BT_GRAPH_SIMPLE_SINK_COMPONENT_INITIALIZE_FUNC_STATUS_OK
      },
      { iterator, data in Unmanaged<CTFInput>.fromOpaque(data!).takeUnretainedValue().consume(iterator) },
      nil,
      Unmanaged.passUnretained(self).toOpaque(),
      &sink
    )
    return status == BT_GRAPH_ADD_COMPONENT_STATUS_OK ? sink : nil
  }

  private func consume(_ iterator: OpaquePointer?) -> bt_graph_simple_sink_component_consume_func_status {
    let paused = gicscope_bt_pause()
    defer { gicscope_bt_resume(paused) }
    var messages: UnsafeMutablePointer<OpaquePointer?>?
    var count: UInt64 = 0
    switch gicscope_bt_next(iterator, &messages, &count) {
    case BT_MESSAGE_ITERATOR_NEXT_STATUS_OK:
      for index in 0..<Int(count) {
        take(messages![index]!)
        bt_message_put_ref(messages![index])
      }
      return BT_GRAPH_SIMPLE_SINK_COMPONENT_CONSUME_FUNC_STATUS_OK
    case BT_MESSAGE_ITERATOR_NEXT_STATUS_END: return BT_GRAPH_SIMPLE_SINK_COMPONENT_CONSUME_FUNC_STATUS_END
    case BT_MESSAGE_ITERATOR_NEXT_STATUS_AGAIN: return BT_GRAPH_SIMPLE_SINK_COMPONENT_CONSUME_FUNC_STATUS_AGAIN
    default: return BT_GRAPH_SIMPLE_SINK_COMPONENT_CONSUME_FUNC_STATUS_ERROR
    }
  }

  private func take(_ message: OpaquePointer) {
    switch bt_message_get_type(message) {
    case BT_MESSAGE_TYPE_EVENT: takeEvent(message)
    case BT_MESSAGE_TYPE_DISCARDED_EVENTS:
      var count: UInt64 = 0
      let isKnown = bt_message_discarded_events_get_count(message, &count) == BT_PROPERTY_AVAILABILITY_AVAILABLE
      onLost?(isKnown ? count : 0)
    case BT_MESSAGE_TYPE_DISCARDED_PACKETS: onLost?(0)
    default: break
    }
  }

  private func takeEvent(_ message: OpaquePointer) {
    let event = bt_message_event_borrow_event_const(message)
    if !isEnvironmentRead { readEnvironment(bt_stream_borrow_trace_const(bt_event_borrow_stream_const(event))) }
    let eventClass = bt_event_borrow_class_const(event)!
    let payload = CTFField(bt_event_borrow_payload_field_const(event))
    let plan = plans[eventClass] ?? newPlan(eventClass)
    var time: Int64 = 0
    if bt_stream_class_borrow_default_clock_class_const(bt_event_class_borrow_stream_class_const(eventClass)) != nil {
      let clock = bt_message_event_borrow_default_clock_snapshot_const(message)
      _ = bt_clock_snapshot_get_ns_from_origin(clock, &time)
    }
    record.clear()
    record.time = UInt64(max(0, time))
    readContext(event, payload)
    guard let number = plan.event else {
      onEvent?(record, false)
      return
    }
    record.event = number
    if let payload {
      for member in plan.members {
        if let value = payload[member.index]?.number { record.set(member.value, value) }
      }
      if let text = plan.text { record.text = payload[text]?.text ?? CTFField.noText }
      if let mask = plan.mask { payload[mask]?.readMask(into: &record) }
    }
    onEvent?(record, true)
  }

  /// The release is in the trace's environment, under LTTng's name or perf's.
  private func readEnvironment(_ trace: OpaquePointer?) {
    isEnvironmentRead = true
    for name in ["kernel_release", "release"] {
      guard let value = bt_trace_borrow_environment_entry_value_by_name_const(trace, name),
        bt_value_get_type(value) == BT_VALUE_TYPE_STRING, let text = bt_value_string_get(value)
      else { continue }
      release = release ?? Topology.KernelRelease(in: String(cString: text))
    }
  }

  /// LTTng's names for the kernel's events, where they differ, and perf's, which have the system before them.
  private static let lttngNames = [
    "irq_softirq_entry": "softirq_entry", "irq_softirq_exit": "softirq_exit", "irq_softirq_raise": "softirq_raise",
  ]

  private func newPlan(_ eventClass: OpaquePointer) -> Plan {
    var name = bt_event_class_get_name(eventClass).map { String(cString: $0) } ?? ""
    if let colon = name.lastIndex(of: ":") { name = String(name[name.index(after: colon)...]) }
    name = Self.lttngNames[name] ?? name
    var plan = Plan()
    plan.event = Array(name.utf8).withUnsafeBytes { catalogue.find($0) }
    if let number = plan.event, let fields = bt_event_class_borrow_payload_field_class_const(eventClass) {
      for index in 0..<bt_field_class_structure_get_member_count(fields) {
        let member = bt_field_class_structure_borrow_member_by_index_const(fields, index)
        guard var field = bt_field_class_structure_member_get_name(member).map({ String(cString: $0) }) else {
          continue
        }
        // LTTng calls threads tid; some tracers put an underscore before each name.
        if field.hasPrefix("_") { field.removeFirst() }
        if field == "name" || field == "reason" && name.hasPrefix("ipi") { plan.text = index }
        if field == "target_cpus" || field == "cpumask" { plan.mask = index }
        if field == "tid" || field.hasSuffix("_tid") { field = field.dropLast(3) + "pid" }
        let value = Array(field.utf8).withUnsafeBytes { catalogue.value(ofField: $0, in: number) }
        if let value { plan.members.append((index, value)) }
      }
    }
    if plans.count < 4096 { plans[eventClass] = plan }
    return plan
  }

  // MARK: Contexts

  private func readContext(_ event: OpaquePointer?, _ payload: CTFField?) {
    record.cpu = PE.none
    record.thread = 0
    record.showsThread = false
    record.process = 0
    record.name = CTFField.noText
    let stream = bt_event_borrow_stream_const(event)
    if bt_stream_class_supports_packets(bt_stream_borrow_class_const(stream)) != 0 {
      readContext(CTFField(bt_packet_borrow_context_field_const(bt_event_borrow_packet_const(event))))
    }
    readContext(CTFField(bt_event_borrow_common_context_field_const(event)))
    readContext(CTFField(bt_event_borrow_specific_context_field_const(event)))
    // What perf converts has them in the payload.
    if let value = payload?["perf_tid"]?.number { takeThread(value) }
    if let value = payload?["perf_cpu"]?.number { record.cpu = UInt32(truncatingIfNeeded: value) }
  }

  private func readContext(_ field: CTFField?) {
    guard let field else { return }
    for name in ["tid", "vtid", "perf_tid"] {
      if let value = field[name]?.number { takeThread(value) }
    }
    for name in ["pid", "vpid", "perf_pid"] {
      if let value = field[name]?.number { record.process = UInt32(truncatingIfNeeded: value) }
    }
    for name in ["cpu_id", "perf_cpu"] {
      if let value = field[name]?.number { record.cpu = UInt32(truncatingIfNeeded: value) }
    }
    if let name = field["procname"] { record.name = name.text }
  }

  private func takeThread(_ value: UInt64) {
    record.thread = UInt32(truncatingIfNeeded: value)
    record.showsThread = true
  }
}
