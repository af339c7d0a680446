"""De la place agréée à l'enfant présent : la figure, et le tableau par zone."""

from collections.abc import Mapping
from typing import Literal

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.marches import (
    SANS_SUITE,
    Cascade,
    Marche,
    en_heures,
    en_places,
    lire_cascades,
)
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.pertes import AUCUNE, INCOMPLETE, MASQUEE, entre, nommer
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

TITRE = "De la place agréée à l'enfant présent"
NOTE = (
    "Un équivalent-place : les heures d'une place agréée, ouverte toute la période ; une place que "
    "l'agrément n'ouvre qu'une partie du jour y compte pour cette partie. Niveau : barre pleine ; "
    "perte : hachures obliques et signe −, retour : hachures droites et signe +."
)


def cascade(contexte: Contexte) -> Restitution:
    """Figure : la cascade de la zone, une marche par cause, en heures et équivalents-places."""
    lue = lire_cascades(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    if len(lue.lisibles) < 2:
        return sans_figure(TITRE, MASQUEE if lue.masquee else AUCUNE)
    from rtpe_analyse.restitution import figures

    montrees = [m for m in lue.lisibles if m.niveau or not m.nulle]
    barres = []
    courant = 0.0
    for marche in montrees:
        heures = marche.heures.valeur or 0.0
        debut, fin = (0.0, heures) if marche.niveau else (courant, courant + heures)
        barres.append(
            figures.Barre(
                marche.libelle,
                debut,
                fin,
                _texte(marche),
                _genre(marche),
            )
        )
        courant = fin
    conclusion = _conclusion(lue)
    alt = (
        "Cascade horizontale : "
        + " ; ".join(f"{m.libelle} : {_texte(m)}" for m in montrees)
        + f". {conclusion}."
    )
    note = NOTE if lue.entiere else f"{NOTE} {MASQUEE if lue.masquee else INCOMPLETE}"
    svg = figures.cascade(barres)
    return planche(conclusion, alt, svg, _tableau(lue, montrees), note, classe="rtpe-cascade")


def par_zone(contexte: Contexte, maille: str, noms: Mapping[str, str], entete: str) -> Restitution:
    """Tableau : agréé, ouvert, présent, et la première cause de perte de chaque zone.

    Args:
        contexte: zone et période du rapport.
        maille: maille des lignes.
        noms: code → nom des lignes.
        entete: intitulé de la première colonne.
    """
    cascades = lire_cascades(contexte, maille, noms)
    connues = {z: c for z, c in cascades.items() if c.lisibles}
    titre = f"La cascade par {entete.lower()}, {formats.periode(contexte.periode)}"
    if not connues:
        return sans_figure(titre, AUCUNE)
    lignes = [Ligne(noms[z], _cellules(c)) for z, c in connues.items()]
    ensemble = lire_cascades(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    if ensemble.lisibles:
        lignes.append(Ligne(contexte.titre, _cellules(ensemble), "total"))
    colonnes = [
        Colonne("Agréées", "h", "Heures-places", "K1"),
        Colonne("Présentes", "h", "Heures-places"),
        *(
            Colonne(nom, unite, groupe, nombre=bool(unite))
            for groupe in ("Première perte", "Première perte, hors fermetures annoncées")
            for nom, unite in (("Cause", ""), ("Heures", "h"), ("Équivalents", "places"))
        ),
    ]
    return Tableau(titre, entete, colonnes, lignes).rendre()


def _cellules(lue: Cascade) -> list[Cellule]:
    par_code = {m.code: m for m in lue.marches}
    cellules = [
        cellule(par_code[code].heures) if code in par_code else Cellule()
        for code in ("agree", "present")
    ]
    signe = next((m.heures.signe for m in lue.marches if not m.heures.lisible), "")
    signe = signe or (formats.MARQUE_PARTIELLE if lue.partielle else "")
    for marche in (lue.premiere, lue.premiere_hors_prevues):
        if marche is None:
            cellules += [Cellule(signe=signe)] * 3
            continue
        heures, places = marche.heures.valeur, marche.places.valeur
        cellules += [
            Cellule(marche.libelle),
            Cellule(formats.nombre(abs(heures or 0))),
            Cellule(signe=marche.places.signe)
            if places is None
            else Cellule(formats.nombre(abs(places), 1)),
        ]
    return cellules


def _genre(marche: Marche) -> Literal["niveau", "perte", "retour", "inconnu"]:
    if marche.niveau:
        return "niveau"
    if marche.code == SANS_SUITE:
        return "inconnu"
    return "perte" if marche.perte else "retour"


def _texte(marche: Marche) -> str:
    heures, places = marche.heures.valeur or 0.0, marche.places.valeur
    signe = "+" if not marche.niveau and heures > 0 else ""
    texte = signe + en_heures(heures)
    if places is None or (not marche.niveau and formats.arrondi(places, 1) == 0):
        return texte
    return f"{texte} · {signe}{en_places(places)}"


def _conclusion(lue: Cascade) -> str:
    agree, dernier, premiere = lue.lisibles[0], lue.lisibles[-1], lue.premiere
    base = agree.places.valeur, dernier.places.valeur
    if base[0] is None or base[1] is None:
        conclusion = f"Sur {_texte(agree)} agréées, il en reste {_texte(dernier)}"
    elif lue.entiere:
        conclusion = (
            f"Sur l'équivalent de {en_places(base[0])} {formats.accord(base[0], 'agréée')}, "
            f"{formats.nombre(base[1], 1)} {formats.accord(base[1], 'accueille', 'accueillent')} "
            "un enfant"
        )
    else:
        conclusion = (
            f"Sur l'équivalent de {en_places(base[0])} {formats.accord(base[0], 'agréée')}, "
            f"il en reste {formats.nombre(base[1], 1)} à l'étape « {dernier.libelle} »"
        )
    if premiere is None:
        return conclusion
    return f"{conclusion} ; première perte : {nommer(premiere)}"


def _tableau(lue: Cascade, montrees: list[Marche]) -> Tableau:
    agree = montrees[0].heures.valeur or 0.0
    lignes = []
    for marche in montrees:
        heures = marche.heures.valeur or 0.0
        ecrire = formats.nombre if marche.niveau else formats.avec_signe
        places = marche.places.valeur
        bornes = lue.bornes(marche)
        lignes.append(
            Ligne(
                marche.libelle,
                [
                    Cellule(ecrire(heures)),
                    Cellule(signe=marche.places.signe)
                    if places is None
                    else Cellule(ecrire(places, 1)),
                    Cellule(ecrire(100 * heures / agree, 1) if agree else ""),
                    Cellule(entre(bornes) if bornes else ""),
                ],
                "total" if marche.niveau else "",
            )
        )
    colonnes = [
        Colonne("Heures-places", "h"),
        Colonne("Équivalents-places", "places"),
        Colonne("Part de l'agréé", "%"),
        Colonne("Bornes si la cause manque", "h"),
    ]
    notes = [
        "Les lignes nulles ne sont pas montrées ; chaque palier est la somme de ce qui précède."
    ]
    return Tableau(f"Chiffres de la figure : {TITRE}", "Marche", colonnes, lignes, notes)
