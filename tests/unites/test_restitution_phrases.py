"""Phrases par règles : accords, seuils, et silence sur ce qui est masqué."""

import pytest

from rtpe_analyse.modeles import Periode
from rtpe_analyse.restitution import phrases
from rtpe_analyse.restitution.mesures import Definition, Mesure

T1 = Definition("T1", "Taux d'occupation réel", "%", 1)
E1 = Definition("E1", "Enfants accueillis", "enfants", 0)
INCONNU = Definition("Z9", "Nouvel indicateur", "%", 1)
T3_2026 = Periode.lire("2026-T3")


def taux(valeur: float | None, statut: str = "diffusable") -> Mesure:
    return Mesure(T1, statut, valeur)


def enfants(valeur: float | None, statut: str = "diffusable") -> Mesure:
    return Mesure(E1, statut, valeur)


def lu(texte: str | None) -> str:
    assert texte is not None
    return texte.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("avant", "attendu"),
    [
        (0.602, "en hausse de 2,1 points"),
        (0.644, "en baisse de 2,1 points"),
        (0.6186, "quasi stable"),
        (0.6181, "quasi stable"),
        (0.6179, "en hausse de 0,5 point"),
        (0.623, "quasi stable"),
    ],
)
def test_une_part_varie_en_points_au_dela_d_un_demi_point(avant: float, attendu: str) -> None:
    assert lu(phrases.variation(taux(0.623), taux(avant))) == attendu


@pytest.mark.parametrize(
    ("avant", "attendu"),
    [
        (100, "en hausse de 12 enfants"),
        (111, "quasi stables"),
        (113, "quasi stables"),
        (114, "en baisse de 2 enfants"),
        (0, "en hausse de 112 enfants"),
    ],
)
def test_un_comptage_est_quasi_stable_a_moins_d_un_pour_cent(avant: float, attendu: str) -> None:
    # 1 % de 113 = 1,13 > 1 ; 1 % de 114 = 1,14 < 2.
    assert lu(phrases.variation(enfants(112), enfants(avant))) == attendu


@pytest.mark.parametrize("statut", ["masque_primaire", "masque_secondaire", "non_calculable"])
def test_ce_qui_est_masque_fait_disparaitre_la_phrase(statut: str) -> None:
    muet = taux(None, statut)
    assert phrases.variation(muet, taux(0.6)) is None
    assert phrases.variation(taux(0.6), muet) is None
    assert phrases.comparaison(taux(0.6), muet, "le département") is None
    assert phrases.part_du_tout(enfants(5), enfants(None, statut), "le département") is None
    assert phrases.evolution(muet, taux(0.6), T3_2026) is None


def test_la_comparaison_nomme_le_repere_et_sa_valeur() -> None:
    dit = phrases.comparaison(taux(0.623), taux(0.637), "le département")
    assert lu(dit) == "1,4 point de moins que le département (63,7 %)"
    dit = phrases.comparaison(taux(0.623), taux(0.6249), "le département")
    assert lu(dit) == "proche du département (62,5 %)"


def test_un_comptage_se_rapporte_au_tout_et_jamais_a_zero() -> None:
    assert lu(phrases.part_du_tout(enfants(26), enfants(200), "le département")) == (
        "13 % du département"
    )
    assert phrases.part_du_tout(enfants(26), enfants(0), "le département") is None


def test_l_evolution_accorde_et_dit_ce_qui_manque() -> None:
    assert lu(phrases.evolution(taux(0.623), taux(0.602), T3_2026)) == (
        "Au 3e trimestre 2026, le taux d'occupation réel est de 62,3 %, "
        "en hausse de 2,1 points sur un an."
    )
    assert lu(phrases.evolution(enfants(1250), enfants(1100), T3_2026)) == (
        "Au 3e trimestre 2026, les enfants accueillis sont au nombre de 1 250, "
        "en hausse de 150 enfants sur un an."
    )
    sans = phrases.evolution(taux(0.623), Mesure(T1), T3_2026)
    assert lu(sans).endswith("62,3 % (pas de valeur un an plus tôt).")
    secret = phrases.evolution(taux(0.623), taux(None, "masque_primaire"), T3_2026)
    assert "secret statistique" in lu(secret)


def test_un_indicateur_hors_lexique_se_nomme_par_son_libelle() -> None:
    dit = phrases.evolution(Mesure(INCONNU, "diffusable", 0.5), Mesure(INCONNU), T3_2026)
    assert lu(dit).startswith("Au 3e trimestre 2026, l'indicateur « Nouvel indicateur » est de")


def test_on_ne_nomme_pas_les_extremes_de_deux_valeurs() -> None:
    trois = {"A": taux(0.5), "B": taux(0.7), "C": taux(0.6)}
    assert phrases.extremes(trois) == ("A", "B")
    assert phrases.extremes({"A": taux(0.5), "B": taux(0.7)}) is None
    masques = {**trois, "B": taux(None, "masque_primaire")}
    assert phrases.extremes(masques) is None
    assert phrases.extremes(dict.fromkeys("ABC", taux(0.5))) is None
