#include "file.h"

#include <stdio.h>
#include <string.h>

// Maximum size of one allocation of libtiff, such as a strip or tile: 1 GiB.
static const tmsize_t most_at_once = (tmsize_t)1 << 30;

static tmsize_t take(thandle_t handle, void *out, tmsize_t count) {
  ctiff_file *file = handle;
  size_t left = file->place < file->length ? file->length - file->place : 0;
  size_t taken = (size_t)count < left ? (size_t)count : left;
  memcpy(out, file->bytes + (left ? file->place : 0), taken);
  file->place += taken;
  return (tmsize_t)taken;
}

static tmsize_t put(thandle_t handle, void *in, tmsize_t count) {
  (void)handle, (void)in, (void)count;
  return -1;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  ctiff_file *file = handle;
  toff_t base = whence == SEEK_CUR ? file->place : whence == SEEK_END ? file->length : 0;
  return file->place = base + offset;
}

static toff_t size(thandle_t handle) { return ((ctiff_file *)handle)->length; }

static int map(thandle_t handle, void **start, toff_t *length) {
  ctiff_file *file = handle;
  *start = (void *)file->bytes;
  *length = file->length;
  return 1;
}

static void unmap(thandle_t handle, void *start, toff_t length) {
  (void)handle, (void)start, (void)length;
}

static int finish(thandle_t handle) {
  (void)handle;
  return 0;
}

static int drop(TIFF *tiff, void *data, const char *module, const char *format, va_list words) {
  (void)tiff, (void)data, (void)module, (void)format, (void)words;
  return 1;
}

static int note(TIFF *tiff, void *data, const char *module, const char *format, va_list words) {
  (void)tiff, (void)module, (void)format, (void)words;
  ((ctiff_file *)data)->is_wrong = 1;
  return 1;
}

TIFF *ctiff_open(ctiff_file *file) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return NULL;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, most_at_once);
  TIFFOpenOptionsSetErrorHandlerExtR(options, note, file);
  TIFFOpenOptionsSetWarningHandlerExtR(options, drop, NULL);
  TIFF *tiff = TIFFClientOpenExt(
      "file", "r", file, take, put, seek, finish, size, map, unmap, options);
  TIFFOpenOptionsFree(options);
  return tiff;
}
