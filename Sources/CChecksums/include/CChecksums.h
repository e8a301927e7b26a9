// Digests that find accidents: CRC32C (Castagnoli) as the processor does it fastest, of which Debian 12 packages no library,
// and one of 64 bits for what is too much to be told apart by 32.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The CRC32C of `count` bytes that follow bytes whose CRC32C is `before` (0: none), by the fastest way there is.
uint32_t cc_crc32c(uint32_t before, const void *bytes, size_t count);

/// The CRC32C of bytes whose CRC32C is `first` with `count` bytes after them whose CRC32C is `second`.
uint32_t cc_crc32c_joined(uint32_t first, uint32_t second, size_t count);

/// Whether `cc_crc32c` uses an instruction of the processor.
bool cc_has_instruction(void);

/// The same by tables alone, on any processor.
uint32_t cc_crc32c_tables(uint32_t before, const void *bytes, size_t count);

/// A digest of 64 bits of `count` bytes that follow bytes whose digest is `before` (0: none), at the speed of memory.
///
/// Two readings of the same bytes in the same pieces have the same digest; others differ but once in 2^64. It is no
/// defence against malice.
uint64_t cc_digest(uint64_t before, const void *bytes, size_t count);
