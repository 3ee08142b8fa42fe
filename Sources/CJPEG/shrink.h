#pragma once
#include "cjpeg.h"
#include "planes.h"

/// Averages blocks of `factor` by `factor` pixels; smaller blocks remain at the right and the bottom.
typedef struct shrinking {
  const cjpeg_pixels *pixels;
  int factor;
  /// The number of blocks.
  int width, height;
  /// The row of pixels that comes next.
  int next;
  uint16_t *sums;
  uint8_t *row;
} shrinking;

/// The factor that leaves enough of a picture for its previews and its brightness.
int shrinking_factor(int width, int height, cjpeg_wants wants);
/// Returns 0, or -1 when there is no memory or the factor is too large.
int shrinking_begin(shrinking *shrinking, const cjpeg_pixels *pixels, int factor);
/// Frees the memory; it may be called again.
void shrinking_end(shrinking *shrinking);
/// Adds the next row of pixels. Returns a row of averages when its blocks are complete, else NULL;
/// the row is valid until the next call.
const uint8_t *shrinking_add(shrinking *shrinking, const uint8_t *pixels);
/// Returns one row of averages with all samples of the pixels, valid until the next call.
const uint8_t *shrinking_row(shrinking *shrinking, int y);
/// The same with the colours multiplied by alpha, the last sample, so that invisible pixels do not
/// change the colour of visible ones.
void shrinking_clear_row(const shrinking *shrinking, int y, uint8_t *out);

/// Allocates the layers for all blocks. Returns 0, or -1 when there is no memory.
int picture_make_layers(cjpeg_picture *picture, const shrinking *shrinking);
/// Fills one row of the layers from gray or RGB pixels.
void picture_put_row(cjpeg_picture *picture, int y, const uint8_t *colours);
/// Makes the brightness of filled layers, and measures their colour. Returns 0, or -1 when there is
/// no memory.
int picture_look(
    const cjpeg_picture *picture, cjpeg_wants wants, cjpeg_plane *plane, uint8_t **luma);
