#pragma once
#include <stddef.h>
#include <stdint.h>

#include "cjpeg.h"

/// The samples of one component, row by row.
typedef struct {
  uint8_t *samples;
  size_t stride;
  /// The number of samples; some may lie beyond the picture's edge.
  int width, height;
  /// The number of samples that the picture covers, the last one perhaps in part.
  double across, down;
} layer;

/// Brightness, or brightness, Cb and Cr (ITU-T T.871), of one picture as it is stored.
struct cjpeg_picture {
  /// The size in pixels of the file, before the picture is turned.
  int width, height;
  /// 1 or 3.
  int count;
  /// Whether the colours are already sRGB.
  int is_converted;
  layer layers[3];
};

/// Reserves samples for a layer; 0, or -1 when there is no memory.
int layer_make(layer *layer, int width, int height);
void layer_free(layer *layer);

/// The samples of an axis that are wanted: `count`, each as wide as `step` samples there are, from
/// the first to the last or, mirrored, from the last to the first.
typedef struct {
  int count;
  double step;
  int is_mirrored;
} axis;

/// Samples a layer anew by Lanczos's filter of two lobes (Duchon, "Lanczos Filtering in One and Two
/// Dimensions", 1979); rows become columns when asked. 0, or -1 when there is no memory.
int layer_resample(const layer *in, axis across, axis down, int is_transposed, layer *out);

/// Writes rows of a JPEG file of one or three layers, the chroma halved both ways. 0 or -1.
int layers_encode(
    const layer *layers, int count, int width, int height, int quality, uint8_t **file,
    size_t *length);

/// Brings full layers of red, green and blue's picture from a colour profile's space to sRGB.
typedef struct colour_map colour_map;
/// The map of an ICC profile; NULL when there is nothing to convert. It is kept until another
/// profile is asked for by the same thread.
const colour_map *colour_map_of(const void *profile, size_t length, int count);
/// Converts a row of gray, or of red, green and blue.
void colour_map_row(const colour_map *map, const uint8_t *from, int width, uint8_t *to);
/// Converts layers of equal size in place. 0, or -1 when there is no memory.
int colour_map_apply(const colour_map *map, layer *layers, int count);
/// One row of red, green and blue as brightness, Cb and Cr.
void colour_from_rgb(
    const uint8_t *rgb, int width, uint8_t *luma, uint8_t *blue, uint8_t *red);
/// Averages two samples by two; an odd one at the edge stands alone. 0 or -1.
int layer_halve(const layer *in, layer *out);
/// Halves the chroma of a picture in both directions. Returns 0, or -1 when there is no memory.
int picture_halve_chroma(cjpeg_picture *picture);

/// The number of samples across and down that are averaged to one.
typedef struct {
  double across, down;
} blocks;

/// Makes the brightness in the size of `plane`, and measures the colour. Returns 0, or -1 when there
/// is no memory.
int layers_look(
    const layer *layers, int count, const blocks *blocks, cjpeg_plane *plane, uint8_t **luma);
