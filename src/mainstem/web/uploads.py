"""How much a request may carry: files only where they are asked for, and only from who is signed in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from mainstem.config import settings

#: What forms without a file, and requests of nobody, may carry.
SMALL = 2_000_000
#: Fields and boundaries beside the file.
_BESIDE = 100_000


class BoundedUpload(TemporaryFileUploadHandler):
    """Refuses a body that is too large before any of it is read; what is taken goes to a file."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803, Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        """Looks at the length that was announced; a body longer than that is cut by the server."""
        request = self.request
        is_expected = request is not None and request.path.startswith("/sources/")
        user = getattr(request, "user", None)
        is_known = user is not None and user.is_authenticated
        most = settings().bytes("MAINSTEM_UPLOAD") if is_expected and is_known else SMALL
        if content_length > most + _BESIDE:
            raise RequestDataTooBig(f"a body of {content_length} bytes")
