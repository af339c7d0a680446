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


@pytest.mark.parametrize("niveau", ["interne", "diffusion"])
def test_ni_la_cascade_ni_le_profil_ne_redisent_un_taux_masque(
    chaine: Chaine, niveau: Niveau
) -> None:
    """K2 finit par les heures de T1, et les créneaux de F1 en font la somme."""
    dossier = chaine.lieux.indicateurs / niveau
    zone = ["maille", "zone", "pas", "periode"]
    masques = pl.read_parquet(dossier / "occupation.parquet").filter(
        pl.col("indicateur") == "T1", pl.col("statut").str.starts_with("masque")
    )
    for famille, codes in {"cascade": ["K2", "K2p", "K3"], "profil": ["F1", "F4", "F5"]}.items():
        lus = pl.read_parquet(dossier / f"{famille}.parquet").filter(
            pl.col("indicateur").is_in(codes), pl.col("numerateur") > 0
        )
        assert lus.height > 0
        assert lus.join(masques, on=zone, how="semi").is_empty()


@pytest.mark.parametrize("niveau", ["interne", "diffusion"])
def test_les_enfants_sous_contrat_ne_rendent_ni_entrees_ni_sorties(
    chaine: Chaine, niveau: Niveau
) -> None:
    """Un attaquant : E4 d'une période, moins celui d'avant, donne les entrées moins les sorties.

    Il lit l'une dès qu'il lit l'autre : elles se masquent ensemble.
    """
    table = pl.read_parquet(chaine.lieux.indicateurs / niveau / "contrats.parquet")
    cle = ["maille", "zone", "pas", "periode", "ventilation", "modalite"]
    masque = pl.col("statut").str.starts_with("masque")
    flux = table.filter(pl.col("indicateur").is_in(["E7", "E8"])).group_by(cle)
    ensemble = flux.agg(un=masque.any(), tous=masque.all())
    assert ensemble.height > 0
    assert ensemble.filter(pl.col("un") != pl.col("tous")).is_empty()


def test_douze_mois_de_reponses_ne_rendent_aucun_trimestre(chaine: Chaine) -> None:
    """Le taux d'un trimestre ne se publie pas là où D4a, sur douze mois, le rendrait."""
    table = pl.read_parquet(chaine.lieux.indicateurs / "interne" / "demandes.parquet")
    mailles = dict(table.group_by("indicateur").agg(pl.col("maille").unique().sort()).iter_rows())
    for code in ("D2", "D3", "D3q", "D4"):
        assert mailles[code] == ["departement", "territoire"]
    assert "etablissement" in mailles["D4a"]


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
