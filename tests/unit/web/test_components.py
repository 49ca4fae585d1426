"""The macros of templates/components: what they refuse, escape and mark."""

import re
from datetime import date, timedelta

import pytest
from jinja2 import UndefinedError

from backend.web.pages import environment, in_words
from tests.support.screenshots import render

ATTACK = '"><script>alert(1)</script>'


def draw(source: str, **context: object) -> str:
    """Render a line of template that has every component at hand."""
    imports = "".join(
        f'{{% import "components/{name}.html" as {name} %}}' for name in ("buttons", "decisions", "forms", "surfaces")
    )
    return environment().from_string(imports + source).render(**context)


@pytest.mark.parametrize(
    "source",
    [
        '{{ forms.field_text("a", attack, value=attack, error=attack, hint=attack) }}',
        '{{ forms.field_textarea("a", attack, value=attack, error=attack, hint=attack, maxlength=5) }}',
        '{{ forms.field_choice("a", attack, [(attack, attack)], value=attack, error=attack) }}',
        '{{ forms.field_choices("a", attack, [(attack, attack)], value=[attack], error=attack) }}',
        '{{ forms.field_select("a", attack, [(attack, attack)], value=attack, error=attack) }}',
        "{{ forms.error_summary({attack: attack}) }}{{ forms.error_summary({attack: attack}, {attack: attack}) }}",
        "{% call forms.form(attack, attack, version=attack, idempotency=attack) %}{{ attack }}{% endcall %}",
        "{{ buttons.button(attack, name=attack, value=attack) }}{{ buttons.button_link(attack, attack) }}",
        "{{ buttons.button_post(attack, attack, attack, hidden=[(attack, attack)]) }}",
        '{% call surfaces.alert("info", attack) %}{{ attack }}{% endcall %}{{ surfaces.badge(attack) }}',
        "{{ surfaces.definition_list([(attack, attack)]) }}{{ surfaces.empty_state(attack, attack, attack) }}",
        "{% call(row, key) surfaces.table(attack, [(attack, attack)], [attack]) %}{{ row }}{% endcall %}",
        '{{ surfaces.timeline([{"iso": "2026-11-20", "title": attack, "text": attack}]) }}',
        "{{ surfaces.sentence(attack) }}{{ surfaces.tabs([(attack, attack, true)], attack, about=attack) }}",
        '{{ surfaces.persona_grid([{"email": attack, "role": attack, "institution": attack}], attack, attack) }}',
        "{{ surfaces.exits(attack, attack) }}{{ surfaces.breadcrumb([(attack, attack), (attack, attack)]) }}",
        (
            '{% set item = {"reference": attack, "heading": attack, "value": none, "version": attack} %}'
            "{% call(i) decisions.decision_list([item], [(attack, attack, attack)]) %}{{ attack }}{% endcall %}"
        ),
    ],
)
def test_what_people_typed_never_becomes_markup(source: str) -> None:
    html = draw(source, attack=ATTACK)
    assert "<script" not in html
    assert "&lt;script" in html.lower()


def test_the_summary_of_errors_names_the_field_that_each_one_is_about() -> None:
    html = draw(
        '{{ forms.error_summary({"name": "Renseignez ce champ.", "": "Rechargez la page."}, {"name": "Nom"}) }}'
    )
    assert '<a href="#champ-name">« Nom » : renseignez ce champ.</a>' in html
    assert "<li>Rechargez la page.</li>" in html


def test_a_forgotten_attribute_fails_instead_of_showing_nothing() -> None:
    with pytest.raises(UndefinedError):
        draw('{{ surfaces.timeline([{"iso": "2026-11-20"}]) }}')


def test_a_posted_check_box_alone_ticks_itself_and_no_other() -> None:
    html = draw('{{ forms.field_choices("a", "A", [("other", "autre"), ("the", "le"), ("o", "o")], value="other") }}')
    assert re.findall(r'value="(\w+)" checked', html) == ["other"]


def test_a_list_offers_no_empty_line_once_a_required_answer_is_given() -> None:
    options = [("13", "13e")]
    assert '<option value="">Choisir' in draw('{{ forms.field_select("a", "A", o, required=true) }}', o=options)
    assert '<option value="">' not in draw(
        '{{ forms.field_select("a", "A", o, value="13", required=true) }}', o=options
    )
    assert '<option value="">Non précisé' in draw('{{ forms.field_select("a", "A", o, value="13") }}', o=options)


def test_the_first_line_of_a_text_comes_back_even_when_it_is_empty() -> None:
    assert ">\n\nUn mot</textarea>" in draw('{{ forms.field_textarea("a", "A", value=text) }}', text="\nUn mot")


def test_browsers_are_told_not_to_remember_what_is_typed_about_somebody() -> None:
    html = render()
    controls = re.findall(r'<(?:input type="text"|input class[^>]*|textarea[^>]*|select[^>]*)>?', html)
    told = [re.search(r'autocomplete="([\w-]+)"', control) for control in controls]
    assert {match[1] for match in told if match} == {"off", "email", "one-time-code"}
    assert all(told)


@pytest.mark.parametrize(
    "iso,words", [("2026-11-01", "1er novembre 2026"), ("2026-02-28T09:05:00+01:00", "28 février 2026")]
)
def test_days_are_written_in_words(iso: str, words: str) -> None:
    assert draw("{{ surfaces.date_words(iso) }}", iso=iso) == f'<time datetime="{iso}">{words}</time>'


def test_a_deadline_says_how_far_it_is_and_its_day_with_its_name() -> None:
    html = draw('{{ surfaces.deadline("dans 3 jours", "2026-12-03") }}')
    assert '<strong>dans 3 jours</strong> <span class="meaning">(' in html
    assert '(<time datetime="2026-12-03">jeudi 3 décembre 2026</time>)' in html


@pytest.mark.parametrize(
    "days,words",
    [(0, "aujourd'hui"), (1, "demain"), (3, "dans 3 jours"), (-1, "en retard d'un jour"), (-2, "en retard de 2 jours")],
)
def test_a_deadline_is_told_in_words(days: int, words: str) -> None:
    assert in_words(date(2026, 12, 3) + timedelta(days), date(2026, 12, 3)) == words


def test_an_acronym_opens_its_definition_without_script() -> None:
    html = draw('{{ surfaces.term("CRIP") }}')
    [target] = re.findall(r'popovertarget="([^"]+)"', html)
    assert f'<span id="{target}" popover>' in html
    assert "cellule de recueil des informations préoccupantes" in html
    with pytest.raises(UndefinedError):
        draw('{{ surfaces.term("XYZ") }}')


def test_the_words_of_a_closed_list_take_a_capital_and_keep_their_acronyms() -> None:
    assert draw('{{ surfaces.sentence("école élémentaire") }} {{ surfaces.sentence("relève de la CRIP 75") }}') == (
        "École élémentaire Relève de la CRIP 75"
    )


def test_every_id_of_the_living_page_is_unique_and_every_reference_leads_to_one() -> None:
    html = render()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    pointed = {
        name
        for names in re.findall(r'(?:aria-describedby|aria-labelledby|for)="([^"]+)"', html)
        for name in names.split()
    }
    assert pointed <= set(ids)


def test_the_living_page_weighs_less_than_60_kilobytes_with_its_style_and_script() -> None:
    # The living page alone holds every component twice over: a page of the product is far below.
    assert len(render().encode()) < 40_000
