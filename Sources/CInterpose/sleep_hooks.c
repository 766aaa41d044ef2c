#define _GNU_SOURCE
#include "interpose.h"

#include <dlfcn.h>
#include <stddef.h>

// Task.sleep makes a task for each sleep, whose only work is to wake the one that sleeps: with
// that, a sleep takes two jobs and four allocations. A simulation knows the sleeper itself. So the
// calls of a program lead here, as those of the C library in interpose.c do: to the simulation of
// the thread, or on to the runtime.
//
// Taken are Task.sleep(nanoseconds:), the sleep(until:tolerance:) of the two clocks, and the
// protocol's, where its clock is one of them: Task.sleep(for:), which is compiled into programs,
// comes to that. What the runtime calls itself, as Task.sleep(until:clock:) does, and libraries that
// were linked without this still go the runtime's way and end in job_hooks.c, with the same events in
// the same order.
//
// Names and calling conventions are those that Swift's stable ABI fixes on Apple's systems, and are the
// same here.

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

// Of a clock's own, the three words are its tolerance: a Duration?, 128 bits and whether it is nil.
// Of the protocol's, they are where the tolerance lies, the type of the clock, and its conformance.
// Neither simulated sleep looks at a tolerance.
typedef SWIFT_ASYNC void (*sleep_until)(const void *instant, uint64_t first, uint64_t second,
                                        uint64_t third, ASYNC_CONTEXT void *frame,
                                        SELF const void *clock);

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
static sleep_until runtime_protocol;
static uint64_t continuous_type, suspending_type;

static SWIFT_ASYNC void on_sleep_nanoseconds(uint64_t nanoseconds, ASYNC_CONTEXT void *frame) {
  if (simulated_nanoseconds && andruck_simulation_current()) {
    RETURN_CALL simulated_nanoseconds(nanoseconds, frame);
  }
  RETURN_CALL runtime_nanoseconds(nanoseconds, frame);
}

static SWIFT_ASYNC void on_sleep_continuous(const void *instant, uint64_t first, uint64_t second,
                                            uint64_t third, ASYNC_CONTEXT void *frame,
                                            SELF const void *clock) {
  if (simulated_continuous && andruck_simulation_current()) {
    RETURN_CALL simulated_continuous(instant, first, second, third, frame, clock);
  }
  RETURN_CALL runtime_continuous(instant, first, second, third, frame, clock);
}

static SWIFT_ASYNC void on_sleep_suspending(const void *instant, uint64_t first, uint64_t second,
                                            uint64_t third, ASYNC_CONTEXT void *frame,
                                            SELF const void *clock) {
  if (simulated_suspending && andruck_simulation_current()) {
    RETURN_CALL simulated_suspending(instant, first, second, third, frame, clock);
  }
  RETURN_CALL runtime_suspending(instant, first, second, third, frame, clock);
}

static SWIFT_ASYNC void on_sleep_protocol(const void *instant, uint64_t tolerance, uint64_t type,
                                          uint64_t conformance, ASYNC_CONTEXT void *frame,
                                          SELF const void *clock) {
  if (andruck_simulation_current()) {
    if (type == continuous_type && simulated_continuous) {
      RETURN_CALL simulated_continuous(instant, 0, 0, true, frame, clock);
    }
    if (type == suspending_type && simulated_suspending) {
      RETURN_CALL simulated_suspending(instant, 0, 0, true, frame, clock);
    }
  }
  RETURN_CALL runtime_protocol(instant, tolerance, type, conformance, frame, clock);
}

// A program refers to an async function by two names: the code's, and the record's. Both are weak
// aliases, so that they give way where the runtime is linked into the program.
#define REPLACED_BY(local) __attribute__((weak, alias(local)))
#define TASK_SLEEP "$sScTss5NeverORszABRs_rlE5sleep11nanosecondsys6UInt64V_tYaKFZ"
#define CLOCK_SLEEP "V5sleep5until9toleranceyAB7InstantV_s8DurationVSgtYaKF"
#define CONTINUOUS_CLOCK "$ss15ContinuousClock"
#define SUSPENDING_CLOCK "$ss15SuspendingClock"
#define PROTOCOL_SLEEP "$ss5ClockP5sleep5until9tolerancey7InstantQz_8DurationQzSgtYaKFTj"
extern __typeof__(on_sleep_nanoseconds) task_sleep __asm__(TASK_SLEEP)
    REPLACED_BY("on_sleep_nanoseconds");
