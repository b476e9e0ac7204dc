#pragma once
#include <babeltrace2/babeltrace.h>

// Calls into libbabeltrace2 that read a trace. It aborts, or divides by zero, on some damaged traces that it does not check
// (2.0.4), and takes all memory for others; here that ends the call with a failure instead of the program. What the library
// was working on must not be used again, nor released.

/// The signal with which the last guarded call of this thread ended; 0 for none. Reading it forgets it.
int gicscope_bt_take_signal(void);

/// `bt_graph_add_source_component`.
bt_graph_add_component_status gicscope_bt_add_source(
    bt_graph *graph, const bt_component_class_source *class, const char *name, const bt_value *parameters,
    const bt_component_source **source);

/// `bt_graph_connect_ports`.
bt_graph_connect_ports_status gicscope_bt_connect(
    bt_graph *graph, const bt_port_output *output, const bt_port_input *input);

/// `bt_graph_run_once`.
bt_graph_run_once_status gicscope_bt_run_once(bt_graph *graph);

/// `bt_message_iterator_next`.
bt_message_iterator_next_status gicscope_bt_next(
    bt_message_iterator *iterator, bt_message_array_const *messages, uint64_t *count);

/// From here to ``gicscope_bt_resume`` the thread runs code of its own within a guarded call: its faults are its own.
void *gicscope_bt_pause(void);

/// Ends what ``gicscope_bt_pause`` began, whose result it takes.
void gicscope_bt_resume(void *paused);
