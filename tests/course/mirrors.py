"""A made-up collection of four small idx files, and a server of the test's own to fetch it from."""

import gzip
import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from course.datasets.sources import FILES, Collection


def idx(array):
    """The array in idx format, written out by hand."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


ARRAYS = [
    np.random.default_rng(number).integers(0, 256, shape, dtype=np.uint8)
    for number, shape in enumerate([(5, 28, 28), (5,), (3, 28, 28), (3,)])
]
PLAIN = {name: idx(array) for name, array in zip(FILES, ARRAYS, strict=True)}
ONCE = {name: gzip.compress(content) for name, content in PLAIN.items()}
TWICE = {name: gzip.compress(content) for name, content in ONCE.items()}
DAMAGED = {name: gzip.compress(content[:-1] + b"x") for name, content in PLAIN.items()}
CUT = {name: content[:-9] for name, content in ONCE.items()}
PAGE = dict.fromkeys(FILES, b"<html>Please log in to the network.</html>")


def collection(*mirrors):
    digests = tuple(hashlib.sha256(PLAIN[name]).hexdigest() for name in FILES)
    return Collection("Small set", "small_set", mirrors, digests)


def fill(folder, files, suffix=".gz"):
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / f"{name}{suffix}").write_bytes(content)


class Mirrors:
    """Folders served over HTTP by name, and which files were asked for."""

    def __init__(self, address):
        self.address, self.folders, self.asked = address, {}, []

    def add(self, name, files):
        self.folders[name] = files
        return f"{self.address}/{name}/"


@contextmanager
def serving():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):  # the name that http.server asks for
            mirrors.asked.append(self.path)
            _, folder, name = self.path.split("/")
            content = mirrors.folders.get(folder, {}).get(name.removesuffix(".gz"))
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mirrors = Mirrors(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield mirrors
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
