"""Indice composite : arithmétique visible, règle des composantes absentes, solidité du rang."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rtpe_analyse.methodes.indice import Indice, calculer_indice, standardiser

REGLAGES = {"part_minimale": 0.6, "concentration": 50.0, "tirages": 200, "graine": 1}


def indice(valeurs, poids, sens=None, **reglages) -> Indice:
    poids = np.array(poids, dtype=float)
    return calculer_indice(
        np.array(valeurs, dtype=float),
        poids,
        np.ones(len(poids)) if sens is None else np.array(sens, dtype=float),
        **{**REGLAGES, **reglages},
    )


def test_somme_ponderee_des_ecarts_reduits() -> None:
    # Colonne 1 : moyenne 2, écart type 1 ; colonne 2 : moyenne 20, écart type 10, sens inverse.
    resultat = indice([[1, 10], [3, 30], [1, 30], [3, 10]], [3, 1], sens=[1, -1])
    attendus = [0.75 * -1 + 0.25 * 1, 0.75 * 1 + 0.25 * -1, -0.75 - 0.25, 0.75 + 0.25]
    assert resultat.scores == pytest.approx(attendus)
    assert resultat.rangs.tolist() == [3, 2, 4, 1]
    assert resultat.contributions[0] == pytest.approx([-0.75, 0.25])
    assert resultat.parts_connues == pytest.approx([1, 1, 1, 1])


def test_une_composante_inconnue_se_calcule_sur_le_reste_ou_pas_du_tout() -> None:
    inconnue = float("nan")
    resultat = indice(
        [[1, 10, 5], [3, 30, 5], [1, 30, inconnue], [3, inconnue, 5], [inconnue, 10, inconnue]],
        [50, 30, 20],
    )
    assert resultat.parts_connues == pytest.approx([1, 1, 0.8, 0.7, 0.3])
    # Zone 3 : 80 % des poids connus, ramenés à 50/80 et 30/80 ; zone 5 : 30 %, pas d'indice.
    assert resultat.scores[2] == pytest.approx(50 / 80 * -1 + 30 / 80 * 1)
    assert np.isnan(resultat.scores[4])
    assert np.isnan([resultat.rangs[4], resultat.rangs_bas[4], resultat.rangs_hauts[4]]).all()
    assert sorted(resultat.rangs[:4]) == [1, 2, 3, 4]


def test_mutation_remplacer_l_inconnu_par_la_moyenne_est_une_autre_reponse() -> None:
    connues = [[1.0, 10.0], [3, 30], [1, 30], [3, np.nan]]
    imputees = [[1.0, 10.0], [3, 30], [1, 30], [3, 70 / 3]]
    sans, avec = indice(connues, [3, 1]), indice(imputees, [3, 1])
    assert sans.scores[3] == pytest.approx(1.0)
    assert avec.scores[3] == pytest.approx(0.75)


def test_une_composante_constante_ne_distingue_personne() -> None:
    # 0,1 + 0,2 : la moyenne n'est pas exacte, le bruit ne doit pas être grossi.
    resultat = indice([[0.3, 1], [0.1 + 0.2, 2], [0.3, 3]], [9, 1])
    assert resultat.contributions[:, 0] == pytest.approx([0, 0, 0])
    assert resultat.rangs.tolist() == [3, 2, 1]


def test_une_zone_seule_est_a_sa_propre_moyenne() -> None:
    resultat = indice([[4, 9]], [1, 1])
    assert (resultat.scores[0], resultat.rangs[0], resultat.rangs_hauts[0]) == (0, 1, 1)


def test_aucune_zone() -> None:
    assert len(indice(np.empty((0, 2)), [1, 1]).scores) == 0
    assert np.isnan(indice([[np.nan, np.nan]], [1, 1]).scores).all()


def test_un_rang_qui_ne_doit_rien_aux_poids_et_un_qui_leur_doit_tout() -> None:
    # La première zone domine partout, la dernière est dominée partout ; les autres s'opposent.
    resultat = indice([[9, 9], [7, 2], [2, 7], [0, 0]], [1, 1])
    assert (resultat.rangs_bas[0], resultat.rangs_hauts[0]) == (1, 1)
    assert (resultat.rangs_bas[3], resultat.rangs_hauts[3]) == (4, 4)
    for rang in (1, 2):
        assert (resultat.rangs_bas[rang], resultat.rangs_hauts[rang]) == (2, 3)


def test_une_composante_retiree_elargit_l_intervalle_meme_sans_tirage() -> None:
    # Aux poids 2 et 1 : 18, 16, 11, 9 ; sans la première composante, l'ordre est inverse.
    sans = indice([[9, 0], [7, 2], [2, 7], [0, 9]], [2, 1], tirages=0)
    assert sans.rangs_bas.tolist() == [1, 2, 2, 1]
    assert sans.rangs_hauts.tolist() == [4, 3, 3, 4]


def test_un_poids_nul_reste_nul_et_sa_composante_ne_compte_pas() -> None:
    avec = indice([[1, 5, 9], [2, 6, 1], [3, 1, 4]], [2, 1, 0])
    sans = indice([[1, 5], [2, 6], [3, 1]], [2, 1])
    assert avec.scores == pytest.approx(sans.scores)
    assert avec.rangs_hauts.tolist() == sans.rangs_hauts.tolist()


@pytest.mark.parametrize("poids", [[0, 0], [1, -1], [1]])
def test_des_poids_impossibles_sont_refuses(poids) -> None:
    with pytest.raises(ValueError, match="poids"):
        indice([[1, 2], [3, 4]], poids)


valeurs_ = arrays(
    np.float64,
    st.tuples(st.integers(2, 9), st.just(3)),
    elements=st.integers(0, 40).map(float) | st.just(float("nan")),
)
poids_ = st.tuples(*[st.integers(1, 9)] * 3)


@settings(max_examples=60, deadline=None)
@given(valeurs_, poids_, st.tuples(*[st.integers(1, 50)] * 3), st.integers(1, 9))
def test_ni_l_unite_ni_l_echelle_des_poids_ne_changent_rien(
    valeurs, poids, unites, facteur
) -> None:
    depart = indice(valeurs, poids)
    change = indice(valeurs * np.array(unites) + 7, np.array(poids) * facteur)
    assert change.scores == pytest.approx(depart.scores, nan_ok=True, abs=1e-7)
    assert np.array_equal(change.rangs, depart.rangs, equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(valeurs_, poids_, st.randoms(use_true_random=False))
def test_l_ordre_des_lignes_est_indifferent(valeurs, poids, hasard) -> None:
    ordre = list(range(len(valeurs)))
    hasard.shuffle(ordre)
    depart, melange = indice(valeurs, poids), indice(valeurs[ordre], poids)
    assert melange.scores == pytest.approx(depart.scores[ordre], nan_ok=True, abs=1e-9)
    for nom in ("rangs", "rangs_bas", "rangs_hauts"):
        ici, la = getattr(melange, nom), getattr(depart, nom)[ordre]
        assert np.array_equal(ici, la, equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(valeurs_, poids_)
def test_les_contributions_font_le_score_et_l_intervalle_contient_le_rang(valeurs, poids) -> None:
    resultat = indice(valeurs, poids)
    classees = np.isfinite(resultat.scores)
    sommes = np.nansum(resultat.contributions, axis=1)
    assert sommes[classees] == pytest.approx(resultat.scores[classees], abs=1e-9)
    assert (resultat.rangs_bas <= resultat.rangs)[classees].all()
    assert (resultat.rangs <= resultat.rangs_hauts)[classees].all()
    assert (resultat.rangs_hauts[classees] <= classees.sum()).all()


def test_standardiser_laisse_l_inconnu_inconnu() -> None:
    reduites = standardiser(np.array([[1.0], [3.0], [np.nan]]), np.array([1.0]))
    assert reduites[:2, 0] == pytest.approx([-1, 1])
    assert np.isnan(reduites[2, 0])
