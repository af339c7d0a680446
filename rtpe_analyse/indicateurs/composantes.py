"""Les composantes du besoin : ce qui distingue deux communes, ou deux IRIS, d'un département.

Chaque composante est un rapport de deux chiffres publics de la même année, la dernière que la
source publie. Rien n'est imputé : une zone que la source ne nomme pas reste inconnue.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.geographie import commune_de, communes_des_zones
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, INCONNU
from rtpe_analyse.indicateurs.quartiers import QUARTIERS, quartiers
from rtpe_analyse.indicateurs.valeurs_publiques import (
    ENFANTS,
    FICHIER,
    IRIS,
    sourcer,
    valeurs_des_lieux,
)
from rtpe_analyse.methodes.bayes import Loi
from rtpe_analyse.nomenclatures.publiques import lire_referentiel
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.tableaux import rapport

THEME = "indice_besoin"
MAILLES_COMPAREES = ("commune", "iris")
_QPV = "population_qpv"
_CODE_COMMUNE = 5


@dataclass(frozen=True)
class Composante:
    """Une composante du besoin à une maille.

    Attributes:
        code: nom stable, celui des poids publiés.
        sens: +1 si une hausse veut dire plus de besoin, −1 si elle veut dire moins.
        numerateur: variable publique, ou déduite de variables publiques.
        denominateur: de même ; vide si le numérateur est un taux publié sans effectif.
        loi: loi du numérateur sachant le dénominateur ; absente si l'effectif n'est pas
            publié ou s'il ne doit rien au hasard.
        enquetee: le numérateur vient d'un sondage (recensement).
        typologie: la composante sert aussi à ranger les zones en classes.
    """

    code: str
    sens: int
    numerateur: str
    denominateur: str = ""
    loi: Loi | None = None
    enquetee: bool = False
    typologie: bool = True


_EMPLOI = Composante("emploi", 1, "emploi_25_54", "population_25_54", "binomiale", True)
_MONOPARENTALITE = Composante(
    "monoparentalite", 1, "menages_monoparentaux", "menages_avec_enfants", "binomiale", True
)
_BAS_REVENUS = Composante("bas_revenus", 1, "taux_pauvrete")
COMPOSANTES: dict[str, tuple[Composante, ...]] = {
    "commune": (
        Composante("enfants", 1, "naissances", "population_25_54", "poisson"),
        _EMPLOI,
        _MONOPARENTALITE,
        _BAS_REVENUS,
        Composante("chomage", 1, "chomeurs_15_64", "actifs_15_64"),
        Composante("qpv", 1, _QPV, "population_communale", typologie=False),
        Composante("offre", -1, "places_total", ENFANTS, typologie=False),
        Composante("offre_collective", -1, "places_eaje", ENFANTS),
        Composante("offre_individuelle", -1, "places_accueil_individuel", ENFANTS),
    ),
    "iris": (
        Composante("enfants", 1, "population_moins_15", "population", "binomiale", True),
        _EMPLOI,
        _MONOPARENTALITE,
        _BAS_REVENUS,
        Composante("chomage", 1, "taux_chomage"),
        Composante("logement_social", 1, "logements_sociaux"),
    ),
}
# Une variable communale peut être une somme d'IRIS ; l'inverse n'existe pas.
_SOURCES = {"commune": (FICHIER, IRIS), "iris": (IRIS,)}


def lire_composantes(lieux: Lieux, le: date, maille: str) -> pl.DataFrame:
    """Toutes les composantes de chaque zone des départements du réseau.

    La part d'habitants en quartier prioritaire est celle du portrait : une commune dont un
    quartier déborde est « en partie » connue. Un IRIS trop peu peuplé (valeur
    datée `indice_besoin.population_minimale_iris`) a toutes ses composantes inconnues.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté : découpage, conventions, et dernière année lue.
        maille: `commune` ou `iris`.

    Returns:
        `departement, zone, composante, numerateur, denominateur, valeur, etat, annee,
        source` : une ligne par zone et par composante dont une année au moins est publiée
        dans le département ; `valeur` est un rapport (0,25), absent s'il n'est pas connu.

    Raises:
        ErreurDonneesManquantes: référentiel public absent.
    """
    publics = valeurs_des_lieux(lieux, le).filter(pl.col("annee") <= le.year)
    membres = (
        communes_des_zones(lieux, le)
        .filter(pl.col("maille") == "departement")
        .select("commune", departement="zone")
    )
    est_commune = pl.col("lieu").str.len_chars() == _CODE_COMMUNE
    if maille == "commune":
        table = publics.filter(est_commune)
        table = pl.concat([table, _quartiers(membres, table, lieux, le)], how="diagonal")
        zones = membres.select("departement", lieu="commune")
    else:
        lire_referentiel(lieux.referentiel, IRIS)  # refuse, au lieu d'un portrait sans colonne
        table = _iris(publics.filter(~est_commune))
        recenses = _derniers_habitants(table)
        zones = (
            recenses.filter(pl.col("annee") == pl.col("annee").max())
            .with_columns(commune=commune_de(pl.col("lieu")))
            .join(membres, on="commune")
        )
        minimum = int(valeur(THEME, "population_minimale_iris", le))
        peuples = recenses.filter(pl.col("population") >= minimum)
        table = table.join(peuples, on="lieu", how="semi")
    cases = [_case(c, table, zones, lieux, maille) for c in COMPOSANTES[maille]]
    return pl.concat(cases).sort("departement", "composante", "zone")


def _quartiers(
    membres: pl.DataFrame, communes: pl.DataFrame, lieux: Lieux, le: date
) -> pl.DataFrame:
    zones = membres.select(pl.lit("commune").alias("maille"), zone="commune", lieu="commune")
    part = QUARTIERS[-1].code
    tables = [t.filter(pl.col("indicateur") == part) for t in quartiers(zones, communes, lieux, le)]
    schema = {"lieu": pl.String, "annee": pl.Int64, _QPV: pl.Float64}
    vide = pl.DataFrame(
        schema={**schema, "population_communale": pl.Float64, "approche": pl.Boolean}
    )
    siennes = [
        t.select(
            lieu="zone",
            annee=pl.col("periode").cast(pl.Int64),
            population_qpv="numerateur",
            population_communale="denominateur",
            approche=pl.col("statut") == "a_verifier",
        )
        for t in tables
    ]
    return pl.concat([vide, *siennes], how="diagonal").filter(pl.col("annee") <= le.year)


def _derniers_habitants(table: pl.DataFrame) -> pl.DataFrame:
    recenses = table.drop_nulls("population").sort("annee")
    return recenses.group_by("lieu").agg(pl.col("annee", "population").last())


def _iris(publics: pl.DataFrame) -> pl.DataFrame:
    return publics.with_columns(
        taux_chomage=pl.col("taux_chomage_pct") / 100,
        logements_sociaux=pl.col("logements_sociaux_pct") / 100,
        approche=pl.lit(False),
    )


def _case(
    composante: Composante, table: pl.DataFrame, zones: pl.DataFrame, lieux: Lieux, maille: str
) -> pl.DataFrame:
    haut = pl.col(composante.numerateur).cast(pl.Float64)
    bas = pl.col(composante.denominateur).cast(pl.Float64) if composante.denominateur else None
    publiees = table.select(
        "lieu",
        "annee",
        numerateur=haut,
        denominateur=pl.lit(None, pl.Float64) if bas is None else bas,
        valeur=haut if bas is None else rapport(haut, bas),
        approche=pl.col("approche").fill_null(False),
    ).drop_nulls("valeur")
    siennes = zones.select("departement", "lieu")
    derniere = (
        siennes.join(publiees, on="lieu").group_by("departement").agg(annee=pl.col("annee").max())
    )
    rangees = siennes.join(derniere, on="departement").join(
        publiees, on=["lieu", "annee"], how="left"
    )
    return sourcer(rangees, lieux, *_provenances(composante, maille)).select(
        "departement",
        pl.lit(composante.code).alias("composante"),
        "numerateur",
        "denominateur",
        "valeur",
        "annee",
        "source",
        zone="lieu",
        etat=pl.when(pl.col("valeur").is_null())
        .then(INCONNU)
        .when("approche")
        .then(EN_PARTIE)
        .otherwise(CONNU),
    )


def _provenances(composante: Composante, maille: str) -> tuple[list[str], tuple[str, ...]]:
    """Les variables d'une composante, et les fichiers du référentiel où les chercher."""
    if composante.numerateur == _QPV:
        return ["population"], ("qpv",)
    publiees = {"taux_chomage": "taux_chomage_pct", "logements_sociaux": "logements_sociaux_pct"}
    colonnes = [c for c in (composante.numerateur, composante.denominateur) if c]
    return [publiees.get(c, c) for c in colonnes], _SOURCES[maille]
