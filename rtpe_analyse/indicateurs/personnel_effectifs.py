"""Agents présents au même instant : ce que le secret compte pour la famille « personnel ».

Aucun agent n'est suivi : le nombre d'agents distincts d'une zone est inconnu, et ceux qui
sont présents ensemble en sont un minorant. Une qualification qu'un seul agent tient à la
fois donne un effectif de un : le chiffre qui en dépend est masqué.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.encadrement import ENCADRANTS
from rtpe_analyse.indicateurs.parts import PERIODE, ZONES, periodes
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.table import CLE_ZONE
from rtpe_analyse.modeles import MAILLES


def compter_agents(
    lieux: Lieux, le: date, parts: pl.DataFrame, presents: pl.DataFrame
) -> Mapping[str, pl.DataFrame]:
    """Effectifs du secret, par zone et période.

    Args:
        lieux: dossiers du jeu (rattachements).
        le: date d'arrêté.
        parts: table de `en_parts` ; ses zones sont celles du résultat.
        presents: `etablissement, date`, et le plus grand nombre d'agents présents au même
            quart d'heure du jour : `encadrants`, `diplome`, `autre_qualifie`.

    Returns:
        `encadrants` : agents encadrants présents au plus au même instant de la période,
        sommés sur les établissements ; `qualifications` : le même compte pour la
        qualification la moins fournie parmi celles qui existent. Chacun porte `CLE_ZONE` et
        son nom ; zéro si personne.
    """
    comptes = ["encadrants", *ENCADRANTS]
    vus = periodes(
        rattacher(presents, lieux).with_columns(ventilation=pl.lit(""), modalite=pl.lit("")), le
    )
    par_etablissement = vus.group_by(*PERIODE, *ZONES).agg(pl.col(comptes).max())
    zones = []
    for maille in MAILLES:
        sommes = par_etablissement.group_by(*PERIODE, zone=maille).agg(pl.col(comptes).sum())
        zones.append(
            parts.select(*PERIODE, zone=maille)
            .unique()
            .with_columns(maille=pl.lit(maille))
            .join(sommes, on=[*PERIODE, "zone"], how="left")
        )
    existantes = [pl.when(pl.col(q) > 0).then(pl.col(q)) for q in ENCADRANTS]
    tous = pl.concat(zones).with_columns(
        pl.col("encadrants").fill_null(0).cast(pl.Int64),
        qualifications=pl.min_horizontal(existantes).fill_null(0).cast(pl.Int64),
    )
    return {nom: tous.select(*CLE_ZONE, nom) for nom in ("encadrants", "qualifications")}
