#pragma once
#include <stddef.h>
#include <stdint.h>

typedef enum { cvips_jpeg, cvips_png, cvips_webp, cvips_tiff, cvips_gif } cvips_format;

/// The part of a file to open: `count` pages from `page` on, -1 for all; JPEG shrinks by 1, 2, 4, 8,
/// WebP by any factor, the others not at all.
typedef struct {
  int page;
  int count;
  double shrink;
} cvips_part;

/// An opened picture; decoded only when its pixels are asked for.
typedef struct cvips_picture cvips_picture;

/// Starts libvips with one thread, no cache, and no loader but those above; 0 or -1.
int cvips_start(const char *program);

/// Makes libvips's classes for the steps below, so that the first picture does not wait for them.
void cvips_prepare(void);

/// Reads the header. The bytes must outlive the picture. Many pages stand one below the other.
cvips_picture *cvips_open(
    const void *bytes, size_t length, cvips_format format, const cvips_part *part);
/// 8-bit gray, RGB or RGBA by the number of bands, row by row. The pixels must outlive the picture.
cvips_picture *cvips_wrap(const void *pixels, int width, int height, int bands);
void cvips_close(cvips_picture *picture);

int cvips_width(cvips_picture *picture);
int cvips_height(cvips_picture *picture);
int cvips_orientation(cvips_picture *picture);
/// Sets the EXIF orientation where the file's stands at a place that is not read.
void cvips_turn(cvips_picture *picture, int orientation);
/// Marks the band after the colours as something else than alpha.
void cvips_forget_alpha(cvips_picture *picture);
/// The number of pages in the file, opened or not.
int cvips_frames(cvips_picture *picture);

/// Decodes every pixel and keeps none; 0 or -1.
int cvips_decode(cvips_picture *picture);

/// Decodes to 8-bit gray or RGB, shrunk by whole factors towards `side` but not below it.
uint8_t *cvips_pixels(cvips_picture *picture, int side, int *width, int *height, int *bands);
/// Decodes every pixel once, and keeps the picture in memory with its metadata, shrunk by whole
/// factors towards `longest` pixels across or down and towards `side` the other way, but not below
/// one and a half of the first or four of the second. NULL when it cannot be decoded.
cvips_picture *cvips_keep(cvips_picture *picture, int longest, int side);
/// A kept picture as 8-bit RGB: upright, sRGB, opaque, of the given size, never enlarged; sets the
/// size. The background of a transparent picture is white, dark gray when much of the visible part
/// is light, or middle gray when much is dark, too.
uint8_t *cvips_preview(cvips_picture *picture, int *width, int *height);
/// The first frame as 8-bit RGB, upright, sRGB, on the same background, `side` pixels across and
/// down: cut from the middle, or stretched.
uint8_t *cvips_square(cvips_picture *picture, int side, int is_cropped, size_t *length);
void cvips_free(void *memory);

/// The names of all metadata fields, ended by NULL; to be freed with cvips_free_names.
char **cvips_names(cvips_picture *picture);
void cvips_free_names(char **names);
/// A text field's value, NULL when the field is none. Owned by the picture.
const char *cvips_text(cvips_picture *picture, const char *name);
/// A binary field's value, NULL when the field is none. Owned by the picture.
const void *cvips_blob(cvips_picture *picture, const char *name, size_t *length);

/// Whether the mark stands anywhere in the bytes: memmem(3), which Swift does not see.
int cvips_contains(const void *bytes, size_t length, const void *mark, size_t mark_length);

/// The errors since the last cvips_clear.
const char *cvips_error(void);
void cvips_clear(void);
