"""Le tableau type : une zone par ligne, puis le tout, l'an dernier et le département."""

from collections.abc import Mapping, Sequence

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

    Returns:
        Un tableau sans ligne si aucune zone n'a de valeur sur la période.
    """
    if zones is None:
        zones = contexte.etablissements
    ici, avant = contexte.periode, contexte.periode.an_dernier
    grille = contexte.grille(codes, maille, zones, [ici, avant])
    presentes = {
        zone: nom
        for zone, nom in zones.items()
        if any(grille.lire(c, zone, ici).statut != ABSENT for c in codes)
    }
    lignes = [
        Ligne(nom, _cellules(grille, zone, contexte, codes, ecarts))
        for zone, nom in presentes.items()
    ]
    if lignes:
        lignes += _reperes(contexte, codes, ecarts)
    return Tableau(
        f"{titre}, {formats.periode(ici)}",
        entete,
        _colonnes(contexte, codes, ecarts),
        lignes,
        [*notes, *([NOTE_ECARTS] if ecarts else [])],
    )


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


def _reperes(contexte: Contexte, codes: Sequence[str], ecarts: Sequence[str]) -> list[Ligne]:
    ici, avant = contexte.periode, contexte.periode.an_dernier
    siens = contexte.grille(codes, contexte.maille, [contexte.zone], [ici, avant])
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
        lignes.append(Ligne(f"Un an plus tôt ({formats.periode(avant)})", cellules, "repere"))
    if contexte.a_un_repere:
        departement = contexte.grille(codes, "departement", [contexte.departement], [ici, avant])
        cellules = _cellules(departement, contexte.departement, contexte, codes, ecarts)
        lignes.append(Ligne("Département", cellules, "repere"))
    return lignes
