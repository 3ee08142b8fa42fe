#pragma once
#include <stddef.h>
#include <stdint.h>

/// Unpacks the LZW data of a strip (TIFF 6.0, section 13). Returns 0, or -1 when the data is
/// invalid or has fewer than `size` bytes.
int lzw_unpack(const uint8_t *packed, size_t length, uint8_t *bytes, size_t size);
