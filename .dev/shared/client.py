"""HTTP requests to an instance, with its certificate checked."""

import http.client
import json
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

from shared.instance import Failure

BOUNDARY = "assay-form-5f0c9b1e7a"


class Answer:
    """The answer to one request."""

    def __init__(self, response):
        self.status = response.status
        self.type = response.headers.get("Content-Type", "")
        self.body = response.read()

    @property
    def json(self):
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def sentence(self):
        """The error's sentence, or the beginning of the body."""
        try:
            return self.json.get("detail") or self.json["message"]
        except (ValueError, AttributeError, KeyError):
            return self.body[:300].decode("utf-8", "replace")


class Client:
    """Sends requests to an instance; after `sign_in` with that account's token."""

    def __init__(self, instance, seconds=300):
        self.instance = instance
        self.seconds = seconds
        self.token = None
        self._tls = ssl.create_default_context(cafile=instance.authority)

    def sign_in(self, username, password):
        """Signs in and returns the answer's JSON; later requests carry its token."""
        self.token = None
        body = {"username": username, "password": password}
        answer = self.call("POST", "/auth/login", json=body).json
        self.token = answer["access_token"]
        return answer

    def sign_out(self):
        """Ends the session."""
        self.call("POST", "/auth/logout")
        self.token = None

    def get(self, path):
        """The JSON of a GET."""
        return self.call("GET", path).json

    def call(self, method, path, **body):
        """Sends a request to a path and returns the answer; raises a Failure unless it is 2xx."""
        answer = self.send(method, self.instance.url + path, token=self.token, **body)
        if not 200 <= answer.status < 300:
            raise Failure(f"{method} {path} answered {answer.status}: {answer.sentence}")
        return answer

    def send(self, method, url, token=None, json=None, files=None):
        """Sends a request to an address and returns its answer, whatever its status is."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = None
        if json is not None:
            headers["Content-Type"] = "application/json"
            body = dumped(json)
        elif files is not None:
            headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
            headers["Content-Length"] = str(form_length(files))
            body = form(files)
        address = urlsplit(url)
        connection = http.client.HTTPSConnection(
            address.netloc, timeout=self.seconds, context=self._tls)
        try:
            path = address.path + (f"?{address.query}" if address.query else "")
            connection.request(method, path, body=body, headers=headers)
            return Answer(connection.getresponse())
        except OSError as error:
            raise Failure(f"{method} {address.path} was not answered: {error}") from error
        finally:
            connection.close()

    def wait(self, path, is_done, seconds):
        """Gets a path until `is_done` accepts its JSON; None when the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = self.get(path)
            if is_done(answer):
                return answer
            time.sleep(0.2)
        return None


def dumped(value):
    """The bytes of a JSON value."""
    return json.dumps(value).encode()


def form(files):
    """The body of a form with the field `files`, piece by piece."""
    for file in map(Path, files):
        yield head(file)
        with open(file, "rb") as opened:
            while piece := opened.read(1 << 20):
                yield piece
        yield b"\r\n"
    yield f"--{BOUNDARY}--\r\n".encode()


def form_length(files):
    """The number of bytes that `form` yields."""
    end = len(f"--{BOUNDARY}--\r\n")
    return end + sum(len(head(file)) + file.stat().st_size + 2 for file in map(Path, files))


def head(file):
    """The lines before a file of a form."""
    name = file.name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
