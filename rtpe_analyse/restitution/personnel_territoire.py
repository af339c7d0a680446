"""Le calendrier du personnel d'un territoire : un établissement par ligne, une semaine par colonne.

Un professionnel d'un établissement ne compte pas dans un autre : le territoire ne se juge pas
sur un total, mais établissement par établissement, contre le niveau ordinaire de chacun.
"""

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.besoins_personnel import POSTES, pourquoi, prudence
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.semaines_a_venir import (
    FERMEE,
    INCONNUE,
    RENFORT,
    SOUPLE,
    Avenir,
    dates,
    lire_semaines,
    niveau_ordinaire,
    par_genre,
    plage,
)
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

_TITRE = "Les professionnels à prévoir, par établissement et par semaine"
_PAR_ETABLISSEMENT = "Professionnels à prévoir, par établissement"


def calendrier(contexte: Contexte) -> Restitution:
    """Figure : le besoin de chaque établissement, semaine par semaine, contre son ordinaire."""
    lus = _lire(contexte)
    if not lus:
        return sans_figure(_TITRE, pourquoi(contexte))
    from rtpe_analyse.restitution import figures

    semaines = lus[0].semaines
    rangs = range(len(semaines))
    svg = figures.chaleur(
        [[_nuance(e, rang) for rang in rangs] for e in lus],
        [[_texte(e, rang) for rang in rangs] for e in lus],
        [e.nom for e in lus],
        [f"{s.lundi:%d/%m}" if not r % 2 else "" for r, s in enumerate(semaines)],
    )
    note = (
        "Chaque case : professionnels attendus ensemble à la pointe. Plus elle est foncée, plus "
        "il en faut au-delà de l'ordinaire de l'établissement (+) ; − : moins, même à la borne "
        "haute, des congés sont possibles. F : fermé. Colonnes : le lundi, un sur deux."
    )
    titre = _conclusion(lus)
    alt = f"Une ligne par établissement, une colonne par semaine. {' '.join(_phrases(lus))}"
    return planche(titre, alt, svg, _tableau(contexte, lus), note)


def en_mots(contexte: Contexte) -> Restitution:
    """Phrases : les semaines des renforts et celles des congés, et ce qu'on ne sait pas."""
    lus = _lire(contexte)
    if not lus:
        return paragraphes([pourquoi(contexte)])
    toutes = [s for e in lus for s in e.semaines]
    return paragraphes([*_phrases(lus), *prudence(contexte, toutes)])


def par_etablissement(contexte: Contexte) -> Restitution:
    """Tableau : pour chaque établissement, le niveau ordinaire, les renforts, les congés."""
    lus = _lire(contexte)
    if not lus:
        return sans_figure(_PAR_ETABLISSEMENT, pourquoi(contexte))
    lignes = []
    for e in lus:
        rangees = par_genre(e.semaines, e.ordinaire)
        lignes.append(
            Ligne(
                e.nom,
                [
                    Cellule(formats.nombre(e.ordinaire.attendu)),
                    Cellule(formats.nombre(e.ordinaire.au_plus)),
                    Cellule(formats.nombre(max(s.attendu or 0 for s in e.semaines))),
                    *(Cellule(dates(rangees[genre])) for genre in (RENFORT, SOUPLE, FERMEE)),
                ],
            )
        )
    colonnes = [
        Colonne("Attendu", "professionnels", "D'ordinaire"),
        Colonne("Au plus", "professionnels", "D'ordinaire"),
        Colonne("Semaine la plus chargée", "attendu"),
        Colonne("Plus de monde", nombre=False),
        Colonne("Congés possibles", nombre=False),
        Colonne("Fermé", nombre=False),
    ]
    absents = len(contexte.etablissements) - len(lus)
    notes = [POSTES]
    if absents:
        notes.append(f"Sans prévision lisible : {formats.compte(absents, 'établissement')}.")
    return Tableau(_PAR_ETABLISSEMENT, "Établissement", colonnes, lignes, notes).rendre()


def _lire(contexte: Contexte) -> list[Avenir]:
    """Les établissements dont au moins une semaine ouverte se lit, dans l'ordre des noms."""
    noms = contexte.etablissements
    return [
        Avenir(noms[zone], semaines, ordinaire)
        for zone, semaines in lire_semaines(contexte, "etablissement", noms).items()
        if (ordinaire := niveau_ordinaire(semaines)) is not None
    ]