extern __typeof__(on_sleep_continuous) continuous_sleep __asm__(CONTINUOUS_CLOCK CLOCK_SLEEP)
    REPLACED_BY("on_sleep_continuous");
extern __typeof__(on_sleep_suspending) suspending_sleep __asm__(SUSPENDING_CLOCK CLOCK_SLEEP)
    REPLACED_BY("on_sleep_suspending");
extern __typeof__(on_sleep_protocol) protocol_sleep __asm__(PROTOCOL_SLEEP)
    REPLACED_BY("on_sleep_protocol");

// Written before main.
static async_function nanoseconds_record, continuous_record, suspending_record, protocol_record;
extern async_function task_sleep_record __asm__(TASK_SLEEP "Tu") REPLACED_BY("nanoseconds_record");
extern async_function continuous_sleep_record __asm__(CONTINUOUS_CLOCK CLOCK_SLEEP "Tu")
    REPLACED_BY("continuous_record");
extern async_function suspending_sleep_record __asm__(SUSPENDING_CLOCK CLOCK_SLEEP "Tu")
    REPLACED_BY("suspending_record");
extern async_function protocol_sleep_record __asm__(PROTOCOL_SLEEP "Tu")
    REPLACED_BY("protocol_record");

static uint32_t frame_size(const async_function *function) {
  return function ? function->frame_size : 0;
}

static uint32_t greater(uint32_t a, uint32_t b) { return a > b ? a : b; }

// Sets a record to code whose frame is large enough wherever that leads; returns the runtime's code.
static const void *replace(async_function *record, const void *code, const char *name,
                           uint32_t simulated_frame_size) {
  const async_function *runtime = dlsym(RTLD_NEXT, name);
  if (!runtime) return NULL;
  *record = (async_function){(int32_t)((const char *)code - (const char *)&record->code),
                             greater(runtime->frame_size, simulated_frame_size)};
  return code_of(runtime);
}

#define SIMULATED(function) (&function ? code_of(&function) : NULL)

__attribute__((constructor)) static void replace_sleeps(void) {
  simulated_nanoseconds = SIMULATED(simulated_nanoseconds_function);
  simulated_continuous = SIMULATED(simulated_continuous_function);
  simulated_suspending = SIMULATED(simulated_suspending_function);
  continuous_type = (uint64_t)dlsym(RTLD_DEFAULT, CONTINUOUS_CLOCK "VN");
  suspending_type = (uint64_t)dlsym(RTLD_DEFAULT, SUSPENDING_CLOCK "VN");
  uint32_t continuous_size = frame_size(&simulated_continuous_function);
  uint32_t suspending_size = frame_size(&simulated_suspending_function);
  runtime_nanoseconds = replace(&nanoseconds_record, on_sleep_nanoseconds, TASK_SLEEP "Tu",
                                frame_size(&simulated_nanoseconds_function));
  runtime_continuous = replace(&continuous_record, on_sleep_continuous,
                               CONTINUOUS_CLOCK CLOCK_SLEEP "Tu", continuous_size);
  runtime_suspending = replace(&suspending_record, on_sleep_suspending,
                               SUSPENDING_CLOCK CLOCK_SLEEP "Tu", suspending_size);
  runtime_protocol = replace(&protocol_record, on_sleep_protocol, PROTOCOL_SLEEP "Tu",
                             greater(continuous_size, suspending_size));
}

// withTaskCancellationHandler is these two around a closure, which costs two more hops between
// executors. Both are called by one function of the task, which frees in reverse order whatever it
// allocates between: the task's memory is a stack.
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
