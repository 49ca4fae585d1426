"""Writes the impact assessment and the record of processing in Markdown, from `policies/aipd.toml`."""

from collections.abc import Iterator

from policies.aipd import GAUGES, assessment
from policies.retention import RetentionRule, rules

TITLES = {
    111: "Le traitement",
    112: "Les responsabilités",
    113: "Les référentiels",
    121: "Les données",
    122: "Le cycle de vie",
    123: "Les supports",
    211: "Finalités",
    212: "Fondement",
    213: "Minimisation",
    214: "Exactitude",
    215: "Durées",
    221: "Information",
    222: "Consentement",
    223: "Accès et portabilité",
    224: "Rectification et effacement",
    225: "Limitation et opposition",
    226: "Sous-traitance",
    227: "Transferts",
}
"""Short titles of the questions of the tool."""


def impact_assessment(heading: list[str]) -> str:
    """Write the assessment: context, principles, measures with what enforces them, risks, what is left to do."""
    return "\n".join([*heading, *_assessment(), ""])


def processing_record(heading: list[str]) -> str:
    """Write the entry of the record of processing activities, durations included."""
    return "\n".join([*heading, *_record(), ""])


def _assessment() -> Iterator[str]:
    found = assessment()
    yield "Pré-remplie autant que le produit le peut (RGPD, article 35). « À compléter » : seul le responsable le sait."
    yield "Pour l'outil PIA de la CNIL : `cenacle aipd --output aipd.json`, puis « Importer ». L'avis du délégué et la"
    yield "validation se font dans l'outil ; la mise en service d'une cellule exige ensuite l'acte AIPD."
    for answer in found.answers:
        if answer.reference in {111, 211}:
            yield from ("", "## Contexte" if answer.reference == 111 else "## Principes fondamentaux")
        yield from ("", f"### {TITLES[answer.reference]}", "")
        yield "\n\n".join(answer.paragraphs)
    yield from ("", "## Mesures", "", "| Mesure | Ce qu'elle fait | Appliquée ou attaquée par |", "| --- | --- | --- |")
    for measure in found.measures:
        yield f"| {measure.title} | {measure.content} | {', '.join(f'`{path}`' for path in measure.enforced)} |"
    yield from ("", "## Risques")
    for risk in found.risks:
        yield from ("", f"### {risk.kind.label.capitalize()}", "")
        yield f"- Impacts : {' ; '.join(risk.impacts)}."
        yield f"- Menaces : {' ; '.join(risk.threats)}."
        yield f"- Sources : {' ; '.join(risk.sources)}."
        yield f"- Mesures : {' ; '.join(risk.measures)}."
        yield f"- Gravité **{GAUGES[risk.severity - 1]}** : {risk.severity_text}"
        yield f"- Vraisemblance **{GAUGES[risk.likelihood - 1]}** : {risk.likelihood_text}"
        yield f"- Risque résiduel : {risk.residual}"
    yield from ("", "## Ce qui reste à faire, hors du produit", "", "| Action | Par qui |", "| --- | --- |")
    yield from (f"| {task.text} | {task.owner} |" for task in found.actions)


def _record() -> Iterator[str]:
    record = assessment().record
    yield "Inscription au registre des activités de traitement (RGPD, article 30.1)."
    yield from ("", f"- **Traitement** : {record.name}.", f"- **Responsable** : {record.controller}")
    yield from (f"- **Délégué** : {record.dpo}", f"- **Fondement** : {record.basis}")
    yield "- **Transferts hors de l'Union européenne** : aucun par le produit."
    yield "- **Mesures de sécurité** : les mesures de l'[analyse d'impact](aipd.md)."
    yield from ("", "## Finalités", "", *(f"- {purpose}" for purpose in record.purposes), "", record.never)
    yield from ("", "## Personnes et données", "", "| Personnes | Données |", "| --- | --- |")
    yield from (f"| {persons.who} | {persons.data} |" for persons in record.persons)
    yield from ("", "## Destinataires", "", "| Destinataires | Ce qu'ils lisent |", "| --- | --- |")
    yield from (f"| {recipients.who} | {recipients.what} |" for recipients in record.recipients)
    yield from ("", "## Durées", "", "| Ce qui est gardé | Durée | À partir de | Ensuite | Autorité |")
    yield "| --- | --- | --- | --- | --- |"
    for rule in rules():
        yield f"| {rule.kind.label} | {_duration(rule)} | {rule.starts} | {rule.then.label} | {rule.authority} |"


def _duration(rule: RetentionRule) -> str:
    if rule.days is not None:
        return f"{rule.days} jours"
    return f"{rule.months} mois" if rule.months is not None else f"{rule.meetings} réunions ordinaires"
