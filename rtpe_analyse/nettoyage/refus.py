"""Les fichiers reçus qui n'ont pas pu être lus, consignés avec ceux que la réception a refusés."""

from collections.abc import Sequence

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nettoyage.etats import DROITS, EtatFichier
from rtpe_analyse.sources import Fiche
from rtpe_analyse.tableaux import ecrire_parquet

_SCHEMA = {
    "fichier": pl.String(),
    "code": pl.String(),
    "message": pl.String(),
    "empreinte": pl.String(),
    "refuse_le": pl.Date(),
}


def consigner_refus(lieux: Lieux, fiches: Sequence[Fiche], etats: Sequence[EtatFichier]) -> None:
    """Met à jour `rejets/fichiers_refuses.parquet` ; le message ne contient aucune valeur.

    Un fichier reçu qui se lit désormais en sort ; les refus de la réception restent.
    """
    chemin = lieux.rejets / "fichiers_refuses.parquet"
    anciens = pl.read_parquet(chemin) if chemin.exists() else pl.DataFrame(schema=_SCHEMA)
    refus = {e.fichier: e.refus for e in etats if e.refus}
    nouveaux = pl.DataFrame(
        [
            (f.nom, r[0], r[1], f.empreinte, f.recu_le)
            for f in fiches
            if (r := refus.get(f.empreinte_courte))
        ],
        schema=_SCHEMA,
        orient="row",
    )
    connus = [f.empreinte for f in fiches]
    gardes = anciens.filter(~pl.col("empreinte").is_in(connus))
    ensemble = pl.concat([gardes.select(pl.col(c).cast(t) for c, t in _SCHEMA.items()), nouveaux])
    if ensemble.height or anciens.height:
        ecrire_parquet(chemin, ensemble.sort("fichier", "empreinte"), droits=DROITS)
