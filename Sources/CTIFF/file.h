#pragma once
#include <stddef.h>

#include <tiffio.h>

/// A file in memory that libtiff reads.
typedef struct {
  const unsigned char *bytes;
  size_t length;
  size_t place;
} ctiff_file;

/// Opens it; libtiff's complaints are dropped. NULL when it is no TIFF file.
TIFF *ctiff_open(ctiff_file *file);
