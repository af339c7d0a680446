"""Typologie : exemples publiés (USArrests, iris de Fisher), recalcul indépendant, cas hostiles."""

import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering
from sklearn.datasets import load_iris
from sklearn.metrics import adjusted_rand_score

from rtpe_analyse.methodes.typologie import (
    axes_principaux,
    classer,
    construire_typologie,
)

REGLAGES = {"classes_au_plus": 8, "reechantillons": 30, "graine": 2}
# Arrestations par État (McNeil, 1977) : meurtres, agressions, population urbaine, viols.
ARRESTATIONS = np.array(
    [
        *([13.2, 236, 58, 21.2], [10.0, 263, 48, 44.5], [8.1, 294, 80, 31.0], [8.8, 190, 50, 19.5]),
        *([9.0, 276, 91, 40.6], [7.9, 204, 78, 38.7], [3.3, 110, 77, 11.1], [5.9, 238, 72, 15.8]),
        *([15.4, 335, 80, 31.9], [17.4, 211, 60, 25.8], [5.3, 46, 83, 20.2], [2.6, 120, 54, 14.2]),
        *([10.4, 249, 83, 24.0], [7.2, 113, 65, 21.0], [2.2, 56, 57, 11.3], [6.0, 115, 66, 18.0]),
        *([9.7, 109, 52, 16.3], [15.4, 249, 66, 22.2], [2.1, 83, 51, 7.8], [11.3, 300, 67, 27.8]),
        *([4.4, 149, 85, 16.3], [12.1, 255, 74, 35.1], [2.7, 72, 66, 14.9], [16.1, 259, 44, 17.1]),
        *([9.0, 178, 70, 28.2], [6.0, 109, 53, 16.4], [4.3, 102, 62, 16.5], [12.2, 252, 81, 46.0]),
        *([2.1, 57, 56, 9.5], [7.4, 159, 89, 18.8], [11.4, 285, 70, 32.1], [11.1, 254, 86, 26.1]),
        *([13.0, 337, 45, 16.1], [0.8, 45, 44, 7.3], [7.3, 120, 75, 21.4], [6.6, 151, 68, 20.0]),
        *([4.9, 159, 67, 29.3], [6.3, 106, 72, 14.9], [3.4, 174, 87, 8.3], [14.4, 279, 48, 22.5]),
        *([3.8, 86, 45, 12.8], [13.2, 188, 59, 26.9], [12.7, 201, 80, 25.5], [3.2, 120, 80, 22.9]),
        *([2.2, 48, 32, 11.2], [8.5, 156, 63, 20.7], [4.0, 145, 73, 26.2], [5.7, 81, 39, 9.3]),
        *([2.6, 53, 66, 10.8], [6.8, 161, 60, 15.6]),
    ]
)


def test_axes_des_arrestations_publies() -> None:
    """James, Witten, Hastie, Tibshirani, « Introduction to Statistical Learning », § 12.2.

    Part d'inertie 62,0 %, 24,7 %, 8,9 %, 4,3 % ; premier axe 0,536 0,583 0,278 0,543 ; second
    axe 0,418 0,188 −0,873 −0,167 (au signe près).
    """
    axes = axes_principaux(ARRESTATIONS)
    assert axes.parts == pytest.approx([0.6201, 0.2474, 0.0891, 0.0434], abs=5e-4)
    premier = axes.correlations[:, 0] / np.sqrt(4 * axes.parts[0])
    assert premier == pytest.approx([0.5359, 0.5832, 0.2782, 0.5434], abs=5e-4)
    second = axes.correlations[:, 1] / np.sqrt(4 * axes.parts[1])
    assert np.abs(second) == pytest.approx([0.4182, 0.1880, 0.8728, 0.1673], abs=5e-4)
    assert second[2] > 0


def test_les_correlations_sont_celles_des_variables_et_des_axes() -> None:
    axes = axes_principaux(ARRESTATIONS)
    attendues = np.corrcoef(ARRESTATIONS.T, axes.coordonnees.T)[:4, 4:]
    assert axes.correlations == pytest.approx(attendues, abs=1e-9)


