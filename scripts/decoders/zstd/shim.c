/*
 * zstd's decoder as a WebAssembly module: the few functions that lib/read/unpack/zstd.ts calls.
 *
 * One file is decoded after the other, in pieces, with one decoder that is kept:
 *
 *     start()
 *     as long as something is left to supply, or left() is not 0, or `output` was full in the
 *     middle of a frame:
 *         if left() is 0: write up to PIECE bytes to `input`, supply(their number)
 *         decode(), which must not fail
 *         take the bytes [output, output + produced())
 *     the last decode() must have been at the end of a frame
 *
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <stdint.h>

#define ZSTD_STATIC_LINKING_ONLY /* for ZSTD_initStaticDCtx() */
#include "zstd.h"
#include "zstd_errors.h"

#define EXPORT(name) __attribute__((export_name(#name)))

/* Bytes of `input` and of `output`. A frame that fits into both is decoded without a window. */
#define PIECE (1 << 20)

uint8_t input[PIECE], output[PIECE];

/* The largest window, which the decoder limits by itself, and what else it needs. */
#define WINDOW ((size_t)1 << 27)
static _Alignas(16) uint8_t memory[WINDOW + (1 << 20)];

static ZSTD_DCtx *context;
static ZSTD_inBuffer in = {.src = input};
static ZSTD_outBuffer out = {.dst = output, .size = PIECE};

/* Begins a file, whatever became of the one before. */
EXPORT(start) void start(void)
{
	if (context == NULL)
		context = ZSTD_initStaticDCtx(memory, sizeof(memory));
	ZSTD_DCtx_reset(context, ZSTD_reset_session_only);
	in.size = in.pos = 0;
}

/* Bytes of `input` that are not decoded yet. */
EXPORT(left) uint32_t left(void)
{
	return (uint32_t)(in.size - in.pos);
}

/* Says that `input` now holds `size` new bytes. */
EXPORT(supply) void supply(uint32_t size)
{
	in.size = size;
	in.pos = 0;
}

/*
 * Decodes until `output` is full, `input` is empty or a frame ends. The result is 0 at the end of a
 * frame, positive before, and negative for an error: the number in zstd_errors.h.
 */
EXPORT(decode) int32_t decode(void)
{
	out.pos = 0;
	const size_t result = ZSTD_decompressStream(context, &out, &in);
	return ZSTD_isError(result) ? -(int32_t)ZSTD_getErrorCode(result) : (int32_t)result;
}

/* Bytes in `output`. */
EXPORT(produced) uint32_t produced(void)
{
	return (uint32_t)out.pos;
}
