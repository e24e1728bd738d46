"""How places are named and compared, and where the password may go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.errors import UserError
from krmd.wire.carddav.place import (
    Origin,
    as_folder,
    may_see_password,
    normal_path,
    place_of,
    resolved,
)

BASE = place_of("https://dav.example.org/ada/friends/")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://dav.example.org", "https://dav.example.org/"),
        ("https://DAV.Example.org:443/Ada%40x/ä", "https://dav.example.org/Ada@x/%C3%A4"),
        ("https://dav.example.org:8443/a b", "https://dav.example.org:8443/a%20b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://localhost:5232/", "http://localhost:5232/"),
        ("http://[::1]:5232/x", "http://[::1]:5232/x"),
    ],
)
def test_a_url_has_one_way_of_writing(url: str, shown: str) -> None:
    """Host in lower case and A-labels, no usual port, each octet escaped or not for good."""
    assert shown == str(place_of(url))


@pytest.mark.parametrize(
    "url",
    [
        "dav.example.org",
        "ftp://dav.example.org/",
        "https://",
        "https://dav.example.org:port/",
        "https://dav.example.org:0/",
        "https://a b/",
        "https://[::1/",
        "http://dav.example.org/",
        "http://192.168.1.2/",
        "javascript:alert(1)",
    ],
)
def test_what_krmd_does_not_speak_to_is_refused(url: str) -> None:
    """Other schemes, broken URLs, and plain text beyond this machine."""
    with pytest.raises(UserError):
        place_of(url)


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("/ada/friends/1.vcf", "/ada/friends/1.vcf"),
        (" 1.vcf ", "/ada/friends/1.vcf"),
        ("https://dav.example.org/ada/friends/1.vcf", "/ada/friends/1.vcf"),
        ("https://dav.example.org:443/%61da/1.vcf", "/ada/1.vcf"),
        ("http://dav.example.org:8080/ada/1.vcf", "/ada/1.vcf"),
        ("/ada%40example.org/1.vcf", "/ada@example.org/1.vcf"),
        ("/ada/a%2Fb.vcf", "/ada/a%2Fb.vcf"),
        ("/ada/a b#1?.vcf", "/ada/a%20b%231%3F.vcf"),
        ("/ada/50%.vcf", "/ada/50%25.vcf"),
        ("/ada/%ff.vcf", "/ada/%FF.vcf"),
        ("/ada/\r\nX-Evil: 1", "/ada/X-Evil:%201"),
        ("../kim/1.vcf", "/ada/kim/1.vcf"),
    ],
)
def test_an_href_names_one_place_however_it_is_written(href: str, path: str) -> None:
    """Absolute, relative, as a URL, escaped more or less; plain http to the same host is its own
    place behind a proxy that does the TLS.
    """
    found = resolved(href, BASE)
    assert found is not None
    assert (BASE.origin, path) == (found.origin, found.path)


@pytest.mark.parametrize("href", ["", "mailto:ada@example.org", "/%2e%2e/x", "/" + "x" * 5000])
def test_an_href_that_names_no_place_is_none(href: str) -> None:
    """Nothing, another scheme, escaped steps upward, endless."""
    assert None is resolved(href, BASE)


def test_a_location_keeps_its_query_and_an_href_has_none() -> None:
    """Where a web page wants a login the query is its own business."""
    location = resolved("/login?to=%2Fdav", BASE, is_location=True)
    assert location is not None
    assert "/login?to=%2Fdav" == location.path


@given(st.text())
def test_the_normal_form_of_a_path_is_its_own_normal_form(path: str) -> None:
    """And it is printable ASCII without blanks, whatever came in."""
    once = normal_path("/" + path.encode("utf-8", "replace").decode())
    assert once == normal_path(once)
    assert once.isascii()
    assert once.isprintable()
    assert " " not in once
    assert as_folder(once) == as_folder(as_folder(once))


@given(st.text(max_size=200))
def test_any_href_gives_a_place_or_none(href: str) -> None:
    """Nothing a server writes is an exception."""
    found = resolved(href, BASE)
    assert found is None or found.path.startswith("/")


@pytest.mark.parametrize(
    ("configured", "asked"),
    [
        ("dav.example.org", "dav.example.org"),
        ("example.org", "carddav.example.org"),
        ("contacts.icloud.com", "p50-contacts.icloud.com"),
        ("p50-contacts.icloud.com", "p51-contacts.icloud.com"),
    ],
)
def test_the_password_may_go_to_the_same_owner_s_hosts(configured: str, asked: str) -> None:
    """The host itself, hosts below it, and iCloud's shards."""
    assert may_see_password(Origin("https", asked, 8443), Origin("https", configured, 443))


@pytest.mark.parametrize(
    ("configured", "asked"),
    [
        ("dav.example.org", "evil.example"),
        ("dav.example.org", "example.org"),
        ("dav.example.org", "mail.example.org"),
        ("example.co.uk", "evil.co.uk"),
        ("ada.dyndns.example", "evil.dyndns.example"),
        ("contacts.icloud.com", "contacts.icloud.com.evil.example"),
        ("contacts.icloud.com", "evil-icloud.com"),
        ("icloud.com.evil.example", "contacts.icloud.com"),
        ("example.org", "evilexample.org"),
        ("dav.example.org", "127.0.0.1"),
        ("127.0.0.1", "1.127.0.0.1"),
        ("dav.example.org", "localhost"),
    ],
)
def test_the_password_may_go_nowhere_else(configured: str, asked: str) -> None:
    """Siblings may be anybody's, and names that only look alike are."""
    assert not may_see_password(Origin("https", asked, 443), Origin("https", configured, 443))


def test_the_password_never_leaves_encryption() -> None:
    """From https to http not even on this machine; from this machine's http only to itself."""
    safe, plain = Origin("https", "dav.example.org", 443), Origin("http", "localhost", 5232)
    assert not may_see_password(Origin("http", "dav.example.org", 80), safe)
    assert not may_see_password(Origin("http", "127.0.0.1", 80), safe)
    assert not may_see_password(Origin("http", "dav.example.org", 80), plain)
    assert may_see_password(Origin("http", "127.0.0.1", 80), plain)
