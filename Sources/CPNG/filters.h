#pragma once
#include <stddef.h>
#include <stdint.h>

/// The number of bytes that the caller must allocate after the last row.
enum { filters_slack = 3 };

/// Undoes the filters of all rows. A byte before each row names its filter; `step` is the number of
/// bytes per pixel, at least one. Returns 0, or -1 for an unknown filter.
int filters_undo(uint8_t *rows, size_t length, int height, int step);
