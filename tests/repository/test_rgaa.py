"""The reader of markup sees each fault that it looks for, and none in a sound page."""

import pytest

from tests.support.markup import read_page
from tests.support.rgaa import faults

SOUND = """<!doctype html>
<html lang="fr"><head><title>Accueil</title></head><body>
<a class="skip" href="#contenu">Aller au contenu</a>
<header><nav aria-label="Navigation principale"><ul><li><a href="/">Accueil</a></li></ul></nav></header>
<main id="contenu" tabindex="-1"><h1>Accueil</h1><h2>Liste</h2>
<svg aria-hidden="true" focusable="false"><use href="#a"></use></svg><img src="a.png" alt="">
<figure role="figure" aria-label="Par an"><svg role="img" aria-label="2026 : 3"></svg>
<figcaption>Par an</figcaption></figure>
<table><caption>Situations</caption><tr><th scope="col">Qui</th><th scope="col">Quand</th></tr>
<tr><th scope="row">Un</th><td data-label="Quand">hier</td></tr></table>
<p>Écrivez-nous.</p><ol><li>un</li></ol>
<form><label for="mail">Courriel</label><input id="mail" type="email" autocomplete="username">
<fieldset><legend>Réponse</legend><label><input type="radio" name="r">oui</label>
<label><input type="radio" name="r">non</label></fieldset>
<button>Envoyer</button></form></main>
<footer><a href="/plan-du-site">Plan du site</a> <a href="/accessibilite">Accessibilité : non conforme</a></footer>
</body></html>"""

FAULTS = {
    "1.1, 1.2": (' aria-hidden="true" focusable="false"', ""),
    "1.1": (' alt=""', ""),
    "1.9": (' role="figure"', ""),
    "2.1, 4.1": ("<p>", '<iframe src="/"></iframe><p>'),
    "5.4": ("<caption>Situations</caption>", ""),
    "5.6": ('<th scope="col">Qui', "<th>Qui"),
    "5.7": ('<td data-label="Quand">', "<td>"),
    "6.1": ("Écrivez-nous.", '<a href="/a">Cliquez ici</a>'),
    "6.2": ("Écrivez-nous.", 'Ou <a href="/a"></a>'),
    "7.3, 12.10": ("<button>", '<button accesskey="e">'),
    "8.1": ("<!doctype html>", ""),
    "8.2": ("</p>", ""),
    "8.2, 11.1": ('<label for="mail">', '<label for="autre">'),
    "8.3, 8.4": (' lang="fr"', ""),
    "8.5": ("<title>Accueil</title>", ""),
    "8.7, 8.10": ("<p>", '<p lang="en">'),
    "8.9": ("Écrivez-nous.", "<b>Écrivez</b>"),
    "9.1": ("<h2>Liste</h2>", "<h3>Liste</h3>"),
    "9.2": ("<header>", "<header></header><header>"),
    "9.2, 12.6": (' aria-label="Navigation principale"', ""),
    "9.3": ("<ol><li>un</li></ol>", "<ol><p>un</p></ol>"),
    "10.1": ("<p>", '<p align="center">'),
    "11.1": ('<label for="mail">', '<label for="autre">'),
    "11.2": ('type="email"', 'type="email" placeholder="Courriel"'),
    "11.5": ("<fieldset><legend>Réponse</legend>", "<div>"),
    "11.6": ("<legend>Réponse</legend>", ""),
    "11.9": ("<button>Envoyer", "<button>Ici"),
    "11.13": (' autocomplete="username"', ' autocomplete="on"'),
    "12.4": ("/plan-du-site", "/plan"),
    "12.7": ('<a class="skip" href="#contenu">', '<a class="skip" href="#autre">'),
    "12.8": (' tabindex="-1"', ' tabindex="1"'),
    "13.1": ("<title>", '<meta http-equiv="refresh" content="60"><title>'),
    "13.2": ("Écrivez-nous.", '<a href="/a" target="_blank">Écrivez-nous</a>'),
    "the footer does not say": ("Accessibilité : ", ""),
}
"""Criterion, and what to change in the sound page."""


def test_a_sound_page_has_no_fault() -> None:
    assert faults(read_page(SOUND)) == []


@pytest.mark.parametrize("criterion", FAULTS)
def test_each_fault_is_seen(criterion: str) -> None:
    before, after = FAULTS[criterion]
    assert SOUND.count(before) >= 1
    found = faults(read_page(SOUND.replace(before, after, 1)))
    assert [fault for fault in found if fault.startswith(criterion)], found


def test_two_links_of_one_name_that_lead_to_two_places_are_seen() -> None:
    page = SOUND.replace("Écrivez-nous.", '<a href="/a">Écrire</a> ou <a href="/b">Écrire</a>')
    assert faults(read_page(page)) == ["6.1: « Écrire » leads to ['/a', '/b']"]
