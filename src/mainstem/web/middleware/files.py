"""Static files straight from the package: compressed once, and kept by browsers for as long as they may.

``asset()`` puts a file's content into its address (``?v=…``), so what it names never changes.
"""

from __future__ import annotations

import gzip
from threading import Lock

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

_FOR_GOOD = "max-age=31536000, public, immutable"
_PACKED = ("text/", "application/json", "application/manifest+json", "image/svg+xml")


class Files(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Whitenoise, with long lives and small bodies."""

    def __init__(self, get_response: object = None) -> None:
        super().__init__(get_response)
        self._packed: dict[str, bytes] = {}
        self._lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """A file, or whatever comes after."""
        response: HttpResponseBase = super().__call__(request)
        if not request.path_info.startswith(self.static_prefix) or response.status_code != 200:
            return response
        if "v" in request.GET:
            response["Cache-Control"] = _FOR_GOOD
        if request.method != "GET" or not response.get("Content-Type", "").startswith(_PACKED):
            return response
        response["Vary"] = "Accept-Encoding"
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return response
        return self._gzipped(request.path_info, response)

    def _gzipped(self, path: str, response: HttpResponseBase) -> HttpResponse:
        # a file of the package never changes while the process runs
        with self._lock:
            if path not in self._packed:
                self._packed[path] = gzip.compress(b"".join(response), 9, mtime=0)
        response.close()
        packed = HttpResponse(self._packed[path])
        for name, value in response.items():
            packed[name] = value
        packed["Content-Encoding"] = "gzip"
        packed["Content-Length"] = str(len(self._packed[path]))
        return packed
