"""krmd/README.md, the map of the package, leaves no room out."""

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "krmd"
PAGE = (PACKAGE / "README.md").read_text()
MODULES = [
    path.relative_to(PACKAGE).with_suffix("")
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__init__.py"
]
STATIONS = {
    heading[1]: heading[0]
    for heading in re.finditer(r"^### `(\w+)/`.*?(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_the_architecture_page_names_each_module(module: Path) -> None:
    """A module is named in its station's table, one at the top anywhere on the page."""
    station, *rest = module.parts
    text = STATIONS.get(station, "") if rest else PAGE
    assert f"`{'/'.join(rest) or station}`" in text
