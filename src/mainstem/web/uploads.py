"""How much a request may carry: files only where they are asked for, and only from who is signed in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from mainstem.config import settings
from mainstem.services.people.access import Actor

#: What forms without a file, and requests of nobody, may carry.
SMALL = 2_000_000
#: Fields and boundaries beside the file.
_BESIDE = 100_000
#: Where files are asked for.
_EXPECTED = ("/sources/", "/api/v1/uploads")


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
        is_expected = request is not None and request.path.startswith(_EXPECTED)
        most = settings().bytes("MAINSTEM_UPLOAD") if is_expected and _is_known(request) else SMALL
        if content_length > most + _BESIDE:
            raise RequestDataTooBig(f"a body of {content_length} bytes")


def _is_known(request: Any) -> bool:
    """Whether a session or a token says who asks; the API has looked at the token by then."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return True
    actor = vars(request).get("actor")
    return type(actor) is Actor and actor.is_known
