"""L'écart d'un territoire avec une autre zone : la phrase, le partage, le secret."""

from typing import Any

import pytest

from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.nomenclatures import liste_fermee
from tests.unites.outils_restitution import PERIODE, Ouvrir, lu, masque, nombre, ratio
from tests.unites.test_restitution_variations import EFFETS

ECARTS = {**EFFETS, "composition": 1.0}


def ecarts(
    autre: str = "departement:D", sauf: dict[str, float] | None = None
) -> list[dict[str, Any]]:
    """Les effets de l'écart de T1 avec une autre zone, et le taux des deux."""
    maille, _, zone = autre.partition(":")
    return [
        ratio("T1", "territoire", "T1", 600, 1000),
        ratio("T1", maille, zone, 631, 1000),
        *(
            nombre(
                "V2", "territoire", "T1", v, ventilation="ecart_avec", modalite=f"{autre}:{effet}"
            )
            for effet, v in {**ECARTS, **(sauf or {})}.items()
        ),
    ]


def test_l_ecart_avec_le_departement_se_dit(monde: Ouvrir) -> None:
    """−2 + 0,04 − 1,4 + 0,3 = −3,06 d'effet propre, + 1 de composition : −2,06 points."""
    texte = lu(monde(ecarts()).ecart_avec())
    assert (
        "Le taux d'occupation réel est de 2,1 points au-dessous de celui du département : −2,0 "
        "fermetures faute de personnel, −1,4 temps contractuel par place attribuée, +1,0 tailles "
        "des établissements et part de l'accueil familial, +0,3 pour les autres effets"
    ) in texte
    assert "Effet propre aux établissements : −3,1 points" in texte
    assert "effet de composition (tailles, accueil familial) : +1,0 point." in texte


def test_l_ecart_avec_un_autre_territoire(monde: Ouvrir) -> None:
    sauf = {"personnel": 2.0, "temps_contractuel": 1.4}
    texte = lu(monde(ecarts("territoire:T2", sauf), comparaison="territoire:T2").ecart_avec())
    # 2 + 0,04 + 1,4 + 0,3 + 1 = 4,74.
    assert "est de 4,7 points au-dessus de celui du territoire Sud" in texte


def test_tous_les_effets_ont_un_libelle() -> None:
    assert set(liste_fermee("effets_ecart")) <= set(liste_fermee("effets_variation"))


@pytest.mark.parametrize(
    ("choix", "nom"), [("territoire:T1", "Territoire Nord"), ("commune:99001", "Bourg-Fictif")]
)
def test_une_zone_qui_n_est_pas_un_autre_territoire_laisse_le_departement(
    monde: Ouvrir, choix: str, nom: str
) -> None:
    """`rtpe rapports --comparaison` donne la même zone à tous les carnets d'un lot."""
    texte = lu(monde(ecarts(), comparaison=choix).ecart_avec())
    assert "2,1 points au-dessous de celui du département" in texte
    assert f"{nom} » n'est pas un autre territoire : l'occupation se compare au dép" in texte


def test_le_choix_du_contenu_l_emporte_sur_celui_du_rapport(monde: Ouvrir) -> None:
    texte = lu(monde(ecarts(), comparaison="territoire:T2").ecart_avec("departement"))
    assert "de celui du département" in texte
    assert "n'est pas un autre territoire" not in texte


def test_une_zone_inconnue_est_refusee(monde: Ouvrir) -> None:
    with pytest.raises(ErreurUsage):
        monde(ecarts()).ecart_avec("territoire:T9")


def test_sans_effet_la_figure_devient_une_phrase(monde: Ouvrir) -> None:
    contenu = monde(ecarts(sauf=dict.fromkeys(ECARTS, 0.0))).ecart_avec()
    assert contenu.genre == "encadre"
    assert "est celui du département." in lu(contenu)


def test_des_effets_qui_se_compensent_se_disent(monde: Ouvrir) -> None:
    sauf = {**dict.fromkeys(ECARTS, 0.0), "presence": 2.0, "composition": -2.0}
    assert "des effets se compensent : +2,0" in lu(monde(ecarts(sauf=sauf)).ecart_avec())


@pytest.mark.parametrize(("maille", "zone"), [("territoire", "T1"), ("departement", "D")])
def test_un_taux_masque_d_un_cote_masque_l_ecart(monde: Ouvrir, maille: str, zone: str) -> None:
    lignes = [x for x in ecarts() if (x["indicateur"], x["zone"]) != ("T1", zone)]
    texte = lu(monde([*lignes, masque("T1", maille, zone)]).ecart_avec())
    assert "secret statistique" in texte
    assert "2,0" not in texte


def seules(part: float, autre: str = "departement:D") -> dict[str, Any]:
    return ratio("V2c", "territoire", "T1", part, 1, ventilation="ecart_avec", modalite=autre)


def test_la_capacite_sans_comparable_se_dit(monde: Ouvrir) -> None:
    texte = lu(monde([*ecarts(), seules(0.25)]).ecart_avec())
    assert "25 % de la capacité n'y a pas d'établissement de même taille" in texte


def test_sans_aucun_comparable_l_ecart_ne_se_partage_pas(monde: Ouvrir) -> None:
    contenu = monde([*ecarts(), seules(1)]).ecart_avec()
    assert contenu.genre == "encadre"
    assert "est de 2,1 points au-dessous de celui du département. Aucun autre établissement" in lu(
        contenu
    )
    assert "composition" not in lu(contenu)


def test_sans_donnee_une_phrase(monde: Ouvrir) -> None:
    contenu = monde([ratio("T1", "territoire", "T1", 1, 2)]).ecart_avec()
    assert "ne se décompose pas" in lu(contenu)


@pytest.mark.parametrize(
    ("zone", "dite"),
    [
        ({"periode": "2026-07"}, "qu'au trimestre"),
        ({"departement": "D", "territoire": ""}, "Seul un territoire"),
        ({"etablissement": "E001"}, "Seul un territoire"),
    ],
)
def test_hors_d_un_territoire_au_trimestre(monde: Ouvrir, zone: dict[str, str], dite: str) -> None:
    lignes = [
        ratio("T1", maille, code, 1, 2, pas=pas, periode=periode)
        for maille, code in (("territoire", "T1"), ("departement", "D"), ("etablissement", "E001"))
        for pas, periode in (("mois", "2026-07"), ("trimestre", PERIODE))
    ]
    assert dite in lu(monde(lignes, **zone).ecart_avec())
