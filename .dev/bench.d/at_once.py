"""Sends one request of each of many people at the same moment, each on a connection of its own."""

import json
import selectors
import socket
import ssl
import time
from urllib.parse import urlsplit


class Wave:
    """Open connections, each with a request that is ready to be sent."""

    def __init__(self, url, path, body, tokens):
        address = urlsplit(url)
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        text = json.dumps(body).encode()
        self.sockets, self.requests = [], []
        for number, token in enumerate(tokens):
            # An address of its own: nginx limits the requests of each address.
            source = f"127.1.{number // 250}.{number % 250 + 1}"
            plain = socket.create_connection(
                (address.hostname, address.port), timeout=60, source_address=(source, 0))
            self.sockets.append(context.wrap_socket(plain))
            head = (
                f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {token}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n"
                "Connection: close\r\n\r\n")
            self.requests.append(head.encode() + text)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in self.sockets:
            each.close()

    def send(self):
        """Sends all; returns the sorted milliseconds, the statuses, and the seconds of all."""
        began, took, statuses = time.monotonic(), [], []
        with selectors.DefaultSelector() as selector:
            for each, request in zip(self.sockets, self.requests):
                each.sendall(request)
                each.setblocking(False)
                selector.register(each, selectors.EVENT_READ, [time.monotonic()])
            while selector.get_map():
                for key, _ in selector.select(60):
                    self._read(selector, key, took, statuses)
        return sorted(took), statuses, time.monotonic() - began

    @staticmethod
    def _read(selector, key, took, statuses):
        """Reads an answer's first bytes and notes its time; the rest follows with the close."""
        try:
            data = key.fileobj.recv(65536)
        except ssl.SSLWantReadError:
            return
        if data and len(key.data) == 1:
            took.append((time.monotonic() - key.data[0]) * 1000)
            statuses.append(int(data.split()[1]))
            key.data.append(None)
        if not data:
            selector.unregister(key.fileobj)
