"""Makes the scenes of the accuracy report: two pictures of each that are alike, but no copies.

    scenes.py OUT COUNT FOLDER...

Writes KINDnn-SIDE-NAME.jpg for COUNT scenes of each kind: side `a` as `original` and with each
transform of transforms.py, and side `b`, another state of the same scene, as `original`.
The same folders give the same files.
"""
import os
import random
import sys

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from transforms import SIZE, TRANSFORMS, bases, font

WIDTH, HEIGHT = SIZE
QUALITY = 92


def noisy(picture, deviation, chance):
    """With the noise of a sensor."""
    one, other = (Image.frombytes("L", SIZE, chance.randbytes(WIDTH * HEIGHT)) for _ in range(2))
    # The mean of two even distributions of bytes has a deviation of 52.
    noise = ImageChops.add(one, other, 2).point(lambda x: 128 + (x - 127.5) * deviation / 52)
    return ImageChops.add(picture, Image.merge("RGB", [noise] * 3), 1, -128)


def cutout(photo, side, chance):
    """A round part of a photograph, with its mask."""
    height = int(side * chance.uniform(0.7, 1.3))
    box = (2 * side, 2 * height)
    x, y = chance.randint(0, WIDTH - box[0]), chance.randint(0, HEIGHT - box[1])
    part = photo.crop((x, y, x + box[0], y + box[1])).resize((side, height))
    mask = Image.new("L", part.size)
    ImageDraw.Draw(mask).ellipse((1, 1, side - 2, height - 2), fill=255)
    return part, mask.filter(ImageFilter.GaussianBlur(1))


def apart(chance, side, first=None):
    """A place for an object, away from the edges and from the first."""
    places = [
        (chance.randint(20, WIDTH - 20 - side), chance.randint(20, HEIGHT - 20 - side))
        for _ in range(100)]
    return next(
        place for place in places if first is None
        or max(abs(place[0] - first[0]), abs(place[1] - first[1])) > 1.2 * side)


def with_object(picture, thing, place):
    made = picture.copy()
    made.paste(thing[0], place, thing[1])
    return made


def moved(photos, chance):
    """One object, elsewhere."""
    photo, other = photos(), photos()
    side = chance.randint(40, 80)
    thing, first = cutout(other, side, chance), apart(chance, side)
    return [with_object(photo, thing, place) for place in (first, apart(chance, side, first))]


def swapped(photos, chance):
    """Another object at the same place."""
    photo, side = photos(), chance.randint(40, 80)
    place = apart(chance, side)
    return [with_object(photo, cutout(photos(), side, chance), place) for _ in range(2)]


def added(photos, chance):
    """An object that only one has."""
    photo, side = photos(), chance.randint(40, 80)
    return [photo, with_object(photo, cutout(photos(), side, chance), apart(chance, side))]


def camera(photos, chance):
    """Two frames of a still camera: what moves is elsewhere, and the noise is another."""
    photo, sizes = photos(), [chance.randint(40, 90) for _ in range(2)]
    things = [cutout(photos(), side, chance) for side in sizes]
    firsts = [apart(chance, side) for side in sizes]
    frames = []
    for places in (firsts, [apart(chance, *each) for each in zip(sizes, firsts)]):
        frame = photo
        for thing, place in zip(things, places):
            frame = with_object(frame, thing, place)
        frames.append(noisy(frame, 4, chance))
    return frames


