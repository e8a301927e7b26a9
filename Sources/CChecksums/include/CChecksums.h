// CRC32C (Castagnoli) as the processor does it fastest. Debian 12 packages no CRC32C library, hence our own.
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
