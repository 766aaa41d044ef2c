#define _GNU_SOURCE
#include "CEpoll.h"

#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

_Static_assert(andruck_readable == EPOLLIN && andruck_writable == EPOLLOUT, "events of epoll");
_Static_assert(andruck_failed == EPOLLERR && andruck_hung_up == EPOLLHUP, "events of epoll");

int andruck_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int descriptor, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events, .data.u64 = data};
  return epoll_ctl(epoll, operation, descriptor, &event);
}

int andruck_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t data) {
  return control(epoll, EPOLL_CTL_ADD, descriptor, events, data);
}

int andruck_epoll_change(int epoll, int descriptor, uint32_t events, uint64_t data) {
  return control(epoll, EPOLL_CTL_MOD, descriptor, events, data);
}

int andruck_epoll_remove(int epoll, int descriptor) {
  return control(epoll, EPOLL_CTL_DEL, descriptor, 0, 0);
}

static int wait(int epoll, struct epoll_event *events, int capacity, int64_t nanoseconds) {
  if (nanoseconds <= 0) return epoll_wait(epoll, events, capacity, nanoseconds < 0 ? -1 : 0);
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 35)
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  int count = epoll_pwait2(epoll, events, capacity, &time, NULL);
  if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
#endif
  int64_t milliseconds = (nanoseconds + 999999) / 1000000;
  return epoll_wait(epoll, events, capacity, milliseconds > 3600000 ? 3600000 : (int)milliseconds);
}

static void tell(const struct epoll_event *events, int count, andruck_epoll_ready *ready) {
  for (int index = 0; index < count; index++) {
    ready[index].data = events[index].data.u64;
    ready[index].events = events[index].events;
  }
}

int andruck_epoll_wait(int epoll, andruck_epoll_ready *ready, int capacity, int64_t nanoseconds) {
  struct epoll_event events[512];
  if (capacity > 512) capacity = 512;
  int count = wait(epoll, events, capacity, nanoseconds);
  tell(events, count, ready);
  return count;
}

int andruck_epoll_poll(int epoll, andruck_epoll_ready *ready, int capacity, int64_t nanoseconds,
                       int64_t yielded_max, int64_t *kept) {
  struct epoll_event events[512];
  if (capacity > 512) capacity = 512;
  *kept = 0;
  int64_t now = andruck_monotonic_nanoseconds();
  int64_t end = now + nanoseconds;
  int count;
  while ((count = epoll_wait(epoll, events, capacity, 0)) == 0) {
    if (*kept || now >= end) return 0;
    sched_yield();
    int64_t after = andruck_monotonic_nanoseconds();
    if (after - now > yielded_max) *kept = after - now;
    now = after;
  }
  tell(events, count, ready);
  return count;
}

int andruck_wake_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void andruck_wake_up(int descriptor) {
  uint64_t one = 1;
  // Fails only where the counter is full, and then the descriptor is readable already.
  while (write(descriptor, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void andruck_wake_take(int descriptor) {
  uint64_t count;
  while (read(descriptor, &count, sizeof count) < 0 && errno == EINTR) {
  }
}

int andruck_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// The C library's own function reads the clock without a system call. A program that also links
// CInterpose has another one of this name in front of it.
static int (*library_clock)(clockid_t, struct timespec *);

__attribute__((constructor)) static void find_clock(void) {
  *(void **)&library_clock = dlsym(RTLD_NEXT, "clock_gettime");
  if (!library_clock) library_clock = clock_gettime;
}

static int64_t now(clockid_t clock) {
  struct timespec time;
  library_clock(clock, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t andruck_monotonic_nanoseconds(void) { return now(CLOCK_MONOTONIC); }

int64_t andruck_wall_nanoseconds(void) { return now(CLOCK_REALTIME); }

void andruck_wake_exactly(void) { prctl(PR_SET_TIMERSLACK, 1); }

int andruck_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return (int)sysconf(_SC_NPROCESSORS_ONLN);
  return CPU_COUNT(&set);
}

#ifndef RWF_DONTCACHE
#define RWF_DONTCACHE 0x00000080
#endif

// How often this thread has slept, other than for want of a processor.
static long sleeps(void) {
  struct rusage usage = {0};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

int64_t andruck_write_uncached(int descriptor, const void *bytes, uint64_t count, int64_t *slept) {
  *slept = 0;
  // A page that is left half full would have to be read again by the next write, once it is dropped. So
  // only whole ones are, and what is over stays in the cache until then.
  enum { page = 4096 };
  struct stat file;
  if (fstat(descriptor, &file) == 0 && S_ISREG(file.st_mode)) {
    int64_t whole = (int64_t)((file.st_size + count) / page * page) - file.st_size;
    if (whole > 0) {
      struct iovec part = {.iov_base = (void *)bytes, .iov_len = (size_t)whole};
      int64_t start = andruck_monotonic_nanoseconds();
      long before = sleeps();
      ssize_t written = pwritev2(descriptor, &part, 1, -1, RWF_DONTCACHE);
      if (sleeps() != before) *slept = andruck_monotonic_nanoseconds() - start;
      // Kernel, file system and sandbox each say in their own way that they do not know it.
      if (written >= 0) return written;
    }
  }
  return write(descriptor, bytes, count);
}

void andruck_stand_back(void) {
  // Both may be forbidden, and then nothing is lost but speed. 0 is this thread, not the process.
  struct sched_param none = {0};
  sched_setscheduler(0, SCHED_BATCH, &none);
  setpriority(PRIO_PROCESS, 0, 19);
}
