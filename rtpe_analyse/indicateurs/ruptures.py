"""Ce qui coupe une série : un autre logiciel, un autre export, un autre territoire."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.propres import lire_admis

LOGICIEL, FICHIER, TERRITOIRE = "logiciel", "fichier", "territoire"


@dataclass(frozen=True)
class Origine:
    """D'où vient un fichier.

    Attributes:
        producteur: logiciel qui l'a produit.
        libelle: ce qu'est cet export.
    """

    producteur: str
    libelle: str


def changements_de_logiciel(lieux: Lieux, origines: Mapping[str, Origine]) -> list[dict[str, str]]:
    """Mois où un établissement change de logiciel, ou de genre d'export du même logiciel.

    L'origine d'un mois est celle de la plupart de ses pointages. Un mois sans pointage ne
    compte pas : le suivant se compare au dernier connu.

    Args:
        lieux: dossiers du jeu.
        origines: empreinte courte d'un fichier reçu → son origine.

    Returns:
        Par établissement puis par mois : `etablissement`, `le` (premier jour du mois,
        AAAA-MM-JJ), `nature` (`logiciel` ou `fichier`), `avant` et `apres` (les deux
        producteurs, ou les deux genres d'export).
    """
    connues = pl.DataFrame(
        [(fichier, o.producteur, o.libelle) for fichier, o in origines.items()],
        schema=dict.fromkeys(("_fichier", "producteur", "libelle"), pl.String),
        orient="row",
    )
    cle = ["etablissement", "le"]
    comptes = (
        lire_admis(lieux, "pointages")
        .group_by("etablissement", "_fichier", le=pl.col("date").dt.truncate("1mo"))
        .agg(n=pl.len())
        .collect(engine="streaming")
    )
    du_mois = (
        comptes.join(connues, on="_fichier")
        .group_by(*cle, "producteur", "libelle")
        .agg(pl.col("n").sum())
        .sort(*cle, "n", "producteur", "libelle", descending=[False, False, True, False, False])
        .unique(cle, keep="first", maintain_order=True)
    )
    precedent = pl.col("producteur", "libelle").shift().over("etablissement", order_by="le")
    suivis = du_mois.with_columns(precedent.name.suffix("_avant"))
    autre = pl.col("producteur") != pl.col("producteur_avant")
    return (
        suivis.filter(autre | (pl.col("libelle") != pl.col("libelle_avant")))
        .select(
            "etablissement",
            pl.col("le").dt.strftime("%Y-%m-%d"),
            nature=pl.when(autre).then(pl.lit(LOGICIEL)).otherwise(pl.lit(FICHIER)),
            avant=pl.when(autre).then("producteur_avant").otherwise("libelle_avant"),
            apres=pl.when(autre).then("producteur").otherwise("libelle"),
        )
        .to_dicts()
    )


def changements_de_territoire(lieux: Lieux) -> list[dict[str, str]]:
    """Jours où un établissement passe d'un territoire à un autre.

    Un rattachement repris sans changer de territoire n'en est pas un, ni le premier connu.

    Args:
        lieux: dossiers du jeu.

    Returns:
        Par établissement puis par date : `etablissement`, `le` (premier jour dans le nouveau
        territoire, AAAA-MM-JJ), `nature`, `avant` et `apres` (codes des deux territoires).
    """
    avant = pl.col("territoire").shift().over("etablissement", order_by="valide_du")
    return (
        lire_admis(lieux, "territoires")
        .with_columns(avant=avant)
        .filter(pl.col("territoire") != pl.col("avant"))
        .sort("etablissement", "valide_du")
        .select(
            "etablissement",
            "avant",
            le=pl.col("valide_du").dt.strftime("%Y-%m-%d"),
            nature=pl.lit(TERRITOIRE),
            apres="territoire",
        )
        .collect()
        .to_dicts()
    )
