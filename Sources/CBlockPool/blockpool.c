#include "CBlockPool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
  // Sizes are rounded up to a multiple of this.
  step_bytes = 32,
  step_shift = 5,
  // Larger blocks go to the C library.
  small_max = 512,
  size_classes = small_max / step_bytes,
  // What a thread keeps of one size at most.
  kept_bytes_max = 131072,
  large = size_classes,
};

// Stands before each block, as long as what malloc aligns to.
typedef union {
  size_t size_class;
  _Alignas(16) uint8_t room[16];
} head;

typedef struct free_block {
  struct free_block *next;
} free_block;

typedef struct {
  free_block *first;
  uint32_t count;
} free_list;

static _Thread_local free_list lists[size_classes];

// Whether the end of the thread has been asked to give everything back; it comes once.
static _Thread_local enum { unknown, asked, ended } end_of_thread;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool has_key;

static void thread_ends(void *unused) {
  (void)unused;
  end_of_thread = ended;
  for (size_t index = 0; index < size_classes; index++) {
    free_block *block = lists[index].first;
    lists[index] = (free_list){0};
    while (block) {
      free_block *next = block->next;
      free((head *)block - 1);
      block = next;
    }
  }
}

static void make_key(void) { has_key = pthread_key_create(&key, thread_ends) == 0; }

// Whether this thread may keep blocks: it does once its end will give them back.
static bool may_keep(void) {
  if (end_of_thread == asked) return true;
  if (end_of_thread == ended) return false;
  pthread_once(&once, make_key);
  if (!has_key || pthread_setspecific(key, &key) != 0) return false;
  end_of_thread = asked;
  return true;
}

static void *named(head *made, size_t size_class) {
  if (!made) return NULL;
  made->size_class = size_class;
  return made + 1;
}

void *andruck_block_malloc(size_t size, void *unused) {
  (void)unused;
  if (size == 0) size = 1;
  if (size > small_max) {
    if (size > SIZE_MAX - sizeof(head)) return NULL;
    return named(malloc(sizeof(head) + size), large);
  }
  size_t size_class = (size - 1) >> step_shift;
  free_list *list = &lists[size_class];
  free_block *block = list->first;
  if (block) {
    list->first = block->next;
    list->count--;
    return block;
  }
  return named(malloc(sizeof(head) + ((size_class + 1) << step_shift)), size_class);
}

void andruck_block_free(void *memory, void *unused) {
  (void)unused;
  if (!memory) return;
  head *made = (head *)memory - 1;
  size_t size_class = made->size_class;
  if (size_class != large) {
    free_list *list = &lists[size_class];
    size_t bytes = (size_class + 1) << step_shift;
    // Multiplied, as a division takes as long as all the rest.
    if ((list->count + 1) * bytes <= kept_bytes_max && may_keep()) {
      free_block *block = memory;
      block->next = list->first;
      list->first = block;
      list->count++;
      return;
    }
  }
  free(made);
}

void *andruck_block_calloc(size_t count, size_t size, void *unused) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
  void *memory = andruck_block_malloc(bytes, unused);
  return memory ? memset(memory, 0, bytes) : NULL;
}

void *andruck_block_realloc(void *memory, size_t size, void *unused) {
  if (!memory) return andruck_block_malloc(size, unused);
  head *made = (head *)memory - 1;
  size_t size_class = made->size_class;
  if (size_class == large && size > small_max) {
    if (size > SIZE_MAX - sizeof(head)) return NULL;
    return named(realloc(made, sizeof(head) + size), large);
  }
  // A large block that becomes small has at least as many bytes as are copied.
  size_t before = size_class == large ? small_max : (size_class + 1) << step_shift;
  if (size_class != large && size <= before) return memory;
  void *moved = andruck_block_malloc(size, unused);
  if (!moved) return NULL;
  memcpy(moved, memory, size < before ? size : before);
  andruck_block_free(memory, unused);
  return moved;
}
