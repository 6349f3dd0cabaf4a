import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.ids import is_id, slug


@pytest.mark.parametrize(
    ("name", "ident"),
    [
        ("Live edge (EU)", "live-edge-eu"),
        ("Größe & Straße", "grosse-strasse"),
        ("Øst, Łódź, Ærø", "ost-lodz-aero"),
        ("Réseau d'été", "reseau-d-ete"),
        ("視聴者", "unnamed"),
    ],
)
def test_an_identifier_is_made_from_a_name(name: str, ident: str):
    assert slug(name) == ident


@given(st.text())
def test_whatever_the_name_an_identifier_comes_out(name: str):
    assert is_id(slug(name))
