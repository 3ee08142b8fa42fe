#pragma once
#include <vips/vips.h>

/// The background that a transparent picture is laid upon.
enum { cvips_white = 255, cvips_dark = 32 };

/// The bands that are colours, and alpha where it is that; what is no number becomes 0.
int cvips_plain(VipsImage *in, VipsImage **out);
/// Brings samples of other kinds than 8 and 16 bits into the range of their colours: what is not
/// within 0 and 1 is stretched from its smallest value to its largest.
int cvips_stretch(VipsImage *in, VipsImage **out);
/// Lays a picture upon a background.
int cvips_flatten(VipsImage *in, int background, VipsImage **out);
/// Lays an 8-bit sRGB picture, if any of it is transparent, upon what contrasts with it.
int cvips_show(VipsImage *in, VipsImage **out);