def test_ward_sur_les_iris_de_fisher() -> None:
    """Trois classes de 50, 64 et 36 fleurs, Rand ajusté 0,731 avec les espèces (publié)."""
    fleurs = load_iris()
    classement = classer(fleurs.data, 8, 3)
    assert sorted(np.bincount(classement.classes)[1:].tolist()) == [36, 50, 64]
    assert adjusted_rand_score(fleurs.target, classement.classes) == pytest.approx(0.731, abs=1e-3)
    autre = AgglomerativeClustering(3, linkage="ward").fit_predict(fleurs.data)
    assert adjusted_rand_score(autre, classement.classes) == 1
    # Inertie entre deux classes / inertie totale, recalculée sur la partition en deux.
    deux = classer(fleurs.data, 8, 2).classes
    centre = fleurs.data.mean(axis=0)
    entre = sum(
        (deux == c).sum() * ((fleurs.data[deux == c].mean(axis=0) - centre) ** 2).sum()
        for c in (1, 2)
    )
    assert classement.gains[2] == pytest.approx(entre / ((fleurs.data - centre) ** 2).sum())


def groupes(graine: int = 3, par_groupe: int = 15) -> np.ndarray:
    centres = np.array([[0, 0, 0], [8, 0, 3], [0, 8, -3], [8, 8, 0]])
    hasard = np.random.default_rng(graine)
    return np.vstack([c + hasard.normal(0, 0.7, (par_groupe, 3)) for c in centres])


def test_des_groupes_francs_se_retrouvent_et_tiennent() -> None:
    typologie = construire_typologie(groupes(), **REGLAGES)
    assert typologie is not None
    vrais = np.repeat([0, 1, 2, 3], 15)
    assert adjusted_rand_score(vrais, typologie.classement.classes) == 1
    assert max(typologie.classement.silhouettes, key=typologie.classement.silhouettes.get) == 4
    assert (typologie.stabilites > 0.9).all()
    assert typologie.rand > 0.9


def test_un_nuage_sans_groupe_est_dit_instable() -> None:
    nuage = np.random.default_rng(5).normal(size=(80, 3))
    typologie = construire_typologie(nuage, **REGLAGES)
    assert typologie is not None
    assert typologie.rand < 0.6
    assert max(typologie.classement.silhouettes.values()) < 0.4


def test_deux_passages_donnent_la_meme_chose_et_l_ordre_des_zones_ne_change_pas_les_classes() -> (
    None
):
    valeurs = groupes()
    ordre = np.random.default_rng(1).permutation(len(valeurs))
    premiere, seconde = (construire_typologie(valeurs, **REGLAGES) for _ in range(2))
    melangee = construire_typologie(valeurs[ordre], **REGLAGES)
    assert premiere is not None
    assert seconde is not None
    assert melangee is not None
    assert premiere.stabilites.tolist() == seconde.stabilites.tolist()
    assert premiere.axes.coordonnees.tolist() == seconde.axes.coordonnees.tolist()
    assert melangee.classement.classes.tolist() == premiere.classement.classes[ordre].tolist()


def test_une_unite_changee_ne_change_pas_les_classes() -> None:
    valeurs = groupes()
    ici = construire_typologie(valeurs, **REGLAGES)
    la = construire_typologie(valeurs * [100, 1, 0.01] + 5, **REGLAGES)
    assert ici is not None
    assert la is not None
    assert ici.classement.classes.tolist() == la.classement.classes.tolist()


def test_une_zone_incomplete_n_est_pas_classee_ni_imputee() -> None:
    valeurs = groupes()
    trouee = valeurs.copy()
    trouee[0, 1] = np.nan
    avec, sans = (construire_typologie(v, **REGLAGES) for v in (trouee, valeurs[1:]))
    assert avec is not None
    assert sans is not None
    assert avec.classees.tolist() == [False, *[True] * 59]
    assert avec.classement.classes.tolist() == sans.classement.classes.tolist()


def test_une_colonne_constante_est_ecartee() -> None:
    avec = construire_typologie(np.column_stack([groupes(), np.full(60, 0.1)]), **REGLAGES)
    sans = construire_typologie(groupes(), **REGLAGES)
    assert avec is not None
    assert sans is not None
    assert avec.utiles.tolist() == [True, True, True, False]
    assert avec.classement.classes.tolist() == sans.classement.classes.tolist()


@pytest.mark.parametrize(
    "valeurs",
    [
        np.empty((0, 3)),
        groupes()[:15],
        np.full((20, 3), np.nan),
        np.column_stack([np.arange(20.0), np.ones(20), np.ones(20)]),
        np.ones((20, 3)),
    ],
    ids=["aucune zone", "trop peu de zones", "rien de connu", "une variable", "tout constant"],
)
def test_ce_qui_ne_se_classe_pas(valeurs) -> None:
    assert construire_typologie(valeurs, **REGLAGES) is None


def test_peu_de_zones_font_peu_de_classes() -> None:
    typologie = construire_typologie(groupes(par_groupe=5), **REGLAGES)
    assert typologie is not None
    assert typologie.classement.nombre == 20 // 8
