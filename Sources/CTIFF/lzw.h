#pragma once
#include <stddef.h>
#include <stdint.h>

/// Unpacks a strip or tile as TIFF 6.0, section 13, describes. 0, or -1 when it is not wholly so,
/// or ends before `size` bytes.
int lzw_unpack(const uint8_t *packed, size_t length, uint8_t *bytes, size_t size);
