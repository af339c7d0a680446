"""Le portrait public d'une zone, à côté d'une autre au choix du lecteur."""

import polars as pl

from rtpe_analyse.restitution import phrases
from rtpe_analyse.restitution.besoins import FAMILLE, SANS_CHIFFRE, dernieres
from rtpe_analyse.restitution.contexte import Contexte, Repere
from rtpe_analyse.restitution.mesures import ABSENT, Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

PORTRAIT = (
    *("S3", "S2", "S2v", "S1", "S1n", "S7"),
    *("S4", "S5", "S6", "S8", "S9", "S10", "S11"),
    *("B1", "S14", "B1u", "B1r", "S15", "S16"),
)
"""Les chiffres du portrait, dans l'ordre de lecture : population, familles, accueil."""


def portrait(contexte: Contexte, comparaison: str = "") -> Restitution:
    """Tableau : la population et l'offre, la zone et celle qu'on lui compare.

    Un chiffre publié pour une seule des deux zones s'affiche ; l'absence de l'autre se voit.

    Args:
        contexte: zone et période du rapport.
        comparaison: `territoire:T2`, `zonage:Z1`… ; vide, celle du rapport.
    """
    titre = "Portrait public de la zone"
    autre = choisir(contexte, comparaison)
    paires = dernieres(contexte, codes(contexte, PORTRAIT), autre)
    utiles = [(ici, la) for ici, la in paires if ici.statut != ABSENT or la.lisible]
    if not any(ici.lisible or la.lisible for ici, la in utiles):
        return sans_figure(titre, SANS_CHIFFRE)
    colonnes = [Colonne(contexte.titre)]
    colonnes += [Colonne(autre.titre)] if autre.zone else []
    colonnes += [Colonne("Millésime", nombre=False), Colonne("Source", nombre=False)]
    montrees = [la if autre.zone and not ici.lisible else ici for ici, la in utiles]
    sources = list(dict.fromkeys(s for m in montrees for s in _sources(m)))
    lignes = [
        Ligne(
            ici.definition.libelle,
            [
                _case(ici),
                *([_case(la)] if autre.zone else []),
                Cellule(montree.millesime),
                Cellule(", ".join(str(sources.index(s) + 1) for s in _sources(montree))),
            ],
            code=ici.definition.code,
        )
        for (ici, la), montree in zip(utiles, montrees, strict=True)
    ]
    notes = [n for code in codes(contexte, ("S8", "S9")) if (n := _eventail(contexte, code))]
    notes.append(f"Sources : {' ; '.join(f'{n}. {s}' for n, s in enumerate(sources, 1))}.")
    return Tableau(titre, "Chiffre public", colonnes, lignes, notes).rendre()


def millesimes(contexte: Contexte) -> Restitution:
    """Tableau : les mêmes chiffres de la zone, une année par colonne."""
    titre = "Le portrait, année par année"
    grille = contexte.grille(codes(contexte, PORTRAIT), contexte.maille, [contexte.zone])
    annees = sorted(
        {
            annee
            for code in grille.codes()
            for annee in grille.periodes(code)
            if annee <= str(contexte.periode.annee)
            and grille.lire(code, contexte.zone, annee).lisible
        }
    )
    if not annees:
        return sans_figure(titre, SANS_CHIFFRE)
    lignes = []
    for code in codes(contexte, PORTRAIT):
        suite = [grille.lire(code, contexte.zone, annee) for annee in annees]
        if any(m.lisible for m in suite):
            definition = contexte.dossier.definition(code)
            entete = f"{definition.libelle} ({definition.unite})"
            lignes.append(Ligne(entete, [cellule(m) for m in suite]))
    note = "Une case sans chiffre est une année que la source ne publie pas, jamais un zéro."
    colonnes = [Colonne(a) for a in annees]
    return Tableau(titre, "Chiffre public", colonnes, lignes, [note]).replier()


def choisir(contexte: Contexte, comparaison: str) -> Repere:
    """La zone comparée d'un contenu : la sienne s'il en donne une, sinon celle du rapport.

    Raises:
        ErreurUsage: zone inconnue.
    """
    return contexte.zone_comparee(comparaison) if comparaison else contexte.comparee


def codes(contexte: Contexte, voulus: tuple[str, ...]) -> list[str]:
    """Ceux des indicateurs voulus que le dossier porte, dans l'ordre voulu."""
    presents = set(contexte.dossier.codes(FAMILLE))
    return [c for c in voulus if c in presents]


def _eventail(contexte: Contexte, code: str) -> str:
    """Ce qui ne s'additionne pas se dit par ses extrêmes : les communes de la zone."""
    if contexte.maille == "commune":
        return ""
    communes = contexte.communes
    if contexte.maille == "departement":
        siennes = contexte.zones("commune").filter(pl.col("parent") == contexte.zone)
        communes = dict(siennes.select("zone", "libelle").iter_rows())
    grille = contexte.grille([code], "commune", communes)
    annee = grille.derniere_lisible(code, communes, contexte.periode.annee)
    mesures = {nom: grille.lire(code, c, annee) for c, nom in communes.items()}
    bouts = phrases.extremes(mesures)
    if bouts is None:
        return ""
    bas, haut = bouts
    return (
        f"{contexte.dossier.definition(code).libelle}, selon la commune : de {mesures[bas]} "
        f"({bas}) à {mesures[haut]} ({haut}) en {annee}."
    )


def _sources(mesure: Mesure) -> list[str]:
    return (mesure.source or mesure.definition.source).split(" ; ")


def _case(mesure: Mesure) -> Cellule:
    nue = cellule(mesure)
    return Cellule(str(mesure), marque=nue.marque) if mesure.lisible else nue
