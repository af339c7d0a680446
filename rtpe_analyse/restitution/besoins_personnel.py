"""Le calendrier du personnel : semaine par semaine, de quoi valider congés et renforts.

Un agent n'y paraît jamais seul : R6 compte des présents ensemble, masqués sous le seuil.
"""

from collections import Counter

import polars as pl

from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import ABSENT
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.occupation import echelle, unite
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.semaines_a_venir import (
    BORNES,
    FERMEE,
    INCONNUE,
    ORDINAIRE,
    RENFORT,
    SOUPLE,
    Ordinaire,
    Semaine,
    dates,
    lire_semaines,
    niveau_ordinaire,
    par_genre,
    plage,
)
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

_TITRE = "Les professionnels nécessaires, semaine par semaine"
_NOMS = {
    RENFORT: "Plus de monde",
    ORDINAIRE: "Comme à l'ordinaire",
    SOUPLE: "Congés possibles",
}
POSTES = (
    "Ce sont des professionnels ensemble au même instant, ni des postes ni un planning : "
    "l'ouverture, la fermeture, les pauses et les absences s'y ajoutent."
)


def calendrier(contexte: Contexte) -> Restitution:
    """Figure et tableau : les professionnels à prévoir, chaque semaine des deux trimestres."""
    semaines = lire_semaines(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    ordinaire = niveau_ordinaire(semaines)
    if ordinaire is None:
        return sans_figure(_TITRE, pourquoi(contexte))
    from rtpe_analyse.restitution import figures

    genres = [s.genre(ordinaire) for s in semaines]
    definition = contexte.dossier.definition("N7")
    points = pl.DataFrame(
        [
            (
                *(rang, genre, s.attendu),
                *(echelle(s.besoin["bas"]), echelle(s.besoin["haut"]), echelle(s.an_dernier)),
            )
            for rang, (s, genre) in enumerate(zip(semaines, genres, strict=True))
            if genre in _NOMS
        ],
        schema={
            **{"rang": pl.Int64, "genre": pl.String},
            **dict.fromkeys(("attendu", "bas", "haut", "an_dernier"), pl.Float64),
        },
        orient="row",
    )
    svg = figures.besoins(
        points,
        [f"{s.lundi:%d/%m}" for s in semaines],
        ("Ordinaire", ordinaire.attendu),
        {genre: nom for genre, nom in _NOMS.items() if genre in genres},
        unite(definition),
    )
    titre = _conclusion(semaines, ordinaire)
    alt = (
        f"Une barre par semaine, jusqu'au besoin attendu. {' '.join(_phrases(semaines, ordinaire))}"
    )
    return planche(titre, alt, svg, _tableau(semaines, ordinaire), _note(semaines))


def en_mots(contexte: Contexte) -> Restitution:
    """Phrases : où il faut plus de monde, où les congés se posent, et ce qu'on ne sait pas."""
    semaines = lire_semaines(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    ordinaire = niveau_ordinaire(semaines)
    if ordinaire is None:
        return paragraphes([pourquoi(contexte)])
    return paragraphes(
        [
            *_phrases(semaines, ordinaire),
            _comparaison(semaines),
            *prudence(contexte, semaines),
        ]
    )


def prudence(contexte: Contexte, semaines: list[Semaine]) -> list[str]:
    """Phrases : ce que vaut la borne haute, ce qu'on ignore, ce que le nombre n'est pas."""
    niveau = float(valeur("conventions", "intervalle_prevision_pct", contexte.jour_de_reference))
    sources = sorted({m.source for s in semaines for m in s.besoin.values() if m.source})
    lues = [s for s in semaines if s.attendu is not None]
    sans = [s for s in lues if not s.besoin["haut"].lisible]
    dites = []
    if len(sans) < len(lues):
        dites.append(
            "Une semaine doit dépasser la borne haute (« au plus ») moins de "
            f"{formats.nombre((100 - niveau) / 2)} fois sur 100."
        )
    if sans:
        dites.append(
            "Sans intervalle, faute de prévisions passées à juger : le besoin est fragile."
        )
    if sources:
        dites.append(f"Ce qu'on ignore est compté au plus haut : {' ; '.join(sources)}.")
    return [*dites, POSTES]


def _conclusion(semaines: list[Semaine], ordinaire: Ordinaire) -> str:
    comptes = Counter(s.genre(ordinaire) for s in semaines)
    total = formats.compte(sum(comptes[g] for g in _NOMS), "semaine ouverte", "semaines ouvertes")
    dites = [f"{_niveau(ordinaire)} d'ordinaire à la pointe"]
    if comptes[RENFORT]:
        dites.append(f"davantage pendant {formats.compte(comptes[RENFORT], 'semaine')}")
    if comptes[SOUPLE]:
        dites.append(f"moins pendant {formats.compte(comptes[SOUPLE], 'semaine')}")
    return f"Sur {total} à venir : {formats.enumeration(dites)}"


def _niveau(ordinaire: Ordinaire) -> str:
    plus = f" ({formats.nombre(ordinaire.au_plus)} au plus)"
    return (
        f"{formats.compte(int(ordinaire.attendu), 'professionnel')} ensemble"
        f"{plus if ordinaire.au_plus > ordinaire.attendu else ''}"
    )


def _phrases(semaines: list[Semaine], ordinaire: Ordinaire) -> list[str]:
    rangees = par_genre(semaines, ordinaire)
    dites = [f"D'ordinaire, {_niveau(ordinaire)} à l'instant le plus chargé de la semaine."]
    if rangees[RENFORT]:
        plus = max(s.attendu or 0 for s in rangees[RENFORT])
        dites.append(
            f"Il en faut plus, jusqu'à {formats.nombre(plus)} attendus : {dates(rangees[RENFORT])}."
        )
    if rangees[SOUPLE]:
        dites.append(
            "Des congés se posent sans risque prévisible, même à la borne haute : "
            f"{dates(rangees[SOUPLE])}."
        )
    if not (rangees[RENFORT] or rangees[SOUPLE]):
        dites.append("Aucune semaine ouverte ne s'en écarte assez.")
    if rangees[FERMEE]:
        dites.append(f"Fermé au calendrier annoncé : {dates(rangees[FERMEE])}.")
    if rangees[INCONNUE]:
        dites.append(f"Non prévu, ou masqué : {dates(rangees[INCONNUE])}.")
    return dites


def _lecture(semaine: Semaine, ordinaire: Ordinaire) -> str:
    """« 2 de plus », « 1 de moins », « fermé » : ce qui change par rapport à l'ordinaire."""
    if semaine.genre(ordinaire) == FERMEE:
        return "fermé"
    if plus := semaine.de_plus(ordinaire):
        return f"{formats.nombre(plus)} de plus"
    moins = semaine.de_moins(ordinaire)
    return f"{formats.nombre(moins)} de moins" if moins else ""


def _comparaison(semaines: list[Semaine]) -> str:
    # Une partie des établissements ne se compare pas au besoin de tous.
    connues = [
        s
        for s in semaines
        if s.an_dernier.valeur is not None and not s.an_dernier.partielle and s.attendu
    ]
    if not connues:
        return (
            "Les présences de professionnels de l'an passé ne sont pas toutes connues, ou trop peu "
            "nombreuses pour être montrées : aucune comparaison."
        )
    courtes = [s for s in connues if (s.an_dernier.valeur or 0) < (s.attendu or 0)]
    sur = "Sur " + formats.compte(len(connues), "semaine comparable", "semaines comparables")
    if not courtes:
        return f"{sur}, il y avait l'an passé autant de professionnels ensemble qu'attendu."
    return f"{sur}, il y en avait moins l'an passé que l'attendu : {dates(courtes)}."


def _tableau(semaines: list[Semaine], ordinaire: Ordinaire) -> Tableau:
    comparees = any(s.an_dernier.statut != ABSENT for s in semaines)
    noms = {"bas": "Au moins", "centre": "Attendu", "haut": "Au plus"}
    colonnes = [
        *(Colonne(n, "enfants par jour", "Enfants attendus") for n in noms.values()),
        *(
            Colonne(n, "professionnels", "Professionnels ensemble, à la pointe")
            for n in noms.values()
        ),
        *([Colonne("Présents l'an passé", "professionnels", code="R6")] if comparees else []),
        Colonne("Lecture", nombre=False),
    ]
    lignes = [
        Ligne(
            formats.majuscule(plage(s)),
            [
                *(cellule(s.enfants[b]) for b in BORNES),
                *(cellule(s.besoin[b]) for b in BORNES),
                *([cellule(s.an_dernier)] if comparees else []),
                Cellule(_lecture(s, ordinaire)),
            ],
        )
        for s in semaines
    ]
    return Tableau(_TITRE, "Semaine", colonnes, lignes)


def _note(semaines: list[Semaine]) -> str:
    barre = "Barre : besoin attendu."
    if any(s.besoin["haut"].lisible for s in semaines):
        barre += " Trait fin : de la borne basse à la borne haute."
    if any(s.an_dernier.lisible for s in semaines):
        barre += " Losange : professionnels présents ensemble la même semaine de l'an passé."
    return f"{barre} Règle d'encadrement de l'établissement, à l'instant le plus chargé."


def pourquoi(contexte: Contexte) -> str:
    """Pourquoi aucune semaine ne se montre."""
    semaines = lire_semaines(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    prevues = contexte.grille(
        ["N7"], contexte.maille, [contexte.zone], ventilation="semaine_centre"
    )
    if len(prevues) and not semaines:
        return "Les semaines ne se prévoient qu'à partir de la dernière période connue."
    return "Les enfants attendus ne sont pas connus, ou trop peu nombreux pour être montrés."
