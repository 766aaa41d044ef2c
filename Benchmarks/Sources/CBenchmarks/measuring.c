#define _GNU_SOURCE
#include "benchmarks.h"

#include <errno.h>
#include <ftw.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Functions of the executable win over the C library's, for all libraries of the process. Each
// thread counts in a line of its own, so that counting costs next to nothing.
enum { threads_max = 256 };
struct counter {
  _Alignas(64) _Atomic uint64_t count;
};
static struct counter counters[threads_max];
static _Atomic unsigned threads;
static _Thread_local struct counter *mine __attribute__((tls_model("initial-exec")));

static inline void count_allocation(void) {
  if (!mine) {
    unsigned index = atomic_fetch_add(&threads, 1);
    mine = &counters[index < threads_max ? index : threads_max - 1];
  }
  uint64_t count = atomic_load_explicit(&mine->count, memory_order_relaxed);
  atomic_store_explicit(&mine->count, count + 1, memory_order_relaxed);
}

uint64_t bench_allocations(void) {
  uint64_t sum = 0;
  for (unsigned index = 0; index < threads_max; index++) {
    sum += atomic_load_explicit(&counters[index].count, memory_order_relaxed);
  }
  return sum;
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  count_allocation();
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  count_allocation();
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  count_allocation();
  return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count_allocation();
  return __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size) {
  count_allocation();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  count_allocation();
  void *result = __libc_memalign(alignment, size);
  if (!result) return ENOMEM;
  *memory = result;
  return 0;
}

static int64_t nanoseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t bench_thread_nanoseconds(void) { return nanoseconds(CLOCK_THREAD_CPUTIME_ID); }

int64_t bench_process_nanoseconds(void) { return nanoseconds(CLOCK_PROCESS_CPUTIME_ID); }

uint64_t bench_reference(uint64_t steps) {
  uint64_t state = 1;
  for (uint64_t step = 0; step < steps; step++) {
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL + step;
  }
  return state;
}

static char *leftover;

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place) {
  return remove(path);
}

static void remove_leftover(void) { nftw(leftover, remove_entry, 8, FTW_DEPTH | FTW_PHYS); }

void bench_remove_at_exit(const char *folder) {
  if (leftover) return;
  leftover = strdup(folder);
  atexit(remove_leftover);
}
