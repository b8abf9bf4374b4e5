/*
 * Instructions of WebAssembly, except memcmp(): liblzma's shim.c defines it, zstd never calls it.
 */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
