"""Sign-ins, beside Argon2id alone.

As many threads hash as processes do; a process takes six sign-ins at once and refuses others.
"""

import ctypes
import os
import time

from measure import percentiles
from shared.instance import Failure
from table import target
from threads import together


def prepare(bench):
    bench.hash = bench.instance.query(
        "select password_hash from account where username = 'bench-2101'").strip()


def measure(bench, _):
    password = bench.instance.account("LABELER")[1]
    used, (took, lasted) = time.process_time(), verify(bench, password)
    used = time.process_time() - used
    # As if the application had used it.
    postgres, assay, nginx = bench.cpu()
    bench.note(
        "Argon2id alone", [postgres, assay - used, nginx], len(took), lasted, *percentiles(took))
    bench.requests(
        "POST /auth/login", bench.url + "/", "login.lua", connections=6, password=password)


def verify(bench, password):
    """Verifies the password with libargon2 on as many threads as there are cores."""
    # A call leaves Python's lock to the other threads.
    function = ctypes.CDLL("libargon2.so.1").argon2id_verify
    function.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t]
    hashed, plain = bench.hash.encode(), password.encode()

    def once(_thread, _count):
        if function(hashed, plain, len(plain)) != 0:
            raise Failure("the password did not make the hash")

    return together(os.cpu_count(), bench.seconds, once)


def report(bench):
    table = bench.table
    target("logins, of Argon2id alone", table.ratio("POST /auth/login", "Argon2id alone"),
           ">=", 0.8)
    target("CPU of a login, of Argon2id alone",
           table.ratio("POST /auth/login", "Argon2id alone", "cpu"), "<=", 1.4)
