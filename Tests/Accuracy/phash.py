"""CPU ms a picture of imagededup's PHash on a folder of pictures: phash.py FOLDER

imagededup asks for PyTorch, which only its CNN uses: without it the parts that import it are left
out, and PHash runs as it is.
"""
import os
import sys
import time
import types


def phash():
    try:
        import torch  # noqa: F401
    except ImportError:
        for name, members in (("utils.models", ("CustomModel", "MobilenetV3", "ViT", "EfficientNet",
                                                "DEFAULT_MODEL_NAME")),
                              ("methods.cnn", ("CNN",))):
            left_out = types.ModuleType(f"imagededup.{name}")
            for member in members:
                setattr(left_out, member, None)
            sys.modules[left_out.__name__] = left_out
    from imagededup.methods import PHash
    return PHash(verbose=False)


def main():
    folder = sys.argv[1]
    pictures = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    hasher, best = phash(), float("inf")
    for _ in range(5):
        began = time.process_time()
        for picture in pictures:
            if hasher.encode_image(image_file=picture) is None:
                sys.exit(f"no hash of {picture}")
        best = min(best, (time.process_time() - began) * 1000 / len(pictures))
    print(best)


main()
