#define _GNU_SOURCE
#include "interpose.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// Symbols defined in the executable win over the C library's, so that the Swift runtime,
// Foundation and Dispatch read virtual time and seeded randomness on a thread that runs a
// simulation. Elsewhere every call goes straight to the kernel.

static _Thread_local andruck_simulation_state *current;

// Where a variable of this thread lies: no two threads that live have it at one place.
static uintptr_t this_thread(void) { return (uintptr_t)&current; }

andruck_simulation_state *andruck_simulation_enter(andruck_simulation_state *state) {
  andruck_simulation_state *previous = current;
  current = state;
  __atomic_store_n(&state->thread, this_thread(), __ATOMIC_RELAXED);
  return previous;
}

void andruck_simulation_leave(andruck_simulation_state *previous) { current = previous; }

andruck_simulation_state *andruck_simulation_current(void) { return current; }

bool andruck_simulation_is_mine(const andruck_simulation_state *state) {
  return __atomic_load_n(&state->thread, __ATOMIC_RELAXED) == this_thread();
}

static long raw_system_call(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
#else
#error "no system call for this architecture"
#endif
}

static long system_call_result(long result) {
  if (result < 0 && result > -4096) {
    errno = (int)-result;
    return -1;
  }
  return result;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  andruck_simulation_state *state = current;
  if (state) {
    int64_t nanoseconds = state->now_nanoseconds;
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
      nanoseconds += state->epoch_nanoseconds;
      // fall through
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
      state->clock_reads++;
      time->tv_sec = nanoseconds / 1000000000;
      time->tv_nsec = nanoseconds % 1000000000;
      return 0;
    default:
      break;
    }
  }
  return (int)system_call_result(
      raw_system_call(SYS_clock_gettime, clock, (long)time, 0, 0, 0, 0));
}

int gettimeofday(struct timeval *restrict value, void *restrict zone) {
  (void)zone;
  struct timespec time;
  int result = clock_gettime(CLOCK_REALTIME, &time);
  value->tv_sec = time.tv_sec;
  value->tv_usec = time.tv_nsec / 1000;
  return result;
}

// Not left to the C library: its time and timespec_get read the kernel's page, not clock_gettime.
time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}

int timespec_get(struct timespec *result, int base) {
  if (base != TIME_UTC) return 0;
  clock_gettime(CLOCK_REALTIME, result);
  return base;
}

// splitmix64, Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
static uint64_t next_random(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

ssize_t getrandom(void *buffer, size_t length, unsigned int flags) {
  andruck_simulation_state *state = current;
  if (!state) {
    return system_call_result(
        raw_system_call(SYS_getrandom, (long)buffer, (long)length, flags, 0, 0, 0));
  }
  state->random_reads++;
  unsigned char *bytes = buffer;
  size_t left = length;
  while (left) {
    uint64_t value = next_random(&state->random_state);
    size_t count = left < sizeof value ? left : sizeof value;
    memcpy(bytes, &value, count);
    bytes += count;
    left -= count;
  }
  return (ssize_t)length;
}

long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
  long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
  va_end(list);
  if (number == SYS_getrandom && current) {
    return getrandom((void *)a, (size_t)b, (unsigned int)c);
  }
  return system_call_result(raw_system_call(number, a, b, c, d, e, f));
}

int64_t andruck_real_nanoseconds(void) {
  struct timespec time;
  raw_system_call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&time, 0, 0, 0, 0);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

// The runtime reads these before the first hash; with fixed values a Set's order is the same in
// every process. Looked up at run time, because a direct reference would be a copy of the
// library's variable that the library never reads.
struct hashing_parameters {
  uint64_t seed0, seed1;
  bool deterministic;
};

static struct hashing_parameters *hashing_parameters(void) {
  return dlsym(RTLD_DEFAULT, "_swift_stdlib_Hashing_parameters");
}

__attribute__((constructor)) static void pin_hash_seed(void) {
  struct hashing_parameters *parameters = hashing_parameters();
  if (!parameters) return;
  parameters->seed0 = 0;
  parameters->seed1 = 0;
  parameters->deterministic = true;
}

bool andruck_hash_seed_is_pinned(void) {
  struct hashing_parameters *parameters = hashing_parameters();
  return parameters && parameters->deterministic && !parameters->seed0 && !parameters->seed1;
}