def sky(_, chance):
    """A bird elsewhere in a plain sky."""
    top, bottom = chance.randint(110, 170), chance.randint(180, 240)
    shade = Image.linear_gradient("L").resize(SIZE).point(
        lambda x: top + (bottom - top) * x // 255)
    plain = Image.merge("RGB", [shade.point(lambda x, k=k: int(x * k)) for k in (0.75, 0.9, 1)])
    side, lift = chance.randint(50, 90), chance.uniform(0.2, 0.6)
    x, y = apart(chance, side)
    # A short way: far birds have other fingerprints, so they are not even suspected.
    second = min(x + side // 2, WIDTH - side), y + side // 3
    return [noisy(bird(plain, place, side, lift * side), 1, chance) for place in ((x, y), second)]


def bird(picture, place, side, lift):
    made = picture.copy()
    draw = ImageDraw.Draw(made)
    x, y = place
    dark = (40, 35, 30)
    draw.ellipse((x + side * 0.3, y + side * 0.4, x + side * 0.7, y + side * 0.6), fill=dark)
    for wing in (0, side):
        draw.polygon(
            [(x + side * 0.4, y + side * 0.5), (x + side * 0.6, y + side * 0.5),
             (x + wing, y + side * 0.5 - lift)], fill=dark)
    return made


def xray(_, chance):
    """One chest with another lesion."""
    chest = Image.new("L", SIZE, 40)
    draw = ImageDraw.Draw(chest)
    draw.ellipse((50, 10, 450, 460), fill=chance.randint(140, 170))
    for x in (chance.randint(95, 115), chance.randint(270, 290)):
        draw.ellipse((x, chance.randint(45, 70), x + 125, chance.randint(315, 345)), fill=75)
    draw.ellipse((215, 170, 345, chance.randint(300, 330)), fill=190)
    chest = chest.filter(ImageFilter.GaussianBlur(12))
    for rib in range(7):
        layer = Image.new("L", SIZE)
        y = 50 + rib * 38 + chance.randint(-3, 3)
        ImageDraw.Draw(layer).arc((70, y, 430, y + 90), 190, 350, fill=45, width=9)
        chest = ImageChops.add(chest, layer.filter(ImageFilter.GaussianBlur(3)))
    states = []
    first = None
    for _ in range(2):
        side = chance.randint(24, 50)
        while True:
            place = chance.randint(110, 390 - side), chance.randint(70, 300 - side)
            if first is None or max(abs(place[0] - first[0]), abs(place[1] - first[1])) > 60:
                break
        first = place
        layer = Image.new("L", SIZE)
        ImageDraw.Draw(layer).ellipse((*place, place[0] + side, place[1] + side), fill=70)
        lesion = ImageChops.add(chest, layer.filter(ImageFilter.GaussianBlur(side / 8)))
        states.append(noisy(Image.merge("RGB", [lesion] * 3), 3, chance))
    return states


def screen(_, chance):
    """Two states of one program: another row is chosen, and other figures stand in it."""
    plain = Image.new("RGB", SIZE, (244, 245, 247))
    draw = ImageDraw.Draw(plain)
    draw.rectangle((0, 0, WIDTH, 34), fill=(36, 62, 110))
    draw.text((12, 6), chance.choice(["Orders", "Inbox", "Patients", "Stock"]), fill="white",
              font=font(18))
    draw.rectangle((0, 34, 110, HEIGHT), fill=(225, 229, 236))
    for row in range(8):
        draw.text((12, 48 + row * 26), word(chance), fill=(60, 70, 90), font=font(13))
    names = [word(chance) + " " + word(chance) for _ in range(9)]
    states = []
    for chosen in chance.sample(range(9), 2):
        made = plain.copy()
        draw = ImageDraw.Draw(made)
        for row, name in enumerate(names):
            y = 46 + row * 36
            if row == chosen:
                draw.rectangle((114, y - 4, WIDTH - 6, y + 28), fill=(70, 120, 210))
            ink = "white" if row == chosen else (40, 45, 55)
            draw.text((124, y), name, fill=ink, font=font(17))
            draw.text((400, y), str(chance.randint(100, 9999)), fill=ink, font=font(17))
        states.append(made)
    return states


def page(_, chance):
    """One form with other figures."""
    plain = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(plain)
    draw.text((40, 16), word(chance).title() + " " + word(chance), fill="black", font=font(26))
    labels = [word(chance) for _ in range(6)]
    states = []
    for _ in range(2):
        made = plain.copy()
        draw = ImageDraw.Draw(made)
        for row, label in enumerate(labels):
            y = 70 + row * 48
            draw.text((40, y), label, fill="black", font=font(24))
            draw.line((40, y + 36, 460, y + 36), fill=(120, 120, 120))
            draw.text((300, y), str(chance.randint(10000, 99999)), fill="black", font=font(28))
        states.append(made)
    return states


def word(chance):
    return "".join(chance.choice("bdfklmnprst") + chance.choice("aeiou") for _ in range(
        chance.randint(2, 4)))


def logo(picture, chance):
    """A mark in a corner."""
    made = picture.copy()
    draw = ImageDraw.Draw(made)
    side = made.width // 10
    x, y = chance.choice([6, made.width - side - 6]), chance.choice([6, made.height - side - 6])
    draw.ellipse((x, y, x + side, y + side), fill=(200, 30, 40))
    draw.text((x + side // 4, y + side // 8), "N", font=font(side * 2 // 3), fill="white")
    return made


def stamp(picture, _):
    """The date, as cameras print it."""
    made = picture.copy()
    ImageDraw.Draw(made).text(
        (made.width * 3 // 4, made.height - 30), "24.12.2019", font=font(made.height // 18),
        fill=(255, 160, 40))
    return made


def caption(picture, _):
    """One line below."""
    made = picture.copy()
    size = made.height // 11
    ImageDraw.Draw(made).text(
        (made.width // 6, made.height - 2 * size), "but will it scale, though?", font=font(size),
        fill="white", stroke_width=2, stroke_fill="black")
    return made


# Copies of which the report of transforms.py has none.
OVERLAYS = {"logo": (logo, 88), "stamp": (stamp, 88), "caption": (caption, 88)}
KINDS = [moved, swapped, added, camera, sky, xray, screen, page]


def main():
    out, count, folders = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    os.makedirs(out, exist_ok=True)
    photos = [photo for _, photo in bases(folders, 3 * count, False)]
    for kind in KINDS:
        for number in range(count):
            scene = f"{kind.__name__}{number:02}"
            chance = random.Random(scene)
            first, second = kind(lambda: chance.choice(photos), chance)
            first.save(f"{out}/{scene}-a-original.jpg", quality=QUALITY)
            second.save(f"{out}/{scene}-b-original.jpg", quality=QUALITY)
            for name, (transform, quality) in {**TRANSFORMS, **OVERLAYS}.items():
                made = transform(first, random.Random(f"{scene}-{name}"))
                made.save(f"{out}/{scene}-a-{name}.jpg", quality=quality)
    print(f"{len(KINDS) * count} scenes of {len(KINDS)} kinds, two states of each")


if __name__ == "__main__":
    main()
