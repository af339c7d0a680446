"""Invariants des contrats et de la Psu sur des réseaux tirés au hasard."""

import random
import tempfile
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtpe_analyse.secret import proteger
from tests.specifications.jeux_contrats import contrats_aleatoires
from tests.specifications.outils import LE, Jeu, egal

_GRAINES = st.integers(0, 60)
_REGLAGES = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_ZONE = ["maille", "zone", "pas", "periode"]


@cache
def jeu(graine: int) -> Jeu:
    return contrats_aleatoires(Path(tempfile.mkdtemp()), graine)


@cache
def calculee(graine: int, famille: str = "contrats") -> pl.DataFrame:
    return jeu(graine).calculer(famille)


@_REGLAGES
@given(graine=_GRAINES)
@pytest.mark.parametrize(
    ("code", "ventilation", "total"),
    [
        ("E4", "age", "E4"),
        ("E5", "jours", "E4"),
        ("E6", "type_accueil", "E4"),
        ("E7", "age", "E7"),
        ("E8", "age", "E8"),
        ("E9", "age", "E9"),
    ],
)
def test_les_modalites_partagent_l_ensemble(graine, code, ventilation, total):
    """« inconnu » compris : aucun enfant n'est perdu, à aucune maille."""
    table = calculee(graine)
    parties = (
        table.filter(pl.col("indicateur") == code, pl.col("ventilation") == ventilation)
        .drop_nulls("valeur")
        .group_by(_ZONE)
        .agg(somme=pl.col("valeur").sum())
    )
    tout = table.filter(pl.col("indicateur") == total, pl.col("ventilation") == "")
    jointes = parties.join(tout.drop_nulls("valeur"), on=_ZONE)
    assert len(jointes) == len(parties) > 10
    assert (jointes["valeur"] - jointes["somme"]).abs().max() < 1e-9


@_REGLAGES
@given(graine=_GRAINES)
@pytest.mark.parametrize(
    ("famille", "code"),
    [("contrats", "E9"), ("psu", "G1"), ("psu", "G3f"), ("psu", "G3r")],
)
def test_les_etablissements_font_le_departement(graine, famille, code):
    table = calculee(graine, famille).filter(pl.col("indicateur") == code)
    cle = ["pas", "periode", "ventilation", "modalite"]
    large = (
        table.group_by(*cle, "maille")
        .agg(pl.col("numerateur").sum())
        .pivot(on="maille", index=cle, values="numerateur")
    )
    assert len(large) > 2
    for maille in ("etablissement", "territoire"):
        assert large[maille].to_list() == [egal(v) for v in large["departement"]]
    if code == "E9":  # sans détail par âge à la commune
        assert large.filter(pl.col("ventilation") != "")["commune"].is_null().all()
        large = large.filter(pl.col("ventilation") == "")
    assert large["commune"].to_list() == [egal(v) for v in large["departement"]]


@_REGLAGES
@given(graine=_GRAINES)
@pytest.mark.parametrize("code", ["E4", "E7", "E8"])
def test_un_distinct_est_entre_le_plus_grand_et_la_somme(graine, code):
    """Sauf les mouvements : un enfant qui change d'établissement n'entre pas dans le réseau."""
    table = calculee(graine).filter(pl.col("indicateur") == code, pl.col("ventilation") == "")
    bornes = (
        table.filter(pl.col("maille") == "etablissement")
        .group_by("pas", "periode")
        .agg(plus=pl.col("valeur").sum(), moins=pl.col("valeur").max())
    )
    tout = table.filter(pl.col("maille") == "departement").join(bornes, on=["pas", "periode"])
    assert len(tout) > 2
    assert (tout["valeur"] <= tout["plus"]).all()
    if code == "E4":
        assert (tout["valeur"] >= tout["moins"]).all()


@_REGLAGES
@given(graine=_GRAINES, ordre=st.integers(0, 1000))
@pytest.mark.parametrize("famille", ["contrats", "psu"])
def test_l_ordre_des_lignes_est_indifferent(famille, graine, ordre):
    source, hasard = jeu(graine), random.Random(ordre)
    with tempfile.TemporaryDirectory() as dossier:
        melange = Jeu(Path(dossier))
        for table in source.lieux.propre.iterdir():
            lignes = source.lire(table.name).drop("_fichier", "_ligne").to_dicts()
            hasard.shuffle(lignes)
            melange.ecrire(table.name, lignes)
        assert melange.calculer(famille).equals(calculee(graine, famille))


@_REGLAGES
@given(graine=_GRAINES)
@pytest.mark.parametrize("famille", ["contrats", "psu"])
def test_rien_de_petit_ne_se_lit(famille, graine):
    table = calculee(graine, famille)
    assert table.filter(pl.col("valeur").is_not_null())["effectif"].null_count() == 0
    lisibles = proteger(table, "diffusion", LE).filter(pl.col("valeur").is_not_null())
    assert lisibles.filter(pl.col("effectif").is_between(1, 10)).is_empty()


@_REGLAGES
@given(graine=_GRAINES)
def test_la_zone_degressive_tient_dans_les_heures_facturees(graine):
    table = calculee(graine, "psu")
    part = table.filter(pl.col("indicateur") == "G2")["valeur"].drop_nulls()
    assert len(part) > 0
    # Au plus 13 points de pour cent du réalisé, soit 13/120 du facturé.
    assert part.is_between(0, 13 / 120 + 1e-12).all()


def test_le_hasard_des_essais_n_est_pas_trivial():
    """Des enfants sans naissance, des contrats sans fin, sans heures, sans planning, renversés."""
    essai = jeu(7)
    contrats = essai.lire("contrats")
    assert essai.lire("enfants")["mois_naissance"].null_count() > 3
    assert contrats["fin"].null_count() > 10
    assert contrats["heures_hebdo_h"].null_count() > 10
    assert len(set(contrats["contrat"]) - set(essai.lire("plannings")["contrat"])) > 10
    assert (contrats["fin"] < contrats["debut"]).any()
