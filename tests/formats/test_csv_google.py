"""Google's CSV, the old headings and today's."""

from __future__ import annotations

from krmd.formats.csv_google import google_label
from krmd.formats.reading import Read, Skipped
from krmd.formats.sniffing import sniff
from krmd.ledger.portrait import Fact, Portrait
from tests.formats.reading_all import portraits, read_file, said

OLD = (
    "Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Additional Name Yomi,"
    "Family Name Yomi,Name Prefix,Name Suffix,Initials,Nickname,Short Name,Maiden Name,Birthday,"
    "Gender,Location,Billing Information,Directory Server,Mileage,Occupation,Hobby,Sensitivity,"
    "Priority,Subject,Notes,Language,Photo,Group Membership,E-mail 1 - Type,E-mail 1 - Value,"
    "E-mail 2 - Type,E-mail 2 - Value,IM 1 - Type,IM 1 - Service,IM 1 - Value,Phone 1 - Type,"
    "Phone 1 - Value,Address 1 - Type,Address 1 - Formatted,Address 1 - Street,Address 1 - City,"
    "Address 1 - PO Box,Address 1 - Region,Address 1 - Postal Code,Address 1 - Country,"
    "Address 1 - Extended Address,Organization 1 - Type,Organization 1 - Name,"
    "Organization 1 - Yomi Name,Organization 1 - Title,Organization 1 - Department,"
    "Organization 1 - Symbol,Organization 1 - Location,Organization 1 - Job Description,"
    "Relation 1 - Type,Relation 1 - Value,Website 1 - Type,Website 1 - Value,Event 1 - Type,"
    "Event 1 - Value,Custom Field 1 - Type,Custom Field 1 - Value\n"
)
OLD_ROW = (
    'Tove Winter,Tove,Maja,Winter,,,,,,,,Tovi,,Holm, --12-10,Female,,,,,,Curling,,,,"Met twice,'
    '\nin ""Oslo""",,,Japan ::: * My Contacts ::: * Friends,* ,tove@home.example :::'
    " T.Winter@second.example,Work,tove@office.example,Home,SKYPE,tove.w,Mobile,"
    '+47 21 00 00 01 ::: +47 21 00 00 02,Home,"Elvegata 1\nOslo",Elvegata 1 ::: Fjellvei 2,'
    "Oslo ::: Bergen,,,0150,Norway,,* Work,Winter AS,,Director,Sales,,,,Spouse,Per Winter,Profile,"
    "https://winter.example/tove,* Anniversary,2010-06-05,member number,4711\n"
)
NEW = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,"
    "Name Prefix,Name Suffix,Nickname,File As,Organization Name,Organization Title,"
    "Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,"
    "Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - Formatted,Address 1 - Street,"
    "Address 1 - City,Address 1 - PO Box,Address 1 - Region,Address 1 - Postal Code,"
    "Address 1 - Country,Address 1 - Extended Address,Event 1 - Label,Event 1 - Value\n"
)


def test_the_old_headings_give_everything_they_hold() -> None:
    """Joined values apart, marks off, Google's own groups left out."""
    expected = Portrait(
        "Tove Winter",
        (
            Fact("structured_name", "Winter;Tove;Maja"),
            Fact("nickname", "Tovi"),
            Fact("former_name", "Holm"),
            Fact("email", "tove@home.example"),
            Fact("email", "t.winter@second.example"),
            Fact("email", "tove@office.example", "work"),
            Fact("phone", "+47 21 00 00 01", "mobile"),
            Fact("phone", "+47 21 00 00 02", "mobile"),
            Fact("url", "https://winter.example/tove", "profile"),
            Fact("handle", "tove.w", "skype"),
            Fact("postal", ";;Elvegata 1;Oslo;;0150;Norway", "home"),
            Fact("postal", ";;Fjellvei 2;Bergen", "home"),
            Fact("company", "Winter AS"),
            Fact("department", "Sales"),
            Fact("role", "Director"),
            Fact("birthday", "--12-10"),
            Fact("date", "2010-06-05", "anniversary"),
            Fact("relation", "spouse: Per Winter"),
            Fact("note", 'Met twice,\nin "Oslo"'),
            Fact("category", "Japan"),
            Fact("category", "Friends"),
            Fact("custom", "Curling", "Hobby"),
            Fact("custom", "4711", "member number"),
        ),
    )
    assert [Read(2, expected)] == read_file(OLD + OLD_ROW)
    assert "google" == sniff((OLD + OLD_ROW).encode()).source


