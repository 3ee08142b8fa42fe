#pragma once
#include "cjpeg.h"
#include "planes.h"

/// Averages whole blocks of pixels, `factor` across and down; what is left over at the right and
/// at the bottom makes blocks of its own.
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
/// 0, or -1 when there is no memory or the factor is too large.
int shrinking_begin(shrinking *shrinking, const cjpeg_pixels *pixels, int factor);
/// Frees the memory; it may be called again.
void shrinking_end(shrinking *shrinking);
/// Adds the next row of pixels. One row of averages when a block is complete, else NULL; valid until
/// the next call.
const uint8_t *shrinking_add(shrinking *shrinking, const uint8_t *pixels);
/// One row of averages, with as many samples as the pixels have; valid until the next call.
const uint8_t *shrinking_row(shrinking *shrinking, int y);
/// The same with the colours multiplied by alpha, which stands last: the colour of what cannot be
/// seen does not show in what can.
void shrinking_clear_row(const shrinking *shrinking, int y, uint8_t *out);

/// Makes the layers for all blocks. 0, or -1 when there is no memory.
int picture_make_layers(cjpeg_picture *picture, const shrinking *shrinking);
/// Fills one row of full layers with gray, or with red, green and blue.
void picture_put_row(cjpeg_picture *picture, int y, const uint8_t *colours);
/// Makes the brightness of full layers, and measures their colour. 0 or -1.
int picture_look(
    const cjpeg_picture *picture, cjpeg_wants wants, cjpeg_plane *plane, uint8_t **luma);
