#define _GNU_SOURCE
#include "interpose.h"

#include <dlfcn.h>
#include <stddef.h>

// Task.sleep makes a task for each sleep, whose only work is to wake the one that sleeps: with
// that, a sleep takes two jobs and four allocations. A simulation knows the sleeper itself. So the
// calls of a program lead here, as those of the C library in interpose.c do: to the simulation of
// the thread, or on to the runtime. What the program does not call itself (a clock behind `any
// Clock`, a library that was linked without it) still takes the runtime's way and ends in
// job_hooks.c; the order of events is the same on both.
//
// The names are part of Swift's stable ABI, so whatever has one of them is called like this.

#define SWIFT_CALL __attribute__((swiftcall))
#define SWIFT_ASYNC __attribute__((swiftasynccall))
#define ASYNC_CONTEXT __attribute__((swift_async_context))
#define SELF __attribute__((swift_context))
#define RETURN_CALL __attribute__((musttail)) return

// What a caller reads of an async function (swift/ABI/Executor.h, AsyncFunctionPointer): where its
// code is, counted from here, and how large a frame the caller allocates for it.
typedef struct {
  int32_t code;
  uint32_t frame_size;
} async_function;

static const void *code_of(const async_function *function) {
  return (const char *)&function->code + function->code;
}

typedef SWIFT_ASYNC void (*sleep_nanoseconds)(uint64_t nanoseconds, ASYNC_CONTEXT void *frame);
// The tolerance is a Duration?, 128 bits and whether it is nil; the clock itself is empty.
typedef SWIFT_ASYNC void (*sleep_until)(const void *instant, uint64_t tolerance_low,
                                        int64_t tolerance_high, uint64_t tolerance_is_nil,
                                        ASYNC_CONTEXT void *frame, SELF const void *clock);

// Of SimulationKernel; NULL in a program without it.
extern __attribute__((weak)) const async_function simulated_nanoseconds_function
    __asm__("andruck_sleep_nanosecondsTu");
extern __attribute__((weak)) const async_function simulated_continuous_function
    __asm__("andruck_sleep_continuousTu");
extern __attribute__((weak)) const async_function simulated_suspending_function
    __asm__("andruck_sleep_suspendingTu");

static sleep_nanoseconds runtime_nanoseconds, simulated_nanoseconds;
static sleep_until runtime_continuous, simulated_continuous;
static sleep_until runtime_suspending, simulated_suspending;

static SWIFT_ASYNC void on_sleep_nanoseconds(uint64_t nanoseconds, ASYNC_CONTEXT void *frame) {
  if (simulated_nanoseconds && andruck_simulation_current()) {
    RETURN_CALL simulated_nanoseconds(nanoseconds, frame);
  }
  RETURN_CALL runtime_nanoseconds(nanoseconds, frame);
}

static SWIFT_ASYNC void on_sleep_continuous(const void *instant, uint64_t low, int64_t high,
                                            uint64_t is_nil, ASYNC_CONTEXT void *frame,
                                            SELF const void *clock) {
  if (simulated_continuous && andruck_simulation_current()) {
    RETURN_CALL simulated_continuous(instant, low, high, is_nil, frame, clock);
  }
  RETURN_CALL runtime_continuous(instant, low, high, is_nil, frame, clock);
}

static SWIFT_ASYNC void on_sleep_suspending(const void *instant, uint64_t low, int64_t high,
                                            uint64_t is_nil, ASYNC_CONTEXT void *frame,
                                            SELF const void *clock) {
  if (simulated_suspending && andruck_simulation_current()) {
    RETURN_CALL simulated_suspending(instant, low, high, is_nil, frame, clock);
  }
  RETURN_CALL runtime_suspending(instant, low, high, is_nil, frame, clock);
}

