#pragma once
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jpeglib.h>

// A height has 16 bits, and a row of blocks has at least 8 rows of pixels.
enum { most_block_rows = 65536 / DCTSIZE };

/// An error handler that leaves by longjmp, and the notes it takes of warnings.
typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf way_out;
  int warnings;
  /// The rows of blocks (of all components) for which some data is missing.
  uint8_t lacks[most_block_rows];
} complaint;

/// Makes the handler that of a decoder or encoder; the caller sets `way_out`.
struct jpeg_error_mgr *source_listen(complaint *complaint);
/// Leaves by `way_out`.
void source_give_up(j_common_ptr codec);
/// Rows of pixels without data, whole or in part, when all is read.
int source_missing_rows(j_decompress_ptr decoder);
/// Whether the file has a brightness channel of its own.
int source_has_luma(const struct jpeg_decompress_struct *decoder);
/// The smallest of 1, 2, 4 and 8 eighths of the size whose shorter side is `side` or more.
unsigned source_luma_eighths(const struct jpeg_decompress_struct *decoder, int side);
/// Memory that is not cleared; gives up when there is none.
void *source_take(j_common_ptr codec, size_t size);
