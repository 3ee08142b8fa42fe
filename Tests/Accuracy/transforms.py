"""Makes the pictures of the accuracy report: parts of photographs, each with known copies.

    transforms.py OUT COUNT [--plain] FOLDER...

Writes PHOTO-BASE-NAME.jpg: `original` and one file for each transform. Parts do not overlap;
flat ones are passed over, since nothing tells them apart, and so are plain ones unless asked for,
since little does.
The same folders give the same files.
"""
import os
import random
import sys

from PIL import (
    Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps, ImageStat)

PART = (700, 525)
SIZE = (500, 375)
LEAST_DETAIL = 8


def font(size):
    """Pillow's own, which is the same everywhere."""
    return ImageFont.load_default(size)


def is_flat(picture):
    """Whether little is left of it when slow gradients are taken away."""
    luma = picture.convert("L")
    smooth = luma.filter(ImageFilter.GaussianBlur(40))
    return ImageStat.Stat(ImageChops.subtract(luma, smooth, 1, 128)).stddev[0] < LEAST_DETAIL


def is_plain(picture):
    """Whether most of it is a sky, a wall or a blur."""
    luma = picture.convert("L").resize((64, 48), Image.BOX)
    blocks = [luma.crop((x, y, x + 8, y + 8)) for y in range(0, 48, 8) for x in range(0, 64, 8)]
    plain = sum(ImageStat.Stat(block).stddev[0] < LEAST_DETAIL / 2 for block in blocks)
    return 2 * plain > len(blocks)


def parts(path, with_plain):
    """The parts of one photograph, in an order of their own."""
    photo = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    if photo.width < PART[0] or photo.height < PART[1]:
        photo = ImageOps.fit(photo, PART, Image.LANCZOS)
    across, down = photo.width // PART[0], photo.height // PART[1]
    places = [(x, y) for y in range(down) for x in range(across)]
    random.Random(os.path.basename(path)).shuffle(places)
    for x, y in places:
        box = (x * PART[0], y * PART[1], (x + 1) * PART[0], (y + 1) * PART[1])
        part = photo.crop(box).resize(SIZE, Image.LANCZOS)
        if not is_flat(part) and (with_plain or not is_plain(part)):
            yield part


def bases(folders, count, with_plain):
    """Parts of all photographs in turn, so that few parts still come from many photographs."""
    paths = sorted(
        os.path.join(folder, name) for folder in folders for name in os.listdir(folder)
        if name.lower().endswith((".jpg", ".jpeg", ".png", ".webp")))
    waiting = [(number, parts(path, with_plain)) for number, path in enumerate(paths)]
    made = 0
    while waiting and made < count:
        for source in list(waiting):
            part = next(source[1], None)
            if part is None:
                waiting.remove(source)
            elif made < count:
                made += 1
                yield source[0], part


def crop(picture, share, chance):
    width, height = int(picture.width * share), int(picture.height * share)
    x, y = chance.randint(0, picture.width - width), chance.randint(0, picture.height - height)
    return picture.crop((x, y, x + width, y + height))


def text(picture, _):
    made = picture.copy()
    draw = ImageDraw.Draw(made)
    bar = max(24, picture.height // 8)
    draw.rectangle((0, 0, picture.width, bar), fill="white")
    draw.text((8, 2), "WHEN THE BUILD PASSES", font=font(int(bar * 0.7)), fill="black")
    draw.text((8, picture.height - bar), "first try?", font=font(int(bar * 0.7)), fill="white",
              stroke_width=2, stroke_fill="black")
    return made


def watermark(picture, _):
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    for y in range(0, picture.height, max(60, picture.height // 4)):
        for x in range(-40, picture.width, max(120, picture.width // 3)):
            draw.text((x + y % 97, y), "© stock photo", font=font(max(14, picture.width // 14)),
                      fill=(255, 255, 255, 110))
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")


def colour(picture, _):
    hue, saturation, value = picture.convert("HSV").split()
    hue = hue.point(lambda x: (x + 18) % 256)
    saturation = saturation.point(lambda x: min(255, int(x * 1.3)))
    value = value.point(lambda x: min(255, int(255 * (x / 255) ** 0.75 * 1.05)))
    return Image.merge("HSV", (hue, saturation, value)).convert("RGB")


def border(picture, _):
    return ImageOps.expand(
        picture, (int(picture.width * 0.08), int(picture.height * 0.08)), fill="black")


def repost(picture, chance):
    made = ImageEnhance.Brightness(crop(picture, 0.95, chance)).enhance(1.15)
    return made.resize((int(made.width * 0.6), int(made.height * 0.6)))


def scaled(share):
    return lambda picture, _: picture.resize(
        (int(picture.width * share), int(picture.height * share)), Image.BICUBIC)


# The transform and the quality it is saved with.
TRANSFORMS = {
    "resize50": (scaled(0.5), 88),
    "resize25": (scaled(0.25), 85),
    "quality30": (lambda picture, _: picture, 30),
    "quality10": (lambda picture, _: picture, 10),
    "crop10": (lambda picture, chance: crop(picture, 0.9, chance), 88),
    "crop20": (lambda picture, chance: crop(picture, 0.8, chance), 88),
    "crop30": (lambda picture, chance: crop(picture, 0.7, chance), 88),
    "rotate90": (lambda picture, _: picture.transpose(Image.ROTATE_90), 88),
    "flip": (lambda picture, _: ImageOps.mirror(picture), 88),
    "border": (border, 88),
    "text": (text, 88),
    "watermark": (watermark, 88),
    "colour": (colour, 88),
    "aspect": (lambda picture, _: picture.resize((400, 400), Image.BICUBIC), 88),
    "repost": (repost, 50),
}


def main():
    out, count, folders = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    with_plain = folders[0] == "--plain"
    os.makedirs(out, exist_ok=True)
    made = 0
    for number, (photo, base) in enumerate(bases(folders[with_plain:], count, with_plain)):
        prefix = f"{out}/{photo:03}-{number:04}"
        base.save(f"{prefix}-original.jpg", quality=92)
        for name, (transform, quality) in TRANSFORMS.items():
            chance = random.Random(f"{number}-{name}")
            transform(base, chance).save(f"{prefix}-{name}.jpg", quality=quality)
        made += 1
    print(f"{made} bases, {len(TRANSFORMS)} copies of each")


if __name__ == "__main__":
    main()
