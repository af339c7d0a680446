"""Le secret de la cascade : ses lignes se masquent ensemble, et K3 ne rend pas K2."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from rtpe_analyse.indicateurs import calculer_famille, indicateurs_declares
from rtpe_analyse.modeles import Niveau
from rtpe_analyse.reglementation import seuil_secret
from rtpe_analyse.secret import cellules_deductibles, porte, proteger
from rtpe_analyse.secret.cellules import CLE
from tests.conftest import Chaine

LE = date(2026, 9, 30)
NIVEAUX = ["interne", "diffusion"]
ZONE = ["maille", "zone", "pas", "periode"]


def ecrite(chaine: Chaine, niveau: str) -> pl.DataFrame:
    table = pl.read_parquet(chaine.lieux.indicateurs / niveau / "cascade.parquet")
    return table.with_columns(masque=pl.col("statut").str.starts_with("masque"))


@pytest.mark.parametrize("niveau", NIVEAUX)
def test_toutes_les_lignes_d_une_zone_ou_aucune(chaine: Chaine, niveau: str) -> None:
    enfants = ecrite(chaine, niveau).filter(pl.col("indicateur").is_in(["K2", "K2p"]))
    par_zone = enfants.group_by(ZONE).agg(
        pl.col("masque").any(), tout=pl.col("masque").all(), effectifs=pl.col("effectif").n_unique()
    )
    assert par_zone["masque"].any()
    assert par_zone.filter(pl.col("masque") != pl.col("tout")).is_empty()
    assert par_zone["effectifs"].unique().to_list() == [1]


@pytest.mark.parametrize("niveau", NIVEAUX)
def test_les_places_sont_publiques(chaine: Chaine, niveau: str) -> None:
    places = ecrite(chaine, niveau).filter(pl.col("indicateur").is_in(["K1", "K1p"]))
    assert places.height > 0
    assert not places["masque"].any()


def desaccords(table: pl.DataFrame) -> pl.DataFrame:
    """Zones où K2 montre les absences que K3 masque, ou l'inverse.

    Sans aucun absent, le total de K3 est nul et se lit toujours.
    """
    absences = table.filter(pl.col("modalite") == "20_absence", pl.col("indicateur") == "K2")
    totaux = table.filter(pl.col("indicateur") == "K3", pl.col("ventilation") == "")
    deux = absences.join(totaux, on=ZONE, suffix="_k3", validate="1:1")
    assert deux.height == absences.height > 0
    nul = (pl.col("effectif_k3") == 0).fill_null(False)
    return deux.filter(pl.col("masque") != pl.col("masque_k3"), ~nul)


@pytest.mark.parametrize("niveau", NIVEAUX)
def test_le_total_de_k3_et_les_absences_de_k2_se_masquent_ensemble(
    chaine: Chaine, niveau: str
) -> None:
    """C'est le même nombre : lisible d'un côté, il ne serait masqué nulle part."""
    assert desaccords(ecrite(chaine, niveau)).is_empty()


def test_mutation_sans_ce_lien_l_un_rend_l_autre(
    chaine: Chaine, monkeypatch: pytest.MonkeyPatch
) -> None:
    declares = {code: replace(i, redit="") for code, i in indicateurs_declares().items()}
    monkeypatch.setattr(porte, "indicateurs_declares", lambda: declares)
    meneuses = pl.read_parquet(chaine.lieux.indicateurs / "diffusion" / "occupation.parquet")
    table = proteger(calculer_famille(chaine.lieux, "cascade", LE), "diffusion", LE, meneuses)
    marquee = table.with_columns(masque=pl.col("statut").str.starts_with("masque"))
    assert not desaccords(marquee).is_empty()


@pytest.mark.parametrize("niveau", NIVEAUX)
@pytest.mark.parametrize("code", ["K2", "K3"])
def test_aucune_cellule_sous_le_seuil_ne_se_deduit(
    chaine: Chaine, niveau: Niveau, code: str
) -> None:
    """Ni dans sa période, ni du mois au trimestre.

    Une ligne souvent nulle (présences un jour fermé) peut rendre un grand établissement masqué
    pour en protéger un petit, quand tous les autres sont connus nuls : ce n'est le secret de
    personne. Le petit, lui, ne se relit jamais.
    """
    avant = calculer_famille(chaine.lieux, "cascade", LE)
    apres = ecrite(chaine, niveau)
    assert apres.filter("masque")["numerateur"].drop_nulls().is_empty()
    rendues = pl.DataFrame(
        cellules_deductibles(avant, apres, code),
        schema=dict.fromkeys(CLE, pl.String),
        orient="row",
    )
    situees = rendues.join(avant.filter(pl.col("indicateur") == code), on=CLE, validate="1:1")
    assert situees.height == rendues.height
    seuil = seuil_secret(niveau, "effectifs", LE)
    assert situees.filter(pl.col("effectif") < seuil).is_empty()


@pytest.mark.parametrize("niveau", NIVEAUX)
def test_chaque_motif_lisible_a_assez_d_absents(chaine: Chaine, niveau: Niveau) -> None:
    seuil = seuil_secret(niveau, "effectifs", LE)
    lisibles = ecrite(chaine, niveau).filter(pl.col("indicateur") == "K3", ~pl.col("masque"))
    assert lisibles.filter(pl.col("effectif") > 0)["effectif"].min() >= seuil  # type: ignore[operator]
