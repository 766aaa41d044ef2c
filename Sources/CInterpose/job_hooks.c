#define _GNU_SOURCE
#include "interpose.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

// Before Swift 6.3 there is no public way to replace the default executor. The runtime has hooks
// for jobs that it enqueues itself, and its executors, which Task.yield and Task.sleep call
// directly, end in two calls of Dispatch. Both ways lead here.

#define SWIFT_CALL __attribute__((swiftcall))

typedef SWIFT_CALL void (*enqueue_original)(void *job);
typedef SWIFT_CALL void (*delay_original)(unsigned long long, void *job);
typedef SWIFT_CALL void (*deadline_original)(
    long long, long long, long long, long long, int, void *job);

static andruck_enqueue_callback enqueue_in_simulation;
static andruck_foreign_callback enqueue_from_outside;

static bool taken_as(void *job, int64_t at_nanoseconds, bool main) {
  andruck_simulation_state *state = andruck_simulation_current();
  if (state) {
    enqueue_in_simulation(state->context, job, at_nanoseconds, main);
    return true;
  }
  return enqueue_from_outside && enqueue_from_outside(job);
}

static bool taken(void *job, int64_t at_nanoseconds) {
  return taken_as(job, at_nanoseconds, false);
}

static SWIFT_CALL void on_enqueue_main(void *job, enqueue_original original) {
  if (!taken_as(job, -1, true)) original(job);
}

static SWIFT_CALL void on_enqueue(void *job, enqueue_original original) {
  if (!taken(job, -1)) original(job);
}

static SWIFT_CALL void on_delay(unsigned long long delay, void *job, delay_original original) {
  andruck_simulation_state *state = andruck_simulation_current();
  int64_t at = -1;
  if (state && __builtin_add_overflow(state->now_nanoseconds, delay, &at)) at = INT64_MAX;
  if (!taken(job, at)) original(delay, job);
}

static SWIFT_CALL void on_deadline(long long seconds, long long nanoseconds,
                                   long long tolerance_seconds, long long tolerance_nanoseconds,
                                   int clock, void *job, deadline_original original) {
  int64_t at;
  if (__builtin_mul_overflow(seconds, 1000000000, &at) ||
      __builtin_add_overflow(at, nanoseconds, &at)) {
    at = seconds < 0 ? 0 : INT64_MAX;
  }
  if (!taken(job, at)) {
    original(seconds, nanoseconds, tolerance_seconds, tolerance_nanoseconds, clock, job);
  }
}

static bool set_hook(const char *name, void *function) {
  // Looked up, not linked: the library reads its own variable, a linked one would be a copy.
  void **hook = dlsym(RTLD_DEFAULT, name);
  if (!hook) return false;
  *hook = function;
  return true;
}

bool andruck_install_job_hooks(andruck_enqueue_callback enqueue,
                               andruck_foreign_callback foreign) {
  enqueue_in_simulation = enqueue;
  enqueue_from_outside = foreign;
  return set_hook("swift_task_enqueueGlobal_hook", (void *)on_enqueue) &
         set_hook("swift_task_enqueueMainExecutor_hook", (void *)on_enqueue_main) &
         set_hook("swift_task_enqueueGlobalWithDelay_hook", (void *)on_delay) &
         set_hook("swift_task_enqueueGlobalWithDeadline_hook", (void *)on_deadline);
}

typedef void (*dispatch_function)(void *);

// Only what the concurrency library hands to Dispatch is a job; a user's own DispatchQueue.async
// passes through (and is a thread that a simulation does not know).
static bool is_job_function(dispatch_function work) {
  static _Atomic(void *) known;
  if ((void *)work == known) return true;
  Dl_info function, library;
  void *symbol = dlsym(RTLD_DEFAULT, "swift_task_create");
  if (!symbol || !dladdr(symbol, &library) || !dladdr((void *)work, &function)) return false;
  if (function.dli_fbase != library.dli_fbase) return false;
  known = (void *)work;
  return true;
}

void dispatch_async_f(void *queue, void *context, dispatch_function work) {
  if (enqueue_in_simulation && andruck_simulation_current() && is_job_function(work)) {
    taken_as(context, -1, queue == dlsym(RTLD_DEFAULT, "_dispatch_main_q"));
    return;
  }
  static void (*_Atomic original)(void *, void *, dispatch_function);
  if (!original) original = dlsym(RTLD_NEXT, "dispatch_async_f");
  original(queue, context, work);
}

void dispatch_after_f(uint64_t when, void *queue, void *context, dispatch_function work) {
  if (enqueue_in_simulation && andruck_simulation_current() && is_job_function(work)) {
    // dispatch_time_t: the two highest bits name the clock, the rest are nanoseconds of it.
    taken(context, (int64_t)(when & 0x3fffffffffffffffULL));
    return;
  }
  static void (*_Atomic original)(uint64_t, void *, void *, dispatch_function);
  if (!original) original = dlsym(RTLD_NEXT, "dispatch_after_f");
  original(when, queue, context, work);
}

// The head of a job in the runtime (include/swift/ABI/Task.h, class Job): a heap object's header,
// two words for the executor, which the runtime clears when the job runs, flags and number.
struct job_head {
  void *heap_object[2];
  uint64_t scheduler_private[2];
  uint32_t flags;
  uint32_t number;
};

// Which simulation a job was last enqueued in, by the job's address. A job that shares a slot with
// a later one is forgotten; address and number together rule out a false alarm.
struct job_tag {
  _Atomic(void *) job;
  _Atomic uint64_t number_and_simulation;
};

enum { tag_slots = 1 << 16 };
static struct job_tag tags[tag_slots];

static struct job_tag *tag_slot(void *job) {
  uint64_t hash = ((uint64_t)job >> 4) * 0x9e3779b97f4a7c15ULL;
  return &tags[hash >> 48];
}

static uint64_t tag_value(void *job, uint64_t identifier) {
  return (uint64_t)((struct job_head *)job)->number << 32 | (uint32_t)identifier;
}

void andruck_tag_job(void *job, uint64_t identifier) {
  struct job_tag *tag = tag_slot(job);
  atomic_store_explicit(&tag->job, job, memory_order_relaxed);
  atomic_store_explicit(
      &tag->number_and_simulation, tag_value(job, identifier), memory_order_release);
}

uint64_t andruck_job_tag(void *job) {
  struct job_tag *tag = tag_slot(job);
  uint64_t value = atomic_load_explicit(&tag->number_and_simulation, memory_order_acquire);
  if (atomic_load_explicit(&tag->job, memory_order_relaxed) != job) return 0;
  return value >> 32 == ((struct job_head *)job)->number ? (uint32_t)value : 0;
}

void andruck_note_escape(andruck_simulation_state *state) {
  __atomic_add_fetch(&state->escapes, 1, __ATOMIC_RELEASE);
}

uint64_t andruck_escapes(andruck_simulation_state *state) {
  return __atomic_load_n(&state->escapes, __ATOMIC_ACQUIRE);
}
