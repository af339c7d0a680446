"""Entonnoir et fausses découvertes : exemples publiés et oracles."""

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from bancs.previsions import fausses_alertes
from rtpe_analyse.methodes.entonnoir import _quantile, ajuster_entonnoir
from rtpe_analyse.methodes.surveillance import fausses_alertes_au_calme, retenir_les_alertes

ALEA = np.random.default_rng


def test_benjamini_hochberg_1995_quinze_comparaisons() -> None:
    """Exemple de l'article (thrombolyse) : à 5 %, les quatre premières sont retenues.

    Les quinze probabilités et la conclusion, que reprend la documentation de
    `scipy.stats.false_discovery_control` ; Bonferroni n'en retiendrait que trois.
    """
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240]
    p += [0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    retenues = retenir_les_alertes(np.array(p), 0.05)
    assert retenues.tolist() == [True] * 4 + [False] * 11
    assert [valeur <= 0.05 / 15 for valeur in p].count(True) == 3


def test_une_probabilite_inconnue_ne_compte_pas_dans_les_essais() -> None:
    # 0,04 seule passe à 5 % ; avec une seconde connue à 0,9 elle ne passe plus (0,04 × 2).
    assert retenir_les_alertes(np.array([0.04, np.nan]), 0.05).tolist() == [True, False]
    assert retenir_les_alertes(np.array([0.04, 0.9]), 0.05).tolist() == [False, False]


def test_entonnoir_sans_winsoriser_est_l_estimateur_de_paule_et_mandel() -> None:
    """Somme des scores au carré = n, autour de la moyenne pondérée par la précision.

    Spiegelhalter (2005) ne publie pas les données de ses figures : l'oracle est l'estimateur de
    Paule et Mandel de statsmodels, éprouvé sur R. Kacker, *Metrologia* 41, 2004, tableau 1.
    """
    valeurs = np.array([0.61, 0.70, 0.72, 0.66, 0.81, 0.75, 0.58, 0.69])
    erreurs = np.array([0.02, 0.03, 0.015, 0.02, 0.025, 0.03, 0.02, 0.04])
    trouve = ajuster_entonnoir(valeurs, erreurs, part_winsorisee=0.0)
    assert trouve is not None
    oracle = combine_effects(valeurs, erreurs**2, method_re="iterated")
    assert trouve.cible == pytest.approx(oracle.mean_effect_fe)
    assert trouve.dispersion == pytest.approx(oracle.q / len(valeurs))
    assert np.sum(trouve.ecarts**2) == pytest.approx(len(valeurs))
    # L'oracle recentre et divise par n − 1 : proche, sans être égal.
    assert trouve.tau == pytest.approx(np.sqrt(oracle.tau2), rel=0.1)


@pytest.mark.parametrize("ecart_ordinaire", [0.0, 0.02, 0.06, 0.1])
def test_un_reseau_calme_alerte_au_taux_promis(ecart_ordinaire: float) -> None:
    """Rien d'anormal : au plus un réseau sur vingt lève une alerte, divers ou non."""
    assert fausses_alertes(600, ecart_ordinaire=ecart_ordinaire) <= 0.05 + 2 * np.sqrt(
        0.05 * 0.95 / 600
    )


def test_une_unite_hors_norme_sort_sans_elargir_ses_limites() -> None:
    valeurs = np.array([0.70, 0.71, 0.69, 0.70, 0.72, 0.68, 0.70, 0.71, 0.69, 0.40])
    erreurs = np.full(10, 0.01)
    trouve = ajuster_entonnoir(valeurs, erreurs)
    assert trouve is not None
    bas, haut = trouve.limites(erreurs, 0.998)
    hors = (valeurs < bas) | (valeurs > haut)
    assert hors.tolist() == [False] * 9 + [True]


def test_taux_de_fausses_alertes_de_l_entonnoir() -> None:
    """Mille entonnoirs de cent unités ordinaires, sur-dispersées : 5 % sortent à 95 %."""
    alea = ALEA(1)
    sorties = []
    for _ in range(1000):
        erreurs = alea.uniform(0.01, 0.05, 100)
        valeurs = 0.7 + alea.normal(0, np.sqrt(erreurs**2 + 0.02**2))
        trouve = ajuster_entonnoir(valeurs, erreurs)
        assert trouve is not None
        bas, haut = trouve.limites(erreurs, 0.95)
        sorties.append(np.mean((valeurs < bas) | (valeurs > haut)))
    assert np.mean(sorties) == pytest.approx(0.05, abs=0.01)


def test_entonnoir_refuse_une_erreur_nulle_et_se_tait_a_moins_de_cinq() -> None:
    with pytest.raises(ValueError, match="erreur type"):
        ajuster_entonnoir(np.ones(6), np.zeros(6))
    assert ajuster_entonnoir(np.ones(4), np.ones(4)) is None


@pytest.mark.parametrize("tau", [0.0, 0.05])
def test_les_fausses_alertes_se_mesurent_sur_le_reseau_lui_meme(tau: float) -> None:
    """Deux entonnoirs de 60 unités, 600 réseaux calmes : une alerte dans un sur vingt au plus."""
    alea = ALEA(4)
    erreurs = alea.uniform(0.01, 0.03, 60)
    vrai = ajuster_entonnoir(0.7 + alea.normal(0, np.sqrt(erreurs**2 + tau**2)), erreurs)
    assert vrai is not None
    deux = [(vrai, erreurs)] * 2
    mesure = fausses_alertes_au_calme(deux, 0.05, reseaux=600)
    assert 0 < mesure <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 600)
    assert fausses_alertes_au_calme(deux, 0.05, reseaux=600) == mesure


def test_sans_entonnoir_il_n_y_a_pas_d_alerte() -> None:
    assert fausses_alertes_au_calme([], 0.05) == 0


@pytest.mark.parametrize("taille", [5, 6, 20, 75])
def test_le_quantile_de_l_entonnoir_est_celui_de_numpy(taille: int) -> None:
    valeurs = np.sort(ALEA(taille).normal(size=taille))
    for part in (0.0, 0.1, 0.25, 0.5, 0.9, 1.0):
        assert _quantile(valeurs, part) == np.quantile(valeurs, part)
