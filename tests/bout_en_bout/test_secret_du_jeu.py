"""Sur le jeu d'exemple entier, rien de ce qui est masqué ne se recalcule."""

from datetime import date

import polars as pl
import pytest

from rtpe_analyse.indicateurs import calculer_famille
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
        ("demandes", ["D1"]),
        ("contrats", ["ETP", "E4", "E7", "E8", "E9"]),
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