// A program refers to an async function by two names: the code's, and the record's. Weak aliases:
// in a program that is linked with the runtime's archive the names are the runtime's, and these
// here nobody's.
#define REPLACED_BY(local) __attribute__((weak, alias(local)))
#define TASK_SLEEP "$sScTss5NeverORszABRs_rlE5sleep11nanosecondsys6UInt64V_tYaKFZ"
#define CLOCK_SLEEP "V5sleep5until9toleranceyAB7InstantV_s8DurationVSgtYaKF"
#define CONTINUOUS_SLEEP "$ss15ContinuousClock" CLOCK_SLEEP
#define SUSPENDING_SLEEP "$ss15SuspendingClock" CLOCK_SLEEP
extern __typeof__(on_sleep_nanoseconds) task_sleep __asm__(TASK_SLEEP)
    REPLACED_BY("on_sleep_nanoseconds");
extern __typeof__(on_sleep_continuous) continuous_sleep __asm__(CONTINUOUS_SLEEP)
    REPLACED_BY("on_sleep_continuous");
extern __typeof__(on_sleep_suspending) suspending_sleep __asm__(SUSPENDING_SLEEP)
    REPLACED_BY("on_sleep_suspending");

// Written before main.
static async_function nanoseconds_record, continuous_record, suspending_record;
extern async_function task_sleep_record __asm__(TASK_SLEEP "Tu") REPLACED_BY("nanoseconds_record");
extern async_function continuous_sleep_record __asm__(CONTINUOUS_SLEEP "Tu")
    REPLACED_BY("continuous_record");
extern async_function suspending_sleep_record __asm__(SUSPENDING_SLEEP "Tu")
    REPLACED_BY("suspending_record");

// Sets a record to code whose frame is large enough for either way; returns the runtime's code.
static const void *replace(async_function *record, void *code, const char *name,
                           const async_function *simulated) {
  const async_function *runtime = dlsym(RTLD_NEXT, name);
  if (!runtime) return NULL;
  uint32_t frame_size = runtime->frame_size;
  if (simulated && simulated->frame_size > frame_size) frame_size = simulated->frame_size;
  *record = (async_function){(int32_t)((char *)code - (char *)&record->code), frame_size};
  return code_of(runtime);
}

// withTaskCancellationHandler is these two around a closure, which costs two more hops between
// executors. Both are called within one function of the task, without another allocation between.
extern SWIFT_CALL void *swift_task_addCancellationHandler(
    SWIFT_CALL void (*handler)(SELF void *context), void *context);
extern SWIFT_CALL void swift_task_removeCancellationHandler(void *record);

static andruck_sleep_callback sleep_cancelled;

static SWIFT_CALL void on_cancelled(SELF void *context) {
  uint64_t sleep = (uint64_t)context;
  if (sleep_cancelled) sleep_cancelled(sleep >> 32, (int32_t)sleep);
}

void andruck_install_sleep_hook(andruck_sleep_callback cancelled) { sleep_cancelled = cancelled; }

void *andruck_sleep_began(uint64_t simulation, int32_t number) {
  uint64_t sleep = simulation << 32 | (uint32_t)number;
  return swift_task_addCancellationHandler(on_cancelled, (void *)sleep);
}

void andruck_sleep_ended(void *record) { swift_task_removeCancellationHandler(record); }

#define SIMULATED(function) (&function ? code_of(&function) : NULL)

__attribute__((constructor)) static void replace_sleeps(void) {
  simulated_nanoseconds = SIMULATED(simulated_nanoseconds_function);
  simulated_continuous = SIMULATED(simulated_continuous_function);
  simulated_suspending = SIMULATED(simulated_suspending_function);
  runtime_nanoseconds = replace(
      &nanoseconds_record, on_sleep_nanoseconds, TASK_SLEEP "Tu", &simulated_nanoseconds_function);
  runtime_continuous = replace(&continuous_record, on_sleep_continuous, CONTINUOUS_SLEEP "Tu",
                               &simulated_continuous_function);
  runtime_suspending = replace(&suspending_record, on_sleep_suspending, SUSPENDING_SLEEP "Tu",
                               &simulated_suspending_function);
}
