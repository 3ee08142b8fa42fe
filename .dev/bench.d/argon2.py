"""Verifies a password against its hash by libargon2 alone, on several threads at once.

usage: argon2.py HASH PASSWORD THREADS SECONDS; prints hashes, seconds, p50 and p99 in ms, and
the CPU seconds of all threads.
"""

import ctypes
import sys
import threading
import time

# A call leaves Python's lock to the other threads.
verify = ctypes.CDLL("libargon2.so.1").argon2id_verify
verify.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t]


def work(encoded, password, until, took):
    while time.monotonic() < until:
        began = time.monotonic()
        if verify(encoded, password, len(password)) != 0:
            sys.exit("the password did not make the hash")
        took.append((time.monotonic() - began) * 1000)


def main():
    encoded, password = sys.argv[1].encode(), sys.argv[2].encode()
    threads, seconds = int(sys.argv[3]), float(sys.argv[4])
    took = []
    began, used = time.monotonic(), time.process_time()
    workers = [
        threading.Thread(target=work, args=(encoded, password, began + seconds, took))
        for _ in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    elapsed = time.monotonic() - began
    took.sort()
    p50, p99 = took[len(took) // 2], took[min(len(took) - 1, len(took) * 99 // 100)]
    print(len(took), elapsed, p50, p99, time.process_time() - used)


main()
