#ifndef ANDRUCK_CEPOLL_H
#define ANDRUCK_CEPOLL_H

#include <stdint.h>

// Linux calls that Swift's Glibc module does not show. All return -1 and set errno as the calls
// themselves do; all descriptors are closed on exec.

enum {
  andruck_readable = 0x001,
  andruck_writable = 0x004,
  andruck_failed = 0x008,
  andruck_hung_up = 0x010,
};

typedef struct {
  uint64_t data;
  uint32_t events;
} andruck_epoll_ready;

int andruck_epoll_create(void);
int andruck_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t data);
int andruck_epoll_change(int epoll, int descriptor, uint32_t events, uint64_t data);
int andruck_epoll_remove(int epoll, int descriptor);

/// Waits for at most `capacity` descriptors, 512 at most; a negative time waits for good. The time
/// is rounded up to milliseconds where the kernel knows no finer one.
int andruck_epoll_wait(int epoll, andruck_epoll_ready *ready, int capacity, int64_t nanoseconds);

/// The same without sleeping: asks again and again, and lets other threads have the processor between.
/// Ends early where one of them kept it for longer than `yielded_max`, and sets `kept` to that time then, else
/// to 0.
int andruck_epoll_poll(int epoll, andruck_epoll_ready *ready, int capacity, int64_t nanoseconds,
                       int64_t yielded_max, int64_t *kept);

/// A descriptor that becomes readable by `andruck_wake_up` and stays so until `andruck_wake_take`.
int andruck_wake_create(void);
void andruck_wake_up(int descriptor);
void andruck_wake_take(int descriptor);

/// Accepts a connection as a non-blocking descriptor.
int andruck_accept(int listener);

/// The machine's monotonic clock, never that of a simulation.
int64_t andruck_monotonic_nanoseconds(void);

/// The machine's wall clock in nanoseconds since 1970, never that of a simulation.
int64_t andruck_wall_nanoseconds(void);

/// Writes where the descriptor stands, or at the file's end where it appends, and keeps what is written
/// out of the page cache where kernel and file system can (Linux 6.14, RWF_DONTCACHE). `slept` is how long it
/// took where the thread had to sleep for it, other than for want of a processor, else 0.
int64_t andruck_write_uncached(int descriptor, const void *bytes, uint64_t count, int64_t *slept);

/// Makes this thread wait for all others that want a processor, but for a small share of one.
void andruck_stand_back(void);

/// Lets the kernel wake this thread, and those that it starts, no later than it must; by itself it gathers
/// timers within 50 microseconds.
void andruck_wake_exactly(void);

/// How many processors this process may run on.
int andruck_processors(void);

#endif
