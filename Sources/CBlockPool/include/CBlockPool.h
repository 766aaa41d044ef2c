#ifndef ANDRUCK_CBLOCKPOOL_H
#define ANDRUCK_CBLOCKPOOL_H

#include <stddef.h>

// Memory for many small blocks that come and go in bursts, as the frames and streams of libnghttp2 do:
// each thread keeps what was freed on it, up to a limit for each size, and hands it out again. The C
// library's own allocator keeps seven blocks of a size before it takes a longer way.
//
// The functions have the shape of nghttp2_mem; the last argument is not used. Blocks may be freed on
// another thread than the one that made them.

void *andruck_block_malloc(size_t size, void *unused);
void andruck_block_free(void *memory, void *unused);
void *andruck_block_calloc(size_t count, size_t size, void *unused);
void *andruck_block_realloc(void *memory, size_t size, void *unused);

#endif
