#pragma once
#include <stddef.h>
#include <stdint.h>

/// The brightness of a JPEG file, decoded by libjpeg at 1/8, 1/4, 1/2 or all of its size: the
/// smallest whose shorter side is `side` or more. Width times height bytes, to be freed with
/// cjpeg_free. NULL when the file is damaged or cut, or (`*other`) has no brightness to take alone.
/// `*colour`, unless it is NULL, becomes how far Cb or Cr are from gray in all but 1 % of the
/// pixels, 16 for 16 and more.
uint8_t *cjpeg_luma(
    const void *bytes, size_t length, int side, int *width, int *height, int *other, int *colour);
void cjpeg_free(void *memory);
