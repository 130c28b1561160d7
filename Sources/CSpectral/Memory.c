/// Memory for numbers: zero at first, aligned, on large pages where that pays.

#if defined(__linux__)
// For `madvise` and anonymous maps, which are not in the C standard.
#define _GNU_SOURCE
#include <sys/mman.h>
#endif

#include "include/CSpectral.h"

#include <stdlib.h>
#include <string.h>

enum {
  /// A cache line, and the alignment of small blocks.
  line = 64,
  /// Loads may go this far past the last element.
  slack = 4 * line,
};

/// The size of a large page, and of the blocks that are put on them.
static const size_t large_page = (size_t)2 << 20;

/// Bytes of the map for a block: whole large pages, and one more to align within.
static size_t map_size(size_t bytes) {
  return (bytes + slack + large_page - 1) / large_page * large_page + large_page;
}

static int is_large(size_t bytes) {
#if defined(__linux__)
  return bytes >= large_page / 2;
#else
  (void)bytes;
  return 0;
#endif
}

/// The first line's border behind the pointer's place; the pointer itself is kept just before it.
static void *small_block(size_t bytes) {
  char *block = calloc(bytes + slack + 2 * line, 1);
  if (!block) return NULL;
  char *start = block + 2 * line - (uintptr_t)block % line;
  memcpy(start - sizeof block, &block, sizeof block);
  return start;
}

void *cspectral_memory_create(size_t bytes) {
  if (!is_large(bytes)) return small_block(bytes);
#if defined(__linux__)
  size_t size = map_size(bytes);
  char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED) return NULL;
  // What lies before the first large page's border, and behind the last page, goes back.
  size_t before = (large_page - (uintptr_t)map % large_page) % large_page;
  if (before > 0) munmap(map, before);
  if (before < large_page) munmap(map + size - large_page + before, large_page - before);
  map += before;
  madvise(map, size - large_page, MADV_HUGEPAGE);
  return map;
#else
  return NULL;
#endif
}

void cspectral_memory_destroy(void *memory, size_t bytes) {
  if (!memory) return;
#if defined(__linux__)
  if (is_large(bytes)) {
    munmap(memory, map_size(bytes) - large_page);
    return;
  }
#endif
  char *block;
  memcpy(&block, (char *)memory - sizeof block, sizeof block);
  free(block);
}
