"""What the pages of a room show.

How a room's forms are sent, with script off as with it: a POST to ``/workshop/ID/acts`` with ``id`` (the act's
own, for once only), ``act`` (its name), ``back`` (path and query of this page, with the place to come back
to), then the act's own arguments by their names. Fields of a card are ``field.NAME``. A list is the same name
more than once (``cards``, ``order``, ``field.stages``); empty ones in it are left out.
"""
