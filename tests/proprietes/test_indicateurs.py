"""Invariants des indicateurs sur des réseaux tirés au hasard."""

import tempfile
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtpe_analyse.erreurs import ErreurControle
from rtpe_analyse.indicateurs import FAMILLES, Indicateur, controler_identite
from rtpe_analyse.indicateurs.modele import Additif, SommeDeMoyennes
from rtpe_analyse.indicateurs.table import controler_sommes
from rtpe_analyse.secret import proteger
from tests.specifications.outils import LE, Jeu, egal, reseau_aleatoire

_GRAINES = st.integers(0, 40)
_REGLAGES = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_CLE = ["indicateur", "pas", "periode", "ventilation", "modalite"]
_FAMILLES = [f for f in FAMILLES if f != "besoins"]


@cache
def jeu(graine: int) -> Jeu:
    return reseau_aleatoire(Path(tempfile.mkdtemp()), graine)


@cache
def calculee(graine: int, famille: str) -> pl.DataFrame:
    return jeu(graine).calculer(famille)


def _codes(famille: str, *agregations: type) -> list[str]:
    return [i.code for i in FAMILLES[famille].indicateurs if isinstance(i.agregation, agregations)]


@_REGLAGES
@given(_GRAINES)
@pytest.mark.parametrize("famille", ["places", "occupation", "contrats"])
def test_la_somme_des_parties_egale_le_tout(famille, graine):
    table = calculee(graine, famille).filter(
        pl.col("indicateur").is_in(_codes(famille, Additif, SommeDeMoyennes))
    )
    sommes = table.group_by(*_CLE, "maille").agg(pl.col("numerateur").sum())
    large = sommes.pivot(on="maille", index=_CLE, values="numerateur")
    assert len(large) > 0
    for maille in ("etablissement", "commune", "territoire"):
        colonnes = ("indicateur", "ventilation", maille, "departement")
        for code, ventilation, partie, tout in large.select(colonnes).rows():
            if partie is None:  # un détail qui ne se donne pas à la commune
                assert maille == "commune"
                assert (code in {"E9", "E9h"} and ventilation != "") or code == "D7"
            else:
                assert partie == egal(tout)


@_REGLAGES
@given(_GRAINES)
def test_les_trois_mois_font_le_trimestre(graine):
    for famille in ("places", "occupation"):
        table = calculee(graine, famille).filter(
            pl.col("indicateur").is_in(_codes(famille, Additif))
        )
        cle = ["indicateur", "maille", "zone"]
        sommes = table.group_by(*cle, "pas").agg(pl.col("numerateur").sum())
        for mois, trimestre in sommes.pivot(on="pas", index=cle).select("mois", "trimestre").rows():
            assert mois == egal(trimestre)


@_REGLAGES
@given(_GRAINES)
def test_un_distinct_est_au_plus_la_somme_et_au_moins_le_maximum(graine):
    table = calculee(graine, "enfants").filter(pl.col("indicateur") == "E1")
    parts = table.filter(pl.col("maille") == "etablissement")
    bornes = parts.group_by("periode").agg(
        plus=pl.col("valeur").sum(), moins=pl.col("valeur").max()
    )
    tout = table.filter(pl.col("maille") == "departement").join(bornes, on="periode")
    assert len(tout) == 4
    assert (tout["valeur"] <= tout["plus"]).all()
    assert (tout["valeur"] >= tout["moins"]).all()


@_REGLAGES
@given(_GRAINES)
def test_l_identite_t1_t4_p3_tient(graine):
    assert controler_identite(jeu(graine).lieux, LE).is_empty()


@_REGLAGES
@given(_GRAINES, st.randoms(use_true_random=False))
@pytest.mark.parametrize("famille", _FAMILLES)
def test_l_ordre_des_lignes_est_indifferent(famille, graine, hasard):
    """Et deux passages donnent la même table, à l'octet."""
    source = jeu(graine)
    with tempfile.TemporaryDirectory() as dossier:
        melange = Jeu(Path(dossier))
        for table in source.lieux.propre.iterdir():
            lignes = source.lire(table.name).drop("_fichier", "_ligne").to_dicts()
            hasard.shuffle(lignes)
            melange.ecrire(table.name, lignes)
        autre = melange.calculer(famille)
    assert autre.equals(calculee(graine, famille))
    assert source.calculer(famille).equals(autre)


@_REGLAGES
@given(_GRAINES)
@pytest.mark.parametrize("famille", _FAMILLES)
def test_ni_infini_ni_nan_et_un_statut_qui_dit_vrai(famille, graine):
    table = calculee(graine, famille)
    for colonne in ("numerateur", "denominateur", "valeur"):
        assert table[colonne].is_finite().fill_null(True).all()
    assert set(table["statut"]) <= {"diffusable", "a_verifier", "non_calculable"}
    assert ((table["statut"] == "non_calculable") == table["valeur"].is_null()).all()
    soumis = {i.code for i in FAMILLES[famille].indicateurs if i.soumis_au_secret}
    lisibles = table.filter(pl.col("indicateur").is_in(soumis), pl.col("valeur").is_not_null())
    assert lisibles["effectif"].null_count() == 0


@_REGLAGES
@given(_GRAINES)
def test_proteger_ne_laisse_lire_aucun_petit_effectif(graine):
    for famille in _FAMILLES:
        soumis = [i.code for i in FAMILLES[famille].indicateurs if i.soumis_au_secret]
        apres = proteger(calculee(graine, famille), "diffusion", LE)
        lisibles = apres.filter(pl.col("indicateur").is_in(soumis), pl.col("valeur").is_not_null())
        assert lisibles.filter(pl.col("effectif").is_between(1, 10)).is_empty()


def test_une_somme_qui_ne_tombe_pas_juste_arrete_tout():
    table = calculee(7, "places")
    indicateurs: tuple[Indicateur, ...] = FAMILLES["places"].indicateurs
    controler_sommes(table, indicateurs)
    fausse = table.with_columns(
        numerateur=pl.when((pl.col("indicateur") == "H0") & (pl.col("maille") == "territoire"))
        .then(pl.col("numerateur") + 1)
        .otherwise("numerateur")
    )
    with pytest.raises(ErreurControle, match="H0"):
        controler_sommes(fausse, indicateurs)


def test_le_hasard_des_essais_n_est_pas_trivial():
    """Des fermetures de chaque sorte, des absences, un territoire qui change."""
    essai = jeu(7)
    assert {"ferie", "personnel", "annuelle"} <= set(essai.lire("ouvertures")["cause"])
    assert essai.lire("pointages")["motif_absence"].null_count() < len(essai.lire("pointages"))
    assert essai.lire("territoires")["etablissement"].is_duplicated().any()


@_REGLAGES
@given(_GRAINES)
def test_heures_et_enfants_ont_les_memes_masques_d_un_fichier_a_l_autre(graine):
    """H1 (occupation) et E1 (enfants) parlent des mêmes enfants : masqués ensemble ou pas."""
    masquees = [
        proteger(calculee(graine, famille), "diffusion", LE)
        .filter(pl.col("indicateur") == code, pl.col("statut").str.starts_with("masque"))
        .select("maille", "zone", "pas", "periode", "statut")
        for famille, code in (("occupation", "H1"), ("enfants", "E1"))
    ]
    assert masquees[0].equals(masquees[1])
