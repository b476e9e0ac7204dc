#define _GNU_SOURCE
#include "CBabeltrace2Guard.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

static const int signals[] = {SIGABRT, SIGFPE, SIGSEGV, SIGBUS};
enum { signal_count = sizeof signals / sizeof signals[0] };
static struct sigaction previous[signal_count];
static pthread_once_t installed = PTHREAD_ONCE_INIT;
static __thread sigjmp_buf *guard;
static __thread int last_signal;

static void caught(int signal) {
  if (guard != NULL) siglongjmp(*guard, signal);
  // Not within the library: whoever was there before is to deal with it.
  for (int i = 0; i < signal_count; i++) {
    if (signals[i] == signal) sigaction(signal, &previous[i], NULL);
  }
  raise(signal);
}

static void install(void) {
  // The signal stays unblocked, as its handler is left by a jump.
  struct sigaction action = {.sa_handler = caught, .sa_flags = SA_NODEFER | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < signal_count; i++) sigaction(signals[i], &action, &previous[i]);
}

// Runs `call`, or returns `failure` if a signal ends it.
#define GUARDED(type, call, failure)                       \
  pthread_once(&installed, install);                       \
  sigjmp_buf here;                                         \
  sigjmp_buf *volatile outer = guard;                      \
  volatile type status = (failure);                        \
  int signal = sigsetjmp(here, 0);                         \
  if (signal == 0) {                                       \
    guard = &here;                                         \
    status = (call);                                       \
  } else {                                                 \
    last_signal = signal;                                  \
  }                                                        \
  guard = outer;                                           \
  return status

int gicscope_bt_take_signal(void) {
  int signal = last_signal;
  last_signal = 0;
  return signal;
}

bt_graph_add_component_status gicscope_bt_add_source(
    bt_graph *graph, const bt_component_class_source *class, const char *name, const bt_value *parameters,
    const bt_component_source **source) {
  GUARDED(
      bt_graph_add_component_status,
      bt_graph_add_source_component(graph, class, name, parameters, BT_LOGGING_LEVEL_NONE, source),
      BT_GRAPH_ADD_COMPONENT_STATUS_ERROR);
}

bt_graph_connect_ports_status gicscope_bt_connect(
    bt_graph *graph, const bt_port_output *output, const bt_port_input *input) {
  GUARDED(
      bt_graph_connect_ports_status, bt_graph_connect_ports(graph, output, input, NULL),
      BT_GRAPH_CONNECT_PORTS_STATUS_ERROR);
}

bt_graph_run_once_status gicscope_bt_run_once(bt_graph *graph) {
  GUARDED(bt_graph_run_once_status, bt_graph_run_once(graph), BT_GRAPH_RUN_ONCE_STATUS_ERROR);
}

bt_message_iterator_next_status gicscope_bt_next(
    bt_message_iterator *iterator, bt_message_array_const *messages, uint64_t *count) {
  GUARDED(
      bt_message_iterator_next_status, bt_message_iterator_next(iterator, messages, count),
      BT_MESSAGE_ITERATOR_NEXT_STATUS_ERROR);
}

void *gicscope_bt_pause(void) {
  sigjmp_buf *paused = guard;
  guard = NULL;
  return paused;
}

void gicscope_bt_resume(void *paused) { guard = paused; }
