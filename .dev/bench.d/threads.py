"""Calls a function on several threads at once for some time."""

import threading
import time


def together(threads, seconds, once):
    """Calls `once(thread, count)`; returns the sorted milliseconds of the calls, and the seconds."""
    took, errors = [], []
    began = time.monotonic()

    def work(thread):
        count = 0
        try:
            while time.monotonic() < began + seconds:
                count += 1
                start = time.monotonic()
                once(thread, count)
                took.append((time.monotonic() - start) * 1000)
        except Exception as error:  # raised again below, in the thread that waits
            errors.append(error)

    workers = [threading.Thread(target=work, args=(thread,)) for thread in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]
    return sorted(took), time.monotonic() - began
