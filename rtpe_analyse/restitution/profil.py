"""Quand les places sont occupées, et où : carte de chaleur, établissements côte à côte."""

from collections.abc import Iterable

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Grille
from rtpe_analyse.restitution.mesures import ABSENT, Mesure, ecart
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.occupation import AUCUNE, echelle, unite
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import (
    Colonne,
    Ligne,
    Tableau,
    cellule,
    cellule_ecart,
    colonne_ecart,
)


def semaine(contexte: Contexte) -> Restitution:
    """Carte de chaleur : occupation moyenne (F1) par jour et demi-heure."""
    titre = "L'occupation selon le jour et l'heure"
    definition = contexte.dossier.definition("F1")
    grille = contexte.grille(
        ["F1"], contexte.maille, [contexte.zone], [contexte.periode], ventilation="jour_heure"
    )
    cases = {m: grille.lire("F1", contexte.zone, contexte.periode, m) for m in _modalites(grille)}
    lisibles = {m: mesure for m, mesure in cases.items() if mesure.lisible}
    if not lisibles:
        secret = any(m.masquee for m in cases.values())
        raison = "Valeurs masquées (secret statistique)." if secret else _sans_heures()
        return sans_figure(titre, raison)
    from rtpe_analyse.restitution import figures

    jours = sorted({m.partition("-")[0] for m in cases})
    heures = sorted({m.partition("-")[2] for m in cases})
    rangees = [[cases.get(f"{j}-{h}", Mesure(definition)) for j in jours] for h in heures]
    noms = [formats.majuscule(formats.JOURS[int(j) - 1]) for j in jours]
    svg = figures.chaleur(
        [[echelle(m) for m in rangee] for rangee in rangees],
        [[m.signe for m in rangee] for rangee in rangees],
        [_instant(h) for h in heures],
        noms,
        formats.Unite(),
    )
    sommet = max(lisibles, key=lambda m: lisibles[m].valeur or 0)
    conclusion = f"L'occupation culmine {_moment(sommet)} ({lisibles[sommet]})"
    if any(m.masquee for m in cases.values()):
        conclusion = f"Parmi les cases lisibles, l'occupation culmine {_moment(sommet)}"
    elif creux := _jour_creux(lisibles):
        conclusion += f" ; le jour le moins occupé est le {creux}"
    donnees = Tableau(
        f"Chiffres de la figure : {titre}",
        "Demi-heure commençant à",
        [Colonne(nom, definition.unite) for nom in noms],
        [
            Ligne(_instant(h), [cellule(m) for m in rangee])
            for h, rangee in zip(heures, rangees, strict=True)
        ],
    )
    alt = (
        f"Carte de chaleur, une colonne par jour et une ligne par demi-heure de "
        f"{_instant(heures[0])} à {_instant(heures[-1])}. {conclusion}."
    )
    note = (
        "Chaque case : part des places autorisées occupées en moyenne sur la demi-heure, en %. "
        "Plus la case est foncée, plus l'occupation est forte."
        + _signes_en_clair(m.signe for m in cases.values())
    )
    return planche(conclusion, alt, svg, donnees, note)


def positions(contexte: Contexte, code: str) -> Restitution:
    """Figure : chaque établissement, sa valeur, celle de l'an dernier, le département."""
    definition = contexte.dossier.definition(code)
    ici, avant = contexte.periode, contexte.periode.an_dernier
    grille = contexte.grille([code], "etablissement", contexte.etablissements, [ici, avant])
    couples = {
        nom: (grille.lire(code, zone, ici), grille.lire(code, zone, avant))
        for zone, nom in contexte.etablissements.items()
    }
    montres = {nom: c for nom, c in couples.items() if c[0].lisible}
    if not montres:
        secret = any(c[0].masquee for c in couples.values())
        raison = "Valeurs masquées (secret statistique)." if secret else AUCUNE
        return sans_figure(f"{definition.libelle} par établissement", raison)
    from rtpe_analyse.restitution import figures

    departement = contexte.trio([code])[code][2] if contexte.a_un_repere else Mesure(definition)
    repere = ("Département", echelle(departement) or 0) if departement.lisible else None
    svg = figures.positions(
        list(montres),
        [echelle(c[0]) for c in montres.values()],
        [echelle(c[1]) for c in montres.values()],
        repere,
        unite(definition),
    )
    conclusion = _conclusion(definition.libelle, montres, departement)
    lignes = [
        Ligne(nom, [cellule(m), cellule(a), cellule_ecart(m, a)]) for nom, (m, a) in couples.items()
    ]
    colonnes = [
        Colonne(formats.majuscule(formats.periode(ici)), definition.unite),
        Colonne(formats.majuscule(formats.periode(avant)), definition.unite),
        colonne_ecart(definition),
    ]
    donnees = Tableau(
        f"Chiffres de la figure : {definition.libelle}", "Établissement", colonnes, lignes
    )
    tus = sum(not m.lisible and m.statut != ABSENT for m, _ in couples.values())
    note = "Point plein : la période ; losange creux : un an plus tôt. Ordre des noms, sans rang."
    if tus:
        note += f" {formats.compte(tus, 'établissement')} sans valeur à montrer."
    alt = f"Un point par établissement. {conclusion}."
    return planche(conclusion, alt, svg, donnees, note)


def _modalites(grille: Grille) -> list[str]:
    return sorted(m for m in grille.modalites("F1") if "-" in m)


def _instant(heure: str) -> str:
    heures, _, minutes = heure.partition(":")
    return formats.heure(int(heures) * 60 + int(minutes))


def _moment(modalite: str) -> str:
    jour, _, heure = modalite.partition("-")
    return f"le {formats.JOURS[int(jour) - 1]} à {_instant(heure)}"


def _jour_creux(lisibles: dict[str, Mesure]) -> str | None:
    """Le jour de plus faible occupation, en heures sur heures ; jamais une moyenne de taux."""
    sommes: dict[str, list[float]] = {}
    for modalite, mesure in lisibles.items():
        if mesure.numerateur is not None and mesure.denominateur:
            total = sommes.setdefault(modalite.partition("-")[0], [0.0, 0.0])
            total[0] += mesure.numerateur
            total[1] += mesure.denominateur
    if len(sommes) < 2:
        return None
    taux = {jour: n / d for jour, (n, d) in sommes.items()}
    return formats.JOURS[int(min(taux, key=lambda j: taux[j])) - 1]


def _conclusion(
    libelle: str, montres: dict[str, tuple[Mesure, Mesure]], departement: Mesure
) -> str:
    if departement.lisible:
        au_dessus = sum((ecart(m, departement) or 0) >= 0 for m, _ in montres.values())
        sur = formats.compte(len(montres), "établissement")
        if au_dessus == 0:
            qui = f"aucun des {sur}" if len(montres) > 1 else "le seul établissement montré"
            n = "n'atteint" if len(montres) > 1 else "n'atteint pas"
            return f"{libelle} : {qui} {n} le département ({departement})"
        verbe = "atteint ou dépasse" if au_dessus < 2 else "atteignent ou dépassent"
        return f"{libelle} : {au_dessus} sur {sur} {verbe} le département ({departement})"
    return f"{libelle} : {formats.compte(len(montres), 'établissement')} côte à côte"


def _signes_en_clair(signes: Iterable[str]) -> str:
    return "".join(f" {s} : {formats.LEGENDES[s]}." for s in sorted({s for s in signes if s}))


def _sans_heures() -> str:
    return (
        "Pas de valeur au quart d'heure sur la période : les exports reçus ne donnent pas les "
        "heures d'arrivée et de départ."
    )
