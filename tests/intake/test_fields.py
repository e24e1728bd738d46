"""The header block as fields: line ends, folding, caps, raw octets."""

from __future__ import annotations

import pytest

from krmd.intake.fields import MAX_FIELDS, MAX_HEADER, split_header


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r\r\n"])
def test_lines_may_end_in_any_of_the_usual_ways(end: bytes) -> None:
    """CR LF from servers, LF from Maildirs, CR CR LF from what Windows wrote as text."""
    block = end.join((b"From: ada@example.org", b"Subject: one", b" two", b"", b"To: x@y.example"))

    fields = split_header(block).first

    assert ["from", "subject"] == list(fields)
    assert "one two" == " ".join(fields["subject"].split())


def test_mixed_line_ends_are_read_too() -> None:
    """Some hands add fields with LF to a mail with CR LF."""
    assert {"from": " a@b.example", "to": " c@d.example", "cc": " e@f.example"} == split_header(
        b"From: a@b.example\r\nTo: c@d.example\nCc: e@f.example\r\n\r\n"
    ).first


def test_a_header_ends_at_the_first_empty_line() -> None:
    """What looks like a field in the body is no field."""
    assert {} == split_header(b"\r\nFrom: ada@example.org").first
    assert {"to": " a@b.example"} == split_header(b"To: a@b.example\r\n\r\nFrom: c@d.example").first


def test_names_are_found_in_any_case_and_with_blanks_before_the_colon() -> None:
    """RFC 5322 1.2.2 and 4.5."""
    fields = split_header(b"fRoM : a@b.example\r\nMESSAGE-ID: <x@y>\r\nMessage-Id: <z@y>\r\n").first

    assert {"from": " a@b.example", "message-id": " <x@y>"} == fields


def test_a_repeated_field_is_kept_with_its_folded_lines() -> None:
    """The topmost comes first; the others keep their order and their continuation."""
    header = split_header(b"To: a@b.example\r\nTo: c@d.example,\r\n\te@f.example\r\n\r\n")

    assert {"to": " a@b.example"} == header.first
    assert [("to", " c@d.example, e@f.example")] == header.again


def test_many_lines_read_the_same_as_few() -> None:
    """Long headers go another way through the code, to the same end."""
    few = b"To: a@b.example,\r\n\tc@d.example\r\nTo: e@f.example,\r\n g@h.example\r\nnonsense\r\n"
    many = few + b"X-Filler: 1\r\n" * 300 + b"\r\n"

    assert split_header(few) == split_header(many)


def test_a_line_without_a_colon_is_noted_and_passed_over() -> None:
    """It doesn't end the header: the fields behind it are real."""
    header = split_header(b"this is no field\r\nFrom: ada@example.org\r\n\r\n")

    assert {"from": " ada@example.org"} == header.first
    assert ["line_without_colon"] == header.defects


def test_a_folded_line_belongs_to_the_field_above_it_and_to_no_other() -> None:
    """The continuation of a field that isn't read vanishes with it."""
    block = b"From: a@b.example\r\nX-Other: 1\r\n c@d.example\r\n  \r\nTo: e@f.example\r\n\r\n"

    assert {"from": " a@b.example", "to": " e@f.example"} == split_header(block).first


def test_a_header_beyond_256_kb_is_cut_where_nothing_is_torn() -> None:
    """Half an address would be another person's."""
    block = b"To: " + b",".join(b"person%d@example.org" % n for n in range(20_000))

    header = split_header(block)

    assert ["header_too_long"] == header.defects
    assert len(header.first["to"]) <= MAX_HEADER
    assert header.first["to"].endswith("@example.org")


def test_fields_beyond_a_thousand_are_not_read() -> None:
    """A mail of 100,000 From lines costs no more than one of a thousand."""
    header = split_header(b"From: a@b.example\r\n" * 5000)

    assert ["too_many_fields"] == header.defects
    assert MAX_FIELDS - 1 == len(header.again)


def test_raw_octets_are_utf8_else_windows() -> None:
    """RFC 6532 first; what is no UTF-8 is what a careless sender's system spoke."""
    header = split_header("From: Grüße\r\n".encode() + "To: J\xfcrgen\r\n\r\n".encode("latin-1"))

    assert {"from": " Grüße", "to": " Jürgen"} == header.first
    assert ["unlabelled_8bit"] == header.defects


def test_a_stray_cr_begins_no_field() -> None:
    """A CR alone is a control character, not the end of a line."""
    assert ["from"] == list(split_header(b"From: a@b.example\rTo: c@d.example\r\n\r\n").first)
