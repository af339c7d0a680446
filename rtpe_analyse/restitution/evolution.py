"""La série longue d'un indicateur : agrégats compris, événements, saison, changements de niveau."""

from itertools import pairwise

import polars as pl

from rtpe_analyse.modeles import Periode
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.evenements import (
    Atypique,
    Evenement,
    atypiques,
    evenements,
    numeroter,
    phrases_des_evenements,
)
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.occupation import AUCUNE, echelle, titre_de_serie, unite
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.suites import Suite, lire_suite, niveaux
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

_AGREGAT, _DETAIL = "agregats", "detail"
_MINIMUM = 2


def serie_longue(contexte: Contexte, code: str) -> Restitution:
    """Figure : toutes les périodes connues, agrégats compris, niveaux et événements annotés."""
    definition = contexte.dossier.definition(code)
    suite = lire_suite(contexte, code)
    if len(suite.lisibles) < _MINIMUM:
        raison = AUCUNE
        if suite.lisibles:
            raison = "Une seule période est lisible : il n'y a pas encore de série."
        elif any(m.masquee for m in suite.mesures):
            raison = "Valeurs masquées (secret statistique) : les effectifs sont trop petits."
        return sans_figure(f"{definition.libelle} depuis le début du suivi", raison)
    from rtpe_analyse.restitution import figures

    valeurs = pl.DataFrame(
        [
            (rang, _AGREGAT if rang < suite.agregats else _DETAIL, echelle(m))
            for rang, m in enumerate(suite.mesures)
        ],
        schema={"rang": pl.Int64, "serie": pl.String, "valeur": pl.Float64},
        orient="row",
    )
    paliers, _ = niveaux(suite)
    arrives = evenements(contexte, suite.periodes)
    hors = atypiques(suite.periodes, contexte.jour_de_reference)
    svg = figures.serie_longue(
        valeurs,
        [formats.periode_courte(p) for p in suite.periodes],
        paliers,
        _reperes(arrives, suite.periodes),
        [_etendue(episode.periodes, suite.periodes) for episode in hors],
        unite(definition),
    )
    titre = titre_de_serie(definition, suite.mesures, contexte.periode)
    donnees = Tableau(
        f"Chiffres de la figure : {definition.libelle}",
        "Période",
        [
            Colonne(definition.libelle, definition.unite, code=code),
            Colonne("Source", nombre=False),
            Colonne("Événements", nombre=False),
        ],
        [
            Ligne(
                formats.majuscule(formats.periode(p)),
                [
                    cellule(m),
                    Cellule(_origine(suite, rang)),
                    Cellule(" ; ".join(_arrives(arrives, hors, p))),
                ],
            )
            for rang, (p, m) in enumerate(zip(suite.periodes, suite.mesures, strict=True))
        ],
    )
    note = _note(suite, bool(arrives), bool(paliers), [episode.libelle for episode in hors])
    return planche(titre, _alt(suite), svg, donnees, note)


def lecture_de_la_serie(contexte: Contexte, code: str) -> Restitution:
    """Phrases : les agrégats, la saison, les niveaux, les événements, l'atypique."""
    suite = lire_suite(contexte, code)
    if not suite.lisibles:
        return paragraphes([AUCUNE])
    dites = _provenance(suite)
    paliers, pourquoi = niveaux(suite)
    dites += [pourquoi] if pourquoi else _changements(contexte, suite, paliers)
    arrives = evenements(contexte, suite.periodes)
    dites += phrases_des_evenements(arrives, contexte.periode.pas)
    for episode in atypiques(suite.periodes, contexte.jour_de_reference):
        combien = len(episode.periodes)
        touchees = formats.compte(combien, _pas(suite), _pas(suite, pluriel=True))
        bornes = [formats.periode_courte(episode.periodes[r]) for r in (0, -1)]
        dites.append(
            f"{episode.libelle} : {touchees} de la série ({' à '.join(dict.fromkeys(bornes))}) ne "
            f"{formats.accord(combien, 'se compare', 'se comparent')} à aucun autre."
        )
    return paragraphes(dites)


def _origine(suite: Suite, rang: int) -> str:
    mesure = suite.mesures[rang]
    if not (mesure.lisible or mesure.masquee):
        return ""
    return "agrégats" if rang < suite.agregats else "détail"


