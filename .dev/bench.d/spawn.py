"""Starts API processes one after the other: milliseconds from the spawn to the first answer.

usage: spawn.py PROGRAM PATH TIMES; prints minimum, median and maximum.
"""

import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

BEGIN_REQUEST, PARAMS, STDIN = 1, 4, 5


def record(kind, content=b""):
    return struct.pack("!BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def pair(name, value):
    return bytes([len(name), len(value)]) + name.encode() + value.encode()


def request(path):
    parameters = {
        "REQUEST_METHOD": "GET",
        "REQUEST_URI": path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REQUEST_SCHEME": "https",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
    }
    pairs = b"".join(pair(name, value) for name, value in parameters.items())
    # A responder; the connection ends with the answer.
    begin = struct.pack("!HB5x", 1, 0)
    return record(BEGIN_REQUEST, begin) + record(PARAMS, pairs) + record(PARAMS) + record(STDIN)


def first_answer(program, path, folder):
    address = os.path.join(folder, "socket")
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as client:
        listening.bind(address)
        listening.listen(16)
        began = time.monotonic()
        with open(os.devnull, "wb") as log:
            process = subprocess.Popen([program, "serve"], stdin=listening, stderr=log)
        try:
            client.settimeout(10)
            client.connect(address)
            client.sendall(request(path))
            answer = client.recv(65536)
            milliseconds = (time.monotonic() - began) * 1000
        finally:
            process.terminate()
            process.wait(20)
            os.unlink(address)
    if b"Status: 200" not in answer:
        sys.exit(f"the first answer is not 200: {answer!r}")
    return milliseconds


def main():
    program, path, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        took = [first_answer(program, path, folder) for _ in range(times)]
    print(f"{min(took):.1f} {statistics.median(took):.1f} {max(took):.1f}")


main()
