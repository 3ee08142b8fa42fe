#pragma once
#include <stddef.h>
#include <stdint.h>

/// The bytes behind the last row that must be there, too.
enum { filters_slack = 3 };

/// Undoes the filters of all rows, each of which has a byte for its filter before it; `step` is the
/// number of bytes of a pixel, at least one. 0, or -1 when there is an unknown filter.
int filters_undo(uint8_t *rows, size_t length, int height, int step);
