"""Ce qu'il faut vérifier après une compilation du référentiel, en phrases et en comptes."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from rtpe_analyse.chemins import Jeu, Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.nettoyage.assemblage import chemin_ecarts
from rtpe_analyse.nomenclatures.communes import (
    FICHIER_COMMUNES,
    arrondissements_municipaux,
    departement_de,
)
from rtpe_analyse.nomenclatures.publiques import lire_referentiel
from rtpe_analyse.propres import lire_propre

_CITES = 5


def communes_sans_nom(dossier: Path, communes: pl.DataFrame | None) -> list[str]:
    """Les communes qui ont des chiffres mais ni nom ni département : elles ne comptent nulle part.

    Ce sont souvent des communes fusionnées depuis, ou un département dont aucun fichier ne
    nomme les communes. Un arrondissement municipal n'en est pas une.

    Args:
        dossier: dossier du référentiel, nomenclature à jour.
        communes: table large par commune × année, s'il y en a une.
    """
    if communes is None:
        return []
    chemin = dossier / FICHIER_COMMUNES
    connues = (
        pl.read_csv(chemin, columns=["code"], infer_schema=False) if chemin.is_file() else None
    )
    codes = communes["commune"].unique().sort()
    inconnus = codes if connues is None else codes.filter(~codes.is_in(connues["code"].implode()))
    arrondissements = inconnus.is_in(list(arrondissements_municipaux()))
    dites = []
    if arrondissements.any():
        dites.append(
            f"{arrondissements.sum()} arrondissement(s) municipaux ont des chiffres : ils servent "
            "aux zonages qui les citent ; les autres zones ont ceux de la commune entière."
        )
    inconnus = inconnus.filter(~arrondissements)
    if inconnus.is_empty():
        return dites
    cites = ", ".join(inconnus.head(_CITES)) + (" …" if len(inconnus) > _CITES else "")
    return [
        *dites,
        f"{len(inconnus)} commune(s) ont des chiffres mais aucun fichier ne les nomme ({cites}) : "
        "elles ne comptent dans aucune zone. Recevoir le code officiel géographique ou des "
        "contours ; d'une commune fusionnée, recevoir le passage vers la nouvelle.",
    ]


def reseaux_sans_chiffre(lieux: Lieux) -> list[str]:
    """Une phrase par jeu dont un établissement est dans un département sans chiffre public.

    Args:
        lieux: jeu courant ; les deux jeux sont regardés, le référentiel leur est commun.
    """
    try:
        decrites = lire_referentiel(lieux.referentiel, "communes_annee")["commune"]
    except ErreurDonneesManquantes:
        return []
    connus = set(decrites.to_frame("c").select(departement_de(pl.col("c"))).to_series())
    jeux: tuple[Jeu, ...] = ("exemple", "reel")
    dites = []
    for jeu in jeux:
        registre = lire_propre(replace(lieux, jeu=jeu), "etablissements")
        siens = registre.select(departement_de(pl.col("commune"))).collect().to_series()
        if muets := sorted(set(siens.drop_nulls()) - connus):
            dites.append(
                f"le jeu {jeu} a des établissements dans un département sans chiffre public "
                f"({', '.join(muets)}) : recevoir ses fichiers aussi."
            )
    return dites


def chiffres_revises(lieux: Lieux, table: str) -> int:
    """Nombre de chiffres qu'un fichier plus récent de la même source redit autrement.

    Args:
        lieux: jeu où les fichiers publics ont été nettoyés.
        table: table propre publique.
    """
    chemins = sorted(chemin_ecarts(lieux, table, "*").parent.glob(f"{table}.*.parquet"))
    ecarts = [pl.read_parquet(chemin, columns=["code"]) for chemin in chemins]
    return sum(e.filter(pl.col("code") == "version_anterieure").height for e in ecarts)
