#define _GNU_SOURCE
#include "CBabeltrace2Guard.h"
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

// GLib ends a program that gets no memory by SIGTRAP.
static const int signals[] = {SIGABRT, SIGFPE, SIGSEGV, SIGBUS, SIGTRAP};
enum { signal_count = sizeof signals / sizeof signals[0] };
static struct sigaction previous[signal_count];
static pthread_once_t installed = PTHREAD_ONCE_INIT;
static __thread sigjmp_buf *guard;
static __thread int last_signal;
static struct rlimit usual_limit;

static void caught(int signal) {
  if (guard != NULL) siglongjmp(*guard, signal);
  // Not within the library: whoever was there before is to deal with it.
  for (int i = 0; i < signal_count; i++) {
    if (signals[i] == signal) sigaction(signal, &previous[i], NULL);
  }
  raise(signal);
}

static void discard(const char *domain, int level, const char *text, void *data) {}

static void install(void) {
  // What GLib would print before it ends the program is no message of ours. Its headers are not needed for one function.
  void *(*set_handler)(void (*)(const char *, int, const char *, void *), void *) =
      (void *(*)(void (*)(const char *, int, const char *, void *), void *))dlsym(
          RTLD_DEFAULT, "g_log_set_default_handler");
  if (set_handler != NULL) set_handler(discard, NULL);
  getrlimit(RLIMIT_DATA, &usual_limit);
  // The signal stays unblocked, as its handler is left by a jump.
  struct sigaction action = {.sa_handler = caught, .sa_flags = SA_NODEFER | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < signal_count; i++) sigaction(signals[i], &action, &previous[i]);
}

// Bytes of data that the process has, by the kernel's count.
static rlim_t data_size(void) {
  unsigned long pages = 0;
  FILE *file = fopen("/proc/self/statm", "re");
  if (file == NULL) return RLIM_INFINITY;
  int count = fscanf(file, "%*u %*u %*u %*u %*u %lu", &pages);
  fclose(file);
  return count == 1 ? (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) : RLIM_INFINITY;
}

// Nothing checks the sizes in a trace before the library allocates what they ask for: it gets so much and no more. The
// limit is the process's, from the first call that is under way to the last; asking for the process's size takes longer than
// most calls, so that one in many does.
static pthread_mutex_t limit_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned calls_under_way;
static unsigned calls_since_size;

static void begin_limit(void) {
  enum { allowance = 512 << 20, calls_for_one = 16 };
  static rlim_t limit;
  pthread_mutex_lock(&limit_lock);
  if (calls_under_way++ == 0) {
    if (calls_since_size++ % calls_for_one == 0) {
      rlim_t size = data_size();
      limit = size == RLIM_INFINITY ? size : size + allowance;
    }
    struct rlimit lower = {.rlim_cur = limit, .rlim_max = usual_limit.rlim_max};
    if (limit < usual_limit.rlim_cur) setrlimit(RLIMIT_DATA, &lower);
  }
  pthread_mutex_unlock(&limit_lock);
}

static void end_limit(int broke_down) {
  pthread_mutex_lock(&limit_lock);
  // What the library had is left to it: the size is another one.
  if (broke_down) calls_since_size = 0;
  if (--calls_under_way == 0) setrlimit(RLIMIT_DATA, &usual_limit);
  pthread_mutex_unlock(&limit_lock);
}

// Runs `call`, or returns `failure` if a signal ends it.
#define GUARDED(type, call, failure)                       \
  pthread_once(&installed, install);                       \
  sigjmp_buf here;                                         \
  sigjmp_buf *volatile outer = guard;                      \
  volatile type status = (failure);                        \
  if (outer == NULL) begin_limit();                        \
  int signal = sigsetjmp(here, 0);                         \
  if (signal == 0) {                                       \
    guard = &here;                                         \
    status = (call);                                       \
  } else {                                                 \
    last_signal = signal;                                  \
  }                                                        \
  guard = outer;                                           \
  if (outer == NULL) end_limit(signal != 0);               \
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
