"""One list of acronyms, in the pages and in the glossary."""

import re

from policies.acronyms import ACRONYMS
from tests.support.tree import ROOT


def test_the_glossary_gives_the_same_words() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    section = glossary.partition("## Sigles\n")[2].partition("\n## ")[0]
    text = " ".join(section.split())
    given = dict(re.findall(r"\b([A-Z]{2,7}) : ([^.(]*[^.( ])", text))
    assert given == {acronym: known.meaning for acronym, known in ACRONYMS.items()}


def test_they_stand_in_the_order_of_the_alphabet_and_each_speaks_in_sentences() -> None:
    assert list(ACRONYMS) == sorted(ACRONYMS)
    for known in ACRONYMS.values():
        assert not known.meaning.endswith(".")
        assert known.about == "" or (known.about.endswith(".") and known.about[0].isupper())
