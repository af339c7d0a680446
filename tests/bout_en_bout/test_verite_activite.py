"""La cascade calculée par la chaîne est celle des faits du générateur, à la minute."""

import csv
from datetime import date

import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs import calculer_famille
from rtpe_analyse.nomenclatures import liste_fermee
from tests.conftest import RECU_LE, Chaine

pytestmark = pytest.mark.lent
CLE = ["etablissement", "mois"]
# Ce que le générateur ne redit pas : places tenues, qu'un recalcul SQL vérifie par ailleurs.
NON_REDITES = {"non_attribue", "attribue", "temps_partiel", "surcontractualisation"}
# Lignes que le jeu ne sème pas : ses pointages donnent toujours une durée.
NON_SEMEES = {"duree_inconnue"}
PREMIERE_MOITIE = "K1"
TOLERANCE_H = 1e-4  # la chaîne arrondit les heures lues au millionième


@pytest.fixture(scope="module")
def cascade(chaine: Chaine) -> pl.DataFrame:
    """Cascade mensuelle par établissement : `etablissement, mois, modalite, indicateur, trouve`."""
    longue = calculer_famille(chaine.lieux, "cascade", date.fromisoformat(RECU_LE))
    return longue.filter(
        pl.col("maille") == "etablissement",
        pl.col("pas") == "mois",
        pl.col("indicateur").is_in([PREMIERE_MOITIE, "K2"]),
    ).select(
        "indicateur",
        etablissement="zone",
        mois=pl.col("periode").str.to_date("%Y-%m", strict=False),
        modalite=pl.col("modalite").str.slice(3),
        trouve="valeur",
    )


def _salis(lieux: Lieux) -> pl.DataFrame:
    """Établissements × mois dont une ligne de présence, salie exprès, a été rejetée.

    Un classeur porte son code et son mois dans son nom ; dans un fichier mensuel, le nom de
    l'établissement n'est jamais la cellule salie d'une ligne rejetée.
    """
    rejets = pl.read_parquet(lieux.racine / "verite.parquet").filter(pl.col("issue") == "rejete")
    with (lieux.depot / "etablissements.csv").open(encoding="cp1252", newline="") as flux:
        codes = {r["Nom"]: r["Code"] for r in csv.DictReader(flux, delimiter=";")}
    touches = set()
    for fichier, ligne in rejets.select("fichier", "ligne").iter_rows():
        if fichier.startswith("presences_"):
            _, code, mois = fichier.removesuffix(".xlsx").split("_")[:3]
        elif fichier.startswith("pointages_"):
            lignes = (lieux.depot / fichier).read_text(encoding="cp1252").splitlines()
            code, mois = codes[lignes[ligne - 1].split(";")[1]], fichier[10:17]
        else:
            continue
        touches.add((code, date.fromisoformat(f"{mois}-01")))
    return pl.DataFrame(
        sorted(touches), schema={"etablissement": pl.String, "mois": pl.Date}, orient="row"
    )


def _confronter(lieux: Lieux, cascade: pl.DataFrame) -> pl.DataFrame:
    verite = pl.read_parquet(lieux.racine / "verite_activite.parquet").filter(
        pl.col("grandeur") == "cascade"
    )
    confrontes = cascade.filter(~pl.col("modalite").is_in(list(NON_REDITES))).join(
        verite, on=[*CLE, "modalite"], how="full", coalesce=True
    )
    return confrontes.with_columns(pl.col("valeur").fill_null(0.0))


def test_les_places_agreees_et_ouvertes_sont_celles_des_faits(
    chaine: Chaine, cascade: pl.DataFrame
) -> None:
    places = cascade.filter(pl.col("indicateur") == PREMIERE_MOITIE)
    dites = places["modalite"].unique().implode()
    confrontes = _confronter(chaine.lieux, places).filter(pl.col("modalite").is_in(dites))
    assert confrontes["trouve"].null_count() == 0 and len(confrontes) > 500
    assert confrontes.filter((pl.col("trouve") - pl.col("valeur")).abs() > TOLERANCE_H).rows() == []


def test_les_enfants_attendus_et_venus_sont_ceux_des_faits(
    chaine: Chaine, cascade: pl.DataFrame
) -> None:
    """Écartés : mois dont une ligne a été rejetée, et mois que la chaîne dit inconnus."""
    confrontes = _confronter(chaine.lieux, cascade).filter(pl.col("trouve").is_not_null())
    propres = confrontes.join(_salis(chaine.lieux), on=CLE, how="anti")
    assert propres.select(CLE).unique().height > 30
    assert propres.filter((pl.col("trouve") - pl.col("valeur")).abs() > TOLERANCE_H).rows() == []


def test_chaque_ligne_de_la_cascade_se_produit(cascade: pl.DataFrame) -> None:
    produites = set(cascade.filter(pl.col("trouve") != 0)["modalite"])
    attendues = {code[3:] for code in liste_fermee("lignes_cascade")}
    assert attendues - produites == NON_SEMEES
