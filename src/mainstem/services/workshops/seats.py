"""Seats and the links that lead to them: what faces ask of who is in a room and how one comes in."""

from mainstem.services.workshops.links import (
    Door,
    Link,
    door_of,
    end_link,
    join_as_guest,
    join_as_member,
    link_of,
    renew_link,
)
from mainstem.services.workshops.seated import (
    Seated,
    appoint,
    remove_seat,
    seat_of_guest,
    seat_of_member,
)

__all__ = (
    "Door", "Link", "Seated", "appoint", "door_of", "end_link", "join_as_guest", "join_as_member",
    "link_of", "remove_seat", "renew_link", "seat_of_guest", "seat_of_member",
)  # fmt: skip