def _provenance(suite: Suite) -> list[str]:
    """Jusqu'où vont les agrégats, et le trou qui les sépare du détail."""
    rangs = [r for r in range(suite.agregats) if suite.mesures[r].lisible]
    if not rangs:
        return []
    dernier, premier = suite.periodes[rangs[-1]], suite.periodes[suite.agregats]
    dites = [
        f"Jusqu'au {_fin(dernier)}, la série vient d'agrégats mensuels : ils ne disent ni les "
        "fermetures, ni les contrats, ni les enfants distincts."
    ]
    if dernier.decaler(1) < premier:
        dites.append(f"Elle s'interrompt ensuite, et reprend au {_fin(premier)}, en détail.")
    return dites


def _changements(
    contexte: Contexte, suite: Suite, paliers: list[tuple[int, int, float]]
) -> list[str]:
    if len(paliers) == 1:
        return ["Saison retirée, aucun changement durable de niveau n'est décelé."]
    ecrire = unite(suite.lisibles[-1].definition).ecrire
    arrives = evenements(contexte, suite.periodes)
    dites = []
    for (_, _, avant), (rang, _, apres) in pairwise(paliers):
        quand = suite.periodes[rang]
        alors = [f"n° {n}" for n, e in enumerate(arrives, 1) if e.pendant(quand)]
        suite_ = f" Au même moment : {formats.enumeration(alors)}." if alors else ""
        if rang == suite.agregats:
            suite_ = (
                " C'est là que le détail remplace les agrégats : la mesure a pu changer, et non "
                "l'accueil."
            )
        dites.append(
            f"Saison retirée, le niveau passe de {ecrire(avant)} à {ecrire(apres)} à partir du "
            f"{_fin(quand)}.{suite_}"
        )
    return dites


def _reperes(arrives: list[Evenement], periodes: list[Periode]) -> list[tuple[int, str]]:
    """Rang et numéros des événements de chaque période qui en a."""
    reperes = []
    for rang, periode in enumerate(periodes):
        numeros = [n for n, e in enumerate(arrives, 1) if e.pendant(periode)]
        if numeros:
            premier, dernier = numeros[0], numeros[-1]
            texte = str(premier) if premier == dernier else f"{premier}–{dernier}"
            reperes.append((rang, texte))
    return reperes


def _etendue(touchees: list[Periode], periodes: list[Periode]) -> tuple[int, int]:
    return periodes.index(touchees[0]), periodes.index(touchees[-1])


def _arrives(arrives: list[Evenement], hors: list[Atypique], periode: Periode) -> list[str]:
    episodes = [e.libelle for e in hors if periode in e.periodes]
    return [*numeroter(arrives, periode), *episodes]


def _pas(suite: Suite, *, pluriel: bool = False) -> str:
    if suite.periodes[0].pas == "mois":
        return "mois"
    return "trimestres" if pluriel else "trimestre"


def _fin(periode: Periode) -> str:
    """« 3e trimestre 2023 », « mois de juillet 2023 » : après « du » ou « au »."""
    texte = formats.periode(periode)
    return texte if periode.pas == "trimestre" else f"mois {formats.de(texte)}"


def _alt(suite: Suite) -> str:
    lus = [(m, p) for m, p in zip(suite.mesures, suite.periodes, strict=True) if m.lisible]
    bas = min(lus, key=lambda c: c[0].valeur or 0)
    haut = max(lus, key=lambda c: c[0].valeur or 0)
    if bas[0].valeur == haut[0].valeur:
        return (
            f"Courbe plate : {bas[0]} du {formats.periode(lus[0][1])} au "
            f"{formats.periode(lus[-1][1])}."
        )
    return (
        f"Courbe longue, de {lus[0][0]} ({formats.periode(lus[0][1])}) à {lus[-1][0]} "
        f"({formats.periode(lus[-1][1])}) ; au plus bas {bas[0]} ({formats.periode(bas[1])}), au "
        f"plus haut {haut[0]} ({formats.periode(haut[1])})."
    )


def _note(suite: Suite, evenements_: bool, paliers: bool, episodes: list[str]) -> str:
    notes = []
    if suite.agregats > 0:
        notes.append("Points vides : agrégats mensuels ; points pleins : détail journalier.")
    if paliers:
        notes.append("Tirets : niveau moyen, saison retirée.")
    if episodes:
        notes.append(f"Fond hachuré : {formats.enumeration(episodes).lower()}.")
    if evenements_:
        notes.append("Numéros : événements, dits dans le tableau et dans la lecture.")
    return " ".join(notes)
