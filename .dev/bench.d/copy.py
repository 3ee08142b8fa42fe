"""Copies files into a folder, each with an fsync, by several threads at once.

usage: copy.py LIST FOLDER THREADS SECONDS; prints copies, seconds, p50 and p99 in ms.
"""

import os
import shutil
import sys
import threading
import time


def copy(paths, folder, thread, until, took):
    count = 0
    while time.monotonic() < until:
        path = paths[count % len(paths)]
        count += 1
        began = time.monotonic()
        with open(path, "rb") as source, open(f"{folder}/{thread}-{count}", "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        took.append((time.monotonic() - began) * 1000)


def main():
    with open(sys.argv[1], encoding="utf-8") as names:
        paths = names.read().splitlines()
    folder, threads, seconds = sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    began = time.monotonic()
    took = []
    workers = [
        threading.Thread(target=copy, args=(paths, folder, thread, began + seconds, took))
        for thread in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    elapsed = time.monotonic() - began
    took.sort()
    print(len(took), elapsed, took[len(took) // 2], took[min(len(took) - 1, len(took) * 99 // 100)])


main()
