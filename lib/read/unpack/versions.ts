/**
 * The releases of the libraries that scripts/decoders/build compiles; it reads them from here.
 *
 * @module
 */

/** The release of liblzma, for .xz files. */
export const LIBLZMA_VERSION = "5.8.1";

/** The release of zstd, for .zst files. */
export const ZSTD_VERSION = "1.5.7";
