/*
 * liblzma's decoder for .xz files, as a WebAssembly module: the few functions that
 * lib/read/unpack/xz.ts calls, the memory that liblzma takes, and two functions of liblzma that are
 * called through this file (the linker's --wrap): its sources stay as they are.
 *
 * One file is decoded after the other, in pieces, with one decoder that is kept:
 *
 *     start()
 *     as long as the result is LZMA_OK:
 *         if left() is 0: write up to PIECE bytes to `input`, supply(their number)
 *         decode(1 if nothing is left to supply, else 0)
 *         take the bytes [output, output + produced())
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lzma.h"

#define EXPORT(name) __attribute__((export_name(#name)))
#define IMPORT(name) __attribute__((import_module("env"), import_name(#name)))

/* Bytes of `input` and of `output`. */
#define PIECE 65536

/* The largest dictionary, and what a chain of filters may take with it. */
#define DICTIONARY ((size_t)256 << 20)
#define MEMORY_LIMIT (DICTIONARY + ((size_t)1 << 20))

uint8_t input[PIECE], output[PIECE];

static lzma_stream stream = LZMA_STREAM_INIT;

/* Number of the filter read last. */
static lzma_vli last_filter;

/* Begins a file, whatever became of the one before. All results are those of enum lzma_ret. */
EXPORT(start) int start(void)
{
	stream.avail_in = 0;
	last_filter = LZMA_FILTER_LZMA2;
	return lzma_stream_decoder(&stream, MEMORY_LIMIT,
			LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK);
}

/* Bytes of `input` that are not decoded yet. */
EXPORT(left) size_t left(void)
{
	return stream.avail_in;
}

/* Says that `input` now holds `size` new bytes. */
EXPORT(supply) void supply(size_t size)
{
	stream.next_in = input;
	stream.avail_in = size;
}

/* Decodes until `output` is full or `input` is empty. */
EXPORT(decode) int decode(bool is_last)
{
	stream.next_out = output;
	stream.avail_out = PIECE;
	return lzma_code(&stream, is_last ? LZMA_FINISH : LZMA_RUN);
}

/* Bytes in `output`. */
EXPORT(produced) size_t produced(void)
{
	return PIECE - stream.avail_out;
}

/* After LZMA_UNSUPPORTED_CHECK: the check's number. */
EXPORT(check) uint32_t check(void)
{
	return lzma_get_check(&stream);
}

/* After LZMA_MEMLIMIT_ERROR: bytes that the block needs. */
EXPORT(needed) double needed(void)
{
	return (double)lzma_memusage(&stream);
}

lzma_ret __real_lzma_properties_decode(lzma_filter *, const lzma_allocator *, const uint8_t *,
		size_t);

lzma_ret __wrap_lzma_properties_decode(lzma_filter *filter, const lzma_allocator *allocator,
		const uint8_t *properties, size_t size)
{
	last_filter = filter->id;
	return __real_lzma_properties_decode(filter, allocator, properties, size);
}

/* After LZMA_OPTIONS_ERROR: number of the filter that does not exist; -1 for another option. */
EXPORT(filter) int64_t filter(void)
{
	return lzma_filter_decoder_is_supported(last_filter) ? -1 : (int64_t)last_filter;
}

/*
 * CRC-32 of many bytes is left to the host, which has instructions for it. It is given no value
 * above INT32_MAX to continue from: after some thousands of calls, Deno 2.4 takes INT32_MAX instead
 * of such a value.
 */
#define MANY 1024

IMPORT(crc32) uint32_t host_crc32(const uint8_t *bytes, size_t size, uint32_t crc);

uint32_t __real_lzma_crc32(const uint8_t *, size_t, uint32_t);

uint32_t __wrap_lzma_crc32(const uint8_t *bytes, size_t size, uint32_t crc)
{
	if (size < MANY)
		return __real_lzma_crc32(bytes, size, crc);
	for (; crc > INT32_MAX && size != 0; bytes++, size--)
		crc = __real_lzma_crc32(bytes, 1, crc);
	return size == 0 ? crc : host_crc32(bytes, size, crc);
}

/*
 * Memory. liblzma has one dictionary at a time. One of 64 KiB or more lies after everything else,
 * where it can grow. All other blocks come from `arena`; their sizes are powers of two, and what is
 * freed is kept for the next one of its size. There are two structures of 4 and 28 KiB, some small
 * ones, and small dictionaries, for which one block of each size may be kept: 168 KB when all have
 * been used.
 */
struct block {
	struct block *next;
	unsigned exponent; /* of the size, which includes the header */
};

#define HEADER 16 /* bytes, so that what follows is aligned */
#define LARGEST_EXPONENT 16

static _Alignas(16) uint8_t arena[256 << 10];
static size_t arena_used;
static struct block *unused[LARGEST_EXPONENT + 1];

extern uint8_t __heap_base[];
static bool has_dictionary;

static void *take_dictionary(size_t size)
{
	if (has_dictionary || size > MEMORY_LIMIT)
		return NULL;
	const size_t pages = ((size_t)__heap_base + size + 0xffff) >> 16;
	const size_t there = __builtin_wasm_memory_size(0);
	if (pages > there && __builtin_wasm_memory_grow(0, pages - there) == SIZE_MAX)
		return NULL;
	has_dictionary = true;
	return __heap_base;
}

void *malloc(size_t size)
{
	if (size > ((size_t)1 << LARGEST_EXPONENT) - HEADER)
		return take_dictionary(size);
	const unsigned exponent = 32 - __builtin_clz(size + HEADER - 1);
	struct block *block = unused[exponent];
	if (block != NULL) {
		unused[exponent] = block->next;
	} else {
		if ((size_t)1 << exponent > sizeof(arena) - arena_used)
			return NULL;
		block = (struct block *)(arena + arena_used);
		arena_used += (size_t)1 << exponent;
		block->exponent = exponent;
	}
	return (uint8_t *)block + HEADER;
}

void free(void *address)
{
	if (address == __heap_base) {
		has_dictionary = false;
	} else if (address != NULL) {
		struct block *block = (struct block *)((uint8_t *)address - HEADER);
		block->next = unused[block->exponent];
		unused[block->exponent] = block;
	}
}

/* For the other functions of string.h, the compiler uses instructions. */
int memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *x = a, *y = b;
	for (; size != 0; size--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}
