"""Sur le jeu d'exemple entier, rien de ce qui est masqué ne se recalcule."""

from datetime import date

import polars as pl
import pytest

from rtpe_analyse.indicateurs import calculer_famille, indicateurs_declares
from rtpe_analyse.modeles import Niveau, Periode
from rtpe_analyse.secret import cellules_deductibles
from tests.conftest import Chaine

LE = date(2026, 9, 30)


@pytest.mark.parametrize("niveau", ["interne", "diffusion"])
@pytest.mark.parametrize(
    ("famille", "codes"),
    [
        ("occupation", ["H1", "H2"]),
        ("enfants", ["E1"]),
        ("demandes", ["D1", "D5", "D8", "D9"]),
        ("contrats", ["ETP", "E4", "E7", "E8", "E9"]),
        ("flux", ["M1"]),
    ],
)
def test_aucune_cellule_masquee_ne_se_deduit(
    chaine: Chaine, niveau: Niveau, famille: str, codes: list[str]
) -> None:
    avant = calculer_famille(chaine.lieux, famille, LE)
    ecrite = pl.read_parquet(chaine.lieux.indicateurs / niveau / f"{famille}.parquet")
    masquees = ecrite.filter(pl.col("statut").str.starts_with("masque"))
    assert masquees.height > 0
    assert masquees["numerateur"].drop_nulls().is_empty()
    for code in codes:
        assert cellules_deductibles(avant, ecrite, code) == []


@pytest.mark.parametrize("niveau", ["interne", "diffusion"])
def test_un_taux_masque_ne_se_relit_ni_en_variation_ni_en_prevision(
    chaine: Chaine, niveau: Niveau
) -> None:
    """Là où T1 est masqué, rien de V1, V2, N1, N2 ne se lit : ni cette année, ni la suivante."""
    dossier = chaine.lieux.indicateurs / niveau
    taux = pl.read_parquet(dossier / "occupation.parquet").filter(
        pl.col("indicateur") == "T1", pl.col("statut").str.starts_with("masque")
    )
    masquees = set(taux.select("maille", "zone", "periode").rows())
    menees = pl.concat(
        pl.read_parquet(dossier / f"{famille}.parquet") for famille in ("variations", "previsions")
    ).filter(pl.col("indicateur").is_in(["V1", "V2", "N1", "N2"]), pl.col("valeur").is_not_null())
    for maille, zone, periode in menees.select("maille", "zone", "periode").iter_rows():
        for quand in (periode, str(Periode.lire(periode).an_dernier)):
            assert (maille, zone, quand) not in masquees


SUIVIS = ("occupation", "contrats", "demandes", "cascade", "etats", "psu", "enfants")


@pytest.mark.parametrize("famille", SUIVIS)
def test_le_lien_du_trimestre_a_ses_mois_est_declare(chaine: Chaine, famille: str) -> None:
    """Un trimestre toujours égal à ses mois, ou à leur dernier, le dit (`au_trimestre`)."""
    table = calculer_famille(chaine.lieux, famille, LE).filter(pl.col("numerateur") > 0)
    cle = ["indicateur", "maille", "zone", "ventilation", "modalite"]
    mensuels = table.filter(pl.col("pas") == "mois").with_columns(
        trimestre=pl.col("periode").map_elements(
            lambda p: str(Periode.contenant(Periode.lire(p).debut, "trimestre")), pl.String
        )
    )
    liens = (
        mensuels.sort("periode")
        .group_by(*cle, periode="trimestre")
        .agg(somme=pl.col("numerateur").sum(), fin=pl.col("numerateur").last())
        .join(table.filter(pl.col("pas") == "trimestre"), on=[*cle, "periode"])
        .filter(pl.col("somme") != pl.col("fin"))
        .group_by("indicateur")
        .agg(((pl.col(c) - pl.col("numerateur")).abs() < 1e-6).all() for c in ("somme", "fin"))
    )
    trouves = {
        code: "somme" if somme else "fin" if fin else "" for code, somme, fin in liens.iter_rows()
    }
    declares = indicateurs_declares()
    seuls = [c for c in trouves if declares[c].contributeur and "+" not in declares[c].contributeur]
    assert seuls or famille == "enfants"
    assert {c: trouves[c] for c in seuls} == {c: declares[c].au_trimestre for c in seuls}