def _nuance(e: Avenir, rang: int) -> float | None:
    semaine = e.semaines[rang]
    if semaine.genre(e.ordinaire) in (FERMEE, INCONNUE):
        return None
    return (semaine.attendu or 0) - e.ordinaire.attendu


def _texte(e: Avenir, rang: int) -> str:
    semaine = e.semaines[rang]
    genre = semaine.genre(e.ordinaire)
    if genre == INCONNUE:
        return formats.SIGNE_MASQUE if semaine.besoin["centre"].masquee else ""
    if genre == FERMEE:
        return "F"
    marque = {RENFORT: "+", SOUPLE: formats.MOINS}.get(genre, "")
    return f"{formats.nombre(semaine.attendu or 0)}{marque}"


def _renforts(lus: list[Avenir], rang: int) -> tuple[float, int]:
    """Professionnels de plus que l'ordinaire cette semaine-là, et dans combien d'établissements."""
    ecarts = [plus for e in lus if (plus := e.semaines[rang].de_plus(e.ordinaire))]
    return sum(ecarts), len(ecarts)


def _reduits(lus: list[Avenir], rang: int) -> float:
    return sum(e.semaines[rang].de_moins(e.ordinaire) for e in lus)


def _pire(lus: list[Avenir]) -> int:
    return max(range(len(lus[0].semaines)), key=lambda rang: _renforts(lus, rang)[0])


def _conclusion(lus: list[Avenir]) -> str:
    pire = _pire(lus)
    plus, ou = _renforts(lus, pire)
    if not plus:
        return "Aucune semaine à venir ne demande plus de monde qu'à l'ordinaire"
    return (
        f"Le plus fort renfort tombe la semaine {plage(lus[0].semaines[pire])} : "
        f"{formats.compte(int(plus), 'professionnel')} de plus qu'à l'ordinaire, "
        f"dans {formats.compte(ou, 'établissement')}"
    )


def _phrases(lus: list[Avenir]) -> list[str]:
    semaines = lus[0].semaines
    rangs = range(len(semaines))
    sans = [semaines[r] for r in rangs if not _renforts(lus, r)[0] and _reduits(lus, r)]
    dites = [f"{_conclusion(lus)}."]
    tendues = [semaines[r] for r in rangs if _renforts(lus, r)[1] > len(lus) / 2]
    if tendues:
        dites.append(
            f"Plus de la moitié des établissements demandent du renfort : {dates(tendues)}."
        )
    if sans:
        dites.append(
            "Aucun n'en demande et certains peuvent libérer du monde, pour des congés ou pour "
            f"prêter main-forte : {dates(sans)}."
        )
    return dites


def _tableau(contexte: Contexte, lus: list[Avenir]) -> Tableau:
    """Les totaux de la zone, et ce que ses établissements demandent de plus ou de moins."""
    siennes = lire_semaines(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    par_lundi = {s.lundi: s for s in siennes}
    toutes = lire_semaines(contexte, "etablissement", contexte.etablissements).values()
    # Le total, moins ce qui se lit, rendrait le seul établissement masqué.
    caches = any(m.masquee for suite in toutes for s in suite for m in s.besoin.values())
    noms = {"bas": "Au moins", "centre": "Attendu", "haut": "Au plus"}
    colonnes = [
        *(Colonne(n, "enfants par jour", "Enfants attendus") for n in noms.values()),
        *(Colonne(n, "professionnels", "Somme des pointes") for n in noms.values()),
        Colonne("De plus qu'à l'ordinaire", "professionnels"),
        Colonne("De moins, à coup sûr", "professionnels"),
    ]
    lignes = []
    for rang, semaine in enumerate(lus[0].semaines):
        sienne = par_lundi.get(semaine.lundi)
        vide = [Cellule(signe=formats.SIGNE_MASQUE)] * len(noms)
        enfants = vide if sienne is None else [cellule(sienne.enfants[b]) for b in noms]
        sommes = vide if sienne is None or caches else [cellule(sienne.besoin[b]) for b in noms]
        lignes.append(
            Ligne(
                formats.majuscule(plage(semaine)),
                [
                    *enfants,
                    *sommes,
                    Cellule(formats.nombre(_renforts(lus, rang)[0])),
                    Cellule(formats.nombre(_reduits(lus, rang))),
                ],
            )
        )
    return Tableau(_TITRE, "Semaine", colonnes, lignes)
