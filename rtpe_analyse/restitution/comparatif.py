"""Le tableau type : une zone par ligne, puis le tout, l'an dernier et le département."""

from collections.abc import Iterable, Mapping, Sequence

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Grille
from rtpe_analyse.restitution.mesures import ABSENT
from rtpe_analyse.restitution.tableaux import (
    Cellule,
    Colonne,
    Ligne,
    Tableau,
    cellule,
    cellule_ecart,
)

NOTE_ECARTS = (
    "Les écarts se lisent par rapport à la même période de l'année précédente ; ils sont "
    "calculés avant arrondi."
)
NOTE_SOMME = (
    "La somme des lignes diffère de l'ensemble : un établissement a rejoint ou quitté la zone, et "
    "l'ensemble ne compte que les jours où il en faisait partie."
)


def tableau_comparatif(
    contexte: Contexte,
    titre: str,
    codes: Sequence[str],
    *,
    ecarts: Sequence[str] = (),
    maille: str = "etablissement",
    zones: Mapping[str, str] | None = None,
    entete: str = "Établissement",
    notes: Sequence[str] = (),
    coupe: tuple[str, str] = ("", ""),
) -> Tableau:
    """Indicateurs de la période, par zone.

    Args:
        contexte: zone et période du rapport.
        titre: légende.
        codes: indicateurs, une colonne chacun.
        ecarts: ceux suivis d'une colonne « sur un an ».
        maille: maille des lignes.
        zones: code → nom des lignes ; les établissements du rapport par défaut.
        entete: intitulé de la première colonne.
        notes: précisions sous le tableau.
        coupe: ventilation et modalité lues ; l'ensemble par défaut.

    Returns:
        Un tableau sans ligne si aucune zone n'a de valeur sur la période.
    """
    if zones is None:
        zones = contexte.etablissements
    ici, avant = contexte.periode, contexte.periode.an_dernier

    def lire(de_maille: str, voulues: Iterable[str]) -> Grille:
        return contexte.grille(
            codes,
            de_maille,
            voulues,
            [ici, avant],
            ventilation=coupe[0],
            modalite=coupe[1],
        )

    grille, siens = lire(maille, zones), lire(contexte.maille, [contexte.zone])
    presentes = {
        zone: nom
        for zone, nom in zones.items()
        if any(grille.lire(c, zone, ici).statut != ABSENT for c in codes)
    }
    compares = [
        c
        for c in ecarts
        if siens.lire(c, contexte.zone, avant).statut != ABSENT
        or any(grille.lire(c, zone, avant).statut != ABSENT for zone in zones)
    ]
    notes = [*notes, *_notes(contexte, grille, siens, presentes, ecarts, compares)]
    ecarts = compares
    lignes = [
        Ligne(nom, _cellules(grille, zone, contexte, codes, ecarts))
        for zone, nom in presentes.items()
        if maille != contexte.maille
    ]
    if presentes:
        repere = lire(contexte.repere.maille, [contexte.repere.zone])
        lignes += _reperes(contexte, siens, repere, codes, ecarts)
    return Tableau(
        f"{titre}, {formats.periode(ici)}",
        entete,
        _colonnes(contexte, codes, ecarts),
        lignes,
        list(notes),
    )


def _notes(
    contexte: Contexte,
    grille: Grille,
    siens: Grille,
    presentes: Mapping[str, str],
    ecarts: Sequence[str],
    compares: Sequence[str],
) -> list[str]:
    """Comment lire les écarts, et pourquoi la somme des lignes peut différer de l'ensemble."""
    notes = []
    if compares:
        notes.append(NOTE_ECARTS)
    elif ecarts:
        notes.append("Aucune valeur un an plus tôt : les écarts ne sont pas montrés.")
    for code in siens.codes():
        if contexte.dossier.definition(code).agregation != "additif":
            continue
        tout = siens.lire(code, contexte.zone, contexte.periode).valeur
        parts = [grille.lire(code, zone, contexte.periode).valeur for zone in presentes]
        connues = [p for p in parts if p is not None]
        if tout is not None and len(connues) == len(parts) and abs(sum(connues) - tout) > 1:
            return [*notes, NOTE_SOMME]
    return notes


def _colonnes(contexte: Contexte, codes: Sequence[str], ecarts: Sequence[str]) -> list[Colonne]:
    colonnes: list[Colonne] = []
    for code in codes:
        definition = contexte.dossier.definition(code)
        colonnes += Colonne.avec_ecart(definition) if code in ecarts else [Colonne.pour(definition)]
    return colonnes


def _cellules(
    grille: Grille, zone: str, contexte: Contexte, codes: Sequence[str], ecarts: Sequence[str]
) -> list[Cellule]:
    cellules = []
    for code in codes:
        mesure = grille.lire(code, zone, contexte.periode)
        cellules.append(cellule(mesure))
        if code in ecarts:
            ancienne = grille.lire(code, zone, contexte.periode.an_dernier)
            cellules.append(cellule_ecart(mesure, ancienne))
    return cellules


def _reperes(
    contexte: Contexte,
    siens: Grille,
    plus_grand: Grille,
    codes: Sequence[str],
    ecarts: Sequence[str],
) -> list[Ligne]:
    avant = contexte.periode.an_dernier
    lignes = [
        Ligne(
            contexte.titre,
            _cellules(siens, contexte.zone, contexte, codes, ecarts),
            "total",
        )
    ]
    anciennes = [siens.lire(c, contexte.zone, avant) for c in codes]
    if any(m.statut != ABSENT for m in anciennes):
        cellules = []
        for code, mesure in zip(codes, anciennes, strict=True):
            cellules += [cellule(mesure), *([Cellule()] if code in ecarts else [])]
        lignes.append(Ligne("Un an plus tôt", cellules, "repere"))
    if contexte.a_un_repere:
        repere = contexte.repere
        cellules = _cellules(plus_grand, repere.zone, contexte, codes, ecarts)
        lignes.append(Ligne(repere.titre, cellules, "repere"))
    return lignes
