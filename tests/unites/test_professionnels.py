"""Des enfants aux professionnels : la règle d'encadrement, et ce qu'on ne sait pas."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpe_analyse.indicateurs.professionnels import BORNES, professionnels_necessaires
from rtpe_analyse.reglementation import encadrement_requis

LUNDI = date(2026, 10, 5)


def besoins(bas, centre, haut, mode="5_8", part=(0.0, 0.0), micro=False, lundi=LUNDI):
    table = pl.DataFrame(
        [(lundi, bas, centre, haut, mode, micro, *part)],
        schema={
            "date": pl.Date,
            **{f"enfants_{b}": pl.Float64 for b in BORNES},
            "mode": pl.String,
            "micro": pl.Boolean,
            "marcheurs_min": pl.Float64,
            "marcheurs_max": pl.Float64,
        },
        orient="row",
    )
    return professionnels_necessaires(table).select(BORNES).row(0)


def test_un_pour_cinq_un_pour_huit():
    """20 enfants dont la moitié marche : 10/5 + 10/8 = 3,25, donc 4."""
    assert besoins(20, 20, 20, part=(0.5, 0.5)) == (4, 4, 4)


def test_un_pour_six():
    """18 enfants : 3 ; 19 : 3,2 donc 4 ; 24 : 4. La part de marcheurs n'y change rien."""
    assert besoins(18, 19, 24, mode="6", part=(None, None)) == (3, 4, 4)


def test_un_enfant_prevu_en_partie_compte_entier():
    """10,2 enfants qui ne marchent pas : 11, donc 2,2 et 3 professionnels ; 10 : 2."""
    assert besoins(10.0, 10.2, 15.0) == (2, 3, 3)


def test_jamais_moins_de_deux_sauf_en_micro_creche():
    assert besoins(1, 1, 3) == (2, 2, 2)
    assert besoins(1, 3, 4, micro=True) == (1, 1, 2)


def test_semaine_fermee_personne():
    assert besoins(0, 0, 0) == (0, 0, 0)


def test_marcheurs_inconnus_fourchette_du_simple_au_double():
    """20 enfants dont on ne sait rien : 20/8 = 2,5 donc 3, à 20/5 = 4 ; on prévoit 4."""
    assert besoins(20, 20, 20, part=(None, None)) == (3, 4, 4)
    # La moitié marche, un quart est inconnu : 15 marcheurs (1 + 1,875) ou 10 (2 + 1,25).
    assert besoins(20, 20, 20, part=(0.5, 0.75)) == (3, 4, 4)


def test_mode_inconnu_la_borne_haute():
    """24 enfants : 24/8 = 3, 24/6 = 4, 24/5 = 4,8 donc 5."""
    assert besoins(24, 24, 24, mode=None, part=(1.0, 1.0)) == (3, 5, 5)


def test_sans_intervalle_le_centre_reste():
    assert besoins(None, 10, None) == (None, 2, None)


def test_avant_la_regle_inconnu():
    assert besoins(10, 10, 10, lundi=date(2020, 1, 6)) == (None, None, None)


@given(
    enfants=st.integers(0, 90),
    dixiemes=st.integers(0, 10),
    mode=st.sampled_from(["5_8", "6"]),
    micro=st.booleans(),
)
def test_connue_la_fourchette_est_la_regle(enfants, dixiemes, mode, micro):
    """Tout connu, les trois bornes sont la fonction de la règle, un jour donné."""
    marcheurs = enfants * dixiemes // 10
    attendu = encadrement_requis(
        enfants - marcheurs, marcheurs, mode=mode, micro_creche=micro, le=LUNDI
    )
    part = dixiemes / 10
    assert besoins(enfants, enfants, enfants, mode, (part, part), micro) == (attendu,) * 3


@given(
    bas=st.floats(0, 60),
    plus=st.floats(0, 30),
    part=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
    mode=st.sampled_from(["5_8", "6", None]),
)
def test_bas_centre_haut_sont_dans_l_ordre(bas, plus, part, mode):
    a, b, c = besoins(bas, bas + plus / 2, bas + plus, mode, part)
    assert a <= b <= c


def test_mutation_la_moyenne_n_est_pas_la_pointe():
    """12 enfants en moyenne, 16 à la pointe : 3 professionnels ne suffisent pas."""
    assert besoins(12, 12, 12) == (3, 3, 3)
    assert besoins(16, 16, 16) == (4, 4, 4)


@pytest.mark.parametrize("mode", ["5_8", "6"])
def test_un_enfant_de_plus_n_en_demande_jamais_moins(mode):
    suite = [besoins(n, n, n, mode, (0.4, 0.4))[1] for n in range(61)]
    assert suite == sorted(suite)