def test_the_old_file_comes_in_utf_16() -> None:
    """With its mark, as Google once wrote it."""
    assert portraits(OLD + OLD_ROW) == portraits((OLD + OLD_ROW).encode("utf-16"))


def test_todays_headings_have_no_name_column() -> None:
    """The name is put together, and labels are groups."""
    row = (
        "Kofi,,Anders,,,,Dr.,,,,Anders Ltd,Head,,1971-04-05,,https://photos.example/1,"
        "Work ::: * starred ::: * myContacts,* Home,kofi@anders.example,* Mobile,+233 20 000 0001,"
        ',"1 Ring Rd\nAccra",,,,,,,,* Birthday of the cat,2015-01-02\n'
    )
    [found] = portraits("\ufeff" + NEW + row)
    assert "Kofi Anders" == found.name
    assert (
        Fact("structured_name", "Anders;Kofi;;Dr."),
        Fact("email", "kofi@anders.example", "home"),
        Fact("phone", "+233 20 000 0001", "mobile"),
        Fact("postal", ";;1 Ring Rd\nAccra"),
        Fact("company", "Anders Ltd"),
        Fact("role", "Head"),
        Fact("birthday", "1971-04-05"),
        Fact("date", "2015-01-02", "Birthday of the cat"),
        Fact("category", "Work"),
    ) == found.facts


def test_who_has_no_name_is_called_by_what_there_is() -> None:
    """What it is filed as, the company; who has but an address has no name."""
    rows = (
        ",,,,,,,,,Winter (plumber),,,,,,,,,,,+47 1" + "," * 11 + "\n"
        ",,,,,,,,,,Example Inc,,,,,,,,,,+47 2" + "," * 11 + "\n"
        ",,,,,,,,,,,,,,,,,,x@y.example,," + "," * 11 + "\n"
    )
    assert ["Winter (plumber)", "Example Inc", ""] == [it.name for it in portraits(NEW + rows)]


def test_a_row_of_nobody_is_named_by_its_line() -> None:
    """Behind a cell of two lines, too; an empty row is no loss."""
    commas = "," * 14
    kofi = f'Kofi,,Anders{commas[2:]}"two\nlines"{commas},,,\n'
    nobody = f"{commas}only a note{commas},,,\n"
    read, skipped = read_file(f"{NEW}{kofi}{commas}{commas},,,\n{nobody}")
    assert isinstance(read, Read)
    assert Skipped(5, "names nobody: no name, no address, no phone") == skipped


def test_a_family_name_comes_first_where_it_does() -> None:
    """In Chinese, Japanese and Korean."""
    [found] = portraits(NEW + "花子,,山田," + "," * 28 + "\n")
    assert "山田 花子" == found.name


def test_a_second_company_isnt_lost() -> None:
    """A person has one; what else there is stands beside it."""
    text = "Name,E-mail 1 - Value,Organization 1 - Name,Organization 2 - Name\nTove,,One,Two\n"
    [found] = portraits(text)
    assert [("One", "")] == said(found, "company")
    assert [("Two", "company")] == said(found, "custom")


def test_labels_lose_their_mark() -> None:
    """And their capital where it is Google's own."""
    assert ["", "home", "work fax", "Cottage"] == [
        google_label(it) for it in ("* ", "* Home", "Work Fax", "Cottage")
    ]


def test_an_address_that_is_none_is_told() -> None:
    """The rest of the row is taken."""
    [found] = read_file("Name,E-mail 1 - Value\nTove,tove(at)home\n")
    assert Read(2, Portrait("Tove", ()), ("“tove(at)home” is no email address",)) == found
