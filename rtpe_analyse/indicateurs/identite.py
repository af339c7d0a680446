"""Le contrôle T1 = T4 × P3 : trois chemins de calcul doivent se rejoindre."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import calculer
from rtpe_analyse.indicateurs.occupation import INDICATEURS as OCCUPATION
from rtpe_analyse.indicateurs.parts import en_parts
from rtpe_analyse.indicateurs.places import INDICATEURS as PLACES
from rtpe_analyse.indicateurs.places import parts_de_capacite
from rtpe_analyse.indicateurs.presences import realise
from rtpe_analyse.indicateurs.table import CLE_ZONE, TOLERANCE


def controler_identite(lieux: Lieux, le: date) -> pl.DataFrame:
    """Zones et périodes où T1 s'écarte de T4 × P3.

    T1 rapporte toutes les présences à la capacité du calendrier, T4 les présences des jours
    ouverts aux places offertes, P3 les places offertes à l'agrément, plage par plage. Une
    présence un jour non prévu ou fermé, un agrément mal joint, un horaire compté deux fois
    font apparaître un écart.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.

    Returns:
        `maille, zone, pas, periode, T1, T4, P3, ecart` (fractions, T1 − T4 × P3) ; vide si
        l'identité tient partout. Seules les zones dont les trois sont pleinement connus
        sont confrontées.
    """
    capacites, mesures = parts_de_capacite(lieux, le)
    parts = en_parts([mesures, realise(lieux, le, capacites)], lieux, le)
    declares = [i for i in (*OCCUPATION, *PLACES) if i.code in ("T1", "T4", "P3")]
    large = (
        calculer(declares, parts)
        .filter(pl.col("statut") == "diffusable")
        .pivot(on="indicateur", index=CLE_ZONE, values="valeur")
    )
    if not {"T1", "T4", "P3"} <= set(large.columns):
        return pl.DataFrame(schema=_SCHEMA)
    return (
        large.with_columns(ecart=pl.col("T1") - pl.col("T4") * pl.col("P3"))
        .filter(pl.col("ecart").abs() > TOLERANCE)
        .select(pl.col(nom).cast(genre) for nom, genre in _SCHEMA.items())
        .sort("maille", "zone", "pas", "periode")
    )


_SCHEMA = pl.Schema(
    {nom: pl.String() for nom in ("maille", "zone", "pas", "periode")}
    | {nom: pl.Float64() for nom in ("T1", "T4", "P3", "ecart")}
)
