"""Contacts as lists ask for them: page by page, and who was in a category when."""

from krmd.base.instant import Instant
from krmd.store import categories, contacts
from krmd.store.contacts import Members
from krmd.store.engine import Store


def test_pages_follow_each_other_by_name(store: Store) -> None:
    """Also where many bear one name; nobody is shown twice or left out."""
    with store.transaction() as tx:
        for number in range(25):
            name = f"name {number // 5}"
            contacts.add(
                tx,
                uuid=f"{number:032x}",
                name=name,
                name_key=name,
                added=Instant(1),
                source="owner",
            )
        whole = [row.uuid for row in contacts.page(tx, kept=True)]
        seen: list[str] = []
        after = None
        while rows := contacts.page(tx, kept=True, after=after, limit=4):
            seen += [row.uuid for row in rows]
            after = rows[-1]
    assert whole == seen
    assert 25 == len(set(seen))


def test_who_was_in_a_category_on_a_day_is_told(store: Store) -> None:
    """From the second they joined to the second they left."""
    with store.transaction() as tx:
        ada = contacts.add(
            tx, uuid="a" * 32, name="Ada", name_key="ada", added=Instant(1), source="owner"
        )
        japan = categories.add(tx, "Japan", "japan", Instant(1)).id
        categories.join(tx, ada, japan, since=Instant(100), source="owner")
        categories.leave(tx, ada, japan, until=Instant(200))
        told = [
            len(contacts.page(tx, kept=True, members=Members(japan, Instant(when))))
            for when in (99, 100, 199, 200)
        ]
        assert [] == contacts.page(tx, kept=True, members=Members(japan))
    assert [0, 1, 1, 0] == told
