#pragma once
#include <stdbool.h>
#include <stdint.h>

/// What a thread's running simulation shows to interposed calls. Owned by the simulation.
typedef struct {
  /// Virtual time in nanoseconds since the simulation's start.
  int64_t now_nanoseconds;
  /// Wall clock at virtual time zero, in nanoseconds since 1970.
  int64_t epoch_nanoseconds;
  /// State of the stream that `getrandom` draws from (splitmix64).
  uint64_t random_state;
  /// The simulation itself, handed back to the enqueue callback.
  void *context;
  /// Number of interposed clock reads, so that a self-check can see that they arrive here.
  uint64_t clock_reads;
  /// Number of interposed random draws.
  uint64_t random_reads;
  /// Number of this simulation's jobs that a foreign thread resumed; see `andruck_note_escape`.
  uint64_t escapes;
  /// Which thread ran it last; see `andruck_simulation_is_mine`.
  uint64_t thread;
} andruck_simulation_state;

/// Makes a simulation the current one of this thread; returns the one before (NULL: none).
andruck_simulation_state *andruck_simulation_enter(andruck_simulation_state *state);
/// Restores what `andruck_simulation_enter` returned.
void andruck_simulation_leave(andruck_simulation_state *previous);
/// The current simulation of this thread, or NULL.
andruck_simulation_state *andruck_simulation_current(void);
/// Whether this thread was the last that ran a simulation, so that no other one runs it now.
bool andruck_simulation_is_mine(const andruck_simulation_state *state);

/// Takes a Swift concurrency job of a thread that runs a simulation. `at_nanoseconds` is the
/// virtual time when it is due, negative for at once; `main` says that it is the main actor's.
typedef void (*andruck_enqueue_callback)(void *context, void *job, int64_t at_nanoseconds,
                                         bool main);

/// Takes a job that was enqueued outside any simulation; true if it belongs to one all the same
/// (an escape: it was resumed from a foreign thread), false to let the platform run it.
typedef bool (*andruck_foreign_callback)(void *job);

/// Routes the jobs of simulations to `enqueue`, by the runtime's hooks and the dispatch calls of
/// the concurrency library. Returns false if this toolchain exports no hooks.
/// For toolchains before 6.3, which have no public executor factory.
bool andruck_install_job_hooks(andruck_enqueue_callback enqueue, andruck_foreign_callback foreign);

/// Takes the cancellation of a task that sleeps in a simulation, on any thread.
typedef void (*andruck_sleep_callback)(uint64_t simulation, int32_t number);

/// Says who is told of cancelled sleeps; once, before any sleep.
void andruck_install_sleep_hook(andruck_sleep_callback cancelled);
/// Watches for the cancellation of the task that runs, up to `andruck_sleep_ended` with the result;
/// tells of it at once if the task was cancelled before.
void *andruck_sleep_began(uint64_t simulation, int32_t number);
/// Watches no longer; called by the function that called `andruck_sleep_began`.
void andruck_sleep_ended(void *record);

/// Remembers that a job was enqueued in the simulation `identifier`.
void andruck_tag_job(void *job, uint64_t identifier);
/// The simulation that a job was last enqueued in, or 0 if that is not known.
uint64_t andruck_job_tag(void *job);
/// Counts an escape; may be called from any thread while the simulation lives.
void andruck_note_escape(andruck_simulation_state *state);
/// The number of escapes noted.
uint64_t andruck_escapes(andruck_simulation_state *state);

/// True if the process's hash seed was pinned before main.
bool andruck_hash_seed_is_pinned(void);

/// Wall time in nanoseconds, also inside a simulation; for reports only, never for behaviour.
int64_t andruck_real_nanoseconds(void);
