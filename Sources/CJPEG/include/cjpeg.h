#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct {
  int width, height;
  /// Whether the file has no brightness channel of its own.
  int other;
  /// Distance of Cb or Cr from gray in all but 1 % of the pixels, at most 16; 0 unless asked.
  int colour;
  /// Rows of pixels in the file, and how many of them have no data, whole or in part.
  int rows, missing;
} cjpeg_plane;

/// The brightness of a JPEG file, decoded by libjpeg at 1/8, 1/4, 1/2 or all of its size: the
/// smallest whose shorter side is `side` or more. Width times height bytes, to be freed with
/// cjpeg_free. NULL when the file is damaged or cut, or is of another kind.
uint8_t *cjpeg_luma(
    const void *bytes, size_t length, int side, int with_colour, cjpeg_plane *plane);
void cjpeg_free(void *memory);

/// A decoded picture, in brightness and colour differences.
typedef struct cjpeg_picture cjpeg_picture;

/// Decodes all of a JPEG file once, as small as it can be for a preview of `longest` pixels and for
/// the brightness, which `luma` gets as from cjpeg_luma. NULL when the file is damaged or cut, or
/// is of another kind.
cjpeg_picture *cjpeg_read(
    const void *bytes, size_t length, int side, int longest, cjpeg_plane *plane, uint8_t **luma);
/// A picture of 8-bit red, green and blue, row by row; NULL when there is no memory.
cjpeg_picture *cjpeg_wrap(const uint8_t *pixels, int width, int height);

/// Pixels of 8-bit samples: gray, gray and alpha, red, green and blue, or these and alpha.
typedef struct {
  const uint8_t *samples;
  /// The bytes from one row to the next.
  size_t stride;
  int width, height, bands;
} cjpeg_pixels;

/// The sides, in pixels, of the brightness and of the largest preview.
typedef struct {
  int side, longest;
} cjpeg_wants;

/// Makes a picture from pixels, and their brightness as cjpeg_read does, with transparent pixels on
/// white. The background of the picture itself is chosen so that the pixels are visible.
///
/// Returns NULL when there is no memory, and for transparent pixels with an ICC profile that changes
/// colours.
cjpeg_picture *cjpeg_take(
    const cjpeg_pixels *pixels, cjpeg_wants wants, const void *profile, size_t profile_length,
    cjpeg_plane *plane, uint8_t **luma);
void cjpeg_close(cjpeg_picture *picture);

/// Receives the pixels of a picture row by row, from the top.
typedef struct cjpeg_sink cjpeg_sink;

/// Begins a picture as cjpeg_take makes it; the profile must outlive the sink. Returns NULL when
/// there is no memory.
cjpeg_sink *cjpeg_sink_open(
    int width, int height, int bands, cjpeg_wants wants, const void *profile,
    size_t profile_length);
/// Adds consecutive rows to a sink.
void cjpeg_sink_add(void *sink, const uint8_t *rows, int count);
/// Frees the sink and returns the picture; NULL when rows are missing, and where cjpeg_take returns
/// NULL.
cjpeg_picture *cjpeg_sink_close(cjpeg_sink *sink, cjpeg_plane *plane, uint8_t **luma);

/// Makes a picture, as cjpeg_take does, of three planes of one sample each: brightness, Cb and Cr in
/// the range of video (ITU-R BT.601), the chroma halved both ways. NULL when there is no memory.
cjpeg_picture *cjpeg_take_video(
    const cjpeg_pixels *planes, cjpeg_wants wants, cjpeg_plane *plane, uint8_t **luma);

/// The wanted preview: the most pixels across and down, and libjpeg's quality.
typedef struct {
  int longest, quality;
} cjpeg_wish;

/// A JPEG file in memory, to be freed with cjpeg_free.
typedef struct {
  uint8_t *bytes;
  size_t length;
} cjpeg_file;

/// Makes previews, the largest first, each from the one before: upright by the EXIF orientation, in
/// sRGB by the ICC profile if there is one, without metadata, never enlarged. 0, or -1 when there
/// is no memory.
int cjpeg_previews(
    const cjpeg_picture *picture, int orientation, const void *profile, size_t profile_length,
    const cjpeg_wish *wishes, int count, cjpeg_file *files);
