#pragma once
#include <stddef.h>

#include <tiffio.h>

/// A file in memory, for libtiff to read.
typedef struct {
  const unsigned char *bytes;
  size_t length;
  size_t place;
  /// Whether libtiff has reported an error.
  int is_wrong;
} ctiff_file;

/// Opens the file without printing libtiff's warnings. NULL when it is not a TIFF file.
TIFF *ctiff_open(ctiff_file *file);
