#pragma once
#include <vips/vips.h>

/// Backgrounds of transparent pictures.
enum { cvips_white = 255, cvips_dark = 32 };

/// The colour bands, and the alpha band if there is one; NaN and infinities become 0.
int cvips_plain(VipsImage *in, VipsImage **out);
/// Brings samples of other kinds than 8 and 16 bits into the range of their colours: if they are
/// not all within 0 and 1, the smallest becomes black and the largest white.
int cvips_stretch(VipsImage *in, VipsImage **out);
/// Puts a picture on a background.
int cvips_flatten(VipsImage *in, int background, VipsImage **out);
/// Puts an 8-bit sRGB picture with alpha on a background that contrasts with it.
int cvips_show(VipsImage *in, VipsImage **out);
