#pragma once

#include <stddef.h>
#include <stdint.h>

// How many times memory was asked for in this process, by any thread, since its start: calls of
// malloc, calloc, realloc and what aligns.
uint64_t bench_allocations(void);

// Nanoseconds of CPU that the calling thread has used, and those of all the process's threads.
int64_t bench_thread_nanoseconds(void);
int64_t bench_process_nanoseconds(void);

// The reference loop: steps of a 64-bit mixing function. Arithmetic that no cache or allocator
// touches; the result must be used.
uint64_t bench_reference(uint64_t steps);

// Removes a folder and all below it when the process ends; one at most.
void bench_remove_at_exit(const char *folder);

// What libnghttp2 alone costs: a client's session, a proxy's two and a server's, in memory, with the
// headers and bodies of a prediction through the ingress.
struct bench_hops;
struct bench_hops *bench_hops_create(void);
// Makes one request after the other; how many were answered as they should be.
uint64_t bench_hops_run(struct bench_hops *hops, uint64_t count);
// Bytes that crossed the four directions so far, for comparison with the real path.
uint64_t bench_hops_bytes(const struct bench_hops *hops);
