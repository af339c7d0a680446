"""Un T1 masqué entraîne ce qui le rendrait : V1, V2, N1, dans leurs propres fichiers."""

from typing import Any

import polars as pl
import pytest

from rtpe_analyse.indicateurs import meneuses
from rtpe_analyse.secret import proteger
from tests.unites.outils_secret import LE, ligne, table

ICI, AN_DERNIER, AVANT = "2026-T2", "2025-T2", "2026-T1"


def taux(zone: str, n: int, periode: str = ICI, maille: str = "etablissement") -> dict[str, Any]:
    return ligne(zone, n, maille, indicateur="T1", periode=periode)


def effet(zone: str, modalite: str = "presence", code: str = "V1", **reste: Any) -> dict[str, Any]:
    """Un effet porté par trente enfants : seul un masque entraîné peut le cacher."""
    reste = {"ventilation": "effet", "modalite": modalite, "indicateur": code, **reste}
    return ligne(zone, 30, **reste)


def lues(suivies: list[dict[str, Any]], meneurs: list[dict[str, Any]]) -> list[str]:
    """Statut de chaque ligne suivie, une fois les meneurs protégés."""
    protegee = proteger(table(*suivies), "interne", LE, proteger(table(*meneurs), "interne", LE))
    return protegee["statut"].to_list()


@pytest.mark.parametrize("quand", [ICI, AN_DERNIER])
def test_un_t1_masque_une_des_deux_annees_entraine_v1(quand: str) -> None:
    """A : 3 enfants une des deux années (seuil 5). B, pleinement lisible, le reste."""
    autre = AN_DERNIER if quand == ICI else ICI
    meneurs = [taux("A", 3, quand), taux("A", 30, autre), taux("B", 30), taux("B", 30, AN_DERNIER)]
    suivies = [effet("A"), effet("A", "attribution"), effet("B")]
    assert lues(suivies, meneurs) == ["masque_secondaire", "masque_secondaire", "diffusable"]


def test_une_ligne_entrainee_n_a_plus_de_nombre() -> None:
    meneur = proteger(table(taux("A", 3)), "interne", LE)
    protegee = proteger(table(effet("A")), "interne", LE, meneur)
    nombres = protegee.select("numerateur", "denominateur", "valeur", "effectif")
    assert nombres.row(0) == (None, None, None, None)


def test_un_t1_masque_a_une_autre_periode_n_entraine_rien() -> None:
    assert lues([effet("A")], [taux("A", 30), taux("A", 3, AVANT)]) == ["diffusable"]


@pytest.mark.parametrize(
    ("masquee", "attendu"),
    [
        ("2026-T1", "diffusable"),
        ("2026-T2", "masque_secondaire"),
        ("2025-T3", "masque_secondaire"),
        ("2025-T4", "diffusable"),
    ],
)
def test_une_prevision_rend_l_an_dernier_ou_le_dernier_niveau(masquee: str, attendu: str) -> None:
    """N1 du 3e trimestre 2026, quand le dernier T1 connu est du 2e."""
    echus = ["2025-T3", "2025-T4", "2026-T1", "2026-T2"]
    meneurs = [taux("A", 3 if p == masquee else 30, p) for p in echus]
    prevue = effet("A", "centre", "N1", ventilation="prevision", periode="2026-T3")
    assert lues([prevue], meneurs) == [attendu]


@pytest.mark.parametrize(
    ("mois", "attendu"), [("2026-07", "masque_secondaire"), ("2026-03", "diffusable")]
)
def test_un_trimestre_provisoire_rend_ses_mois_deja_connus(mois: str, attendu: str) -> None:
    """N8 prolonge le début du trimestre : si seul juillet est connu, c'est son taux."""
    mensuel = {**taux("A", 3, mois), "pas": "mois"}
    provisoire = effet("A", "centre", "N8", ventilation="provisoire", periode="2026-T3")
    assert lues([provisoire], [taux("A", 30, "2026-T2"), mensuel]) == [attendu]


def test_l_ecart_avec_une_zone_masquee_se_masque() -> None:
    """T1 de T2 est masqué : V2 de T1 avec T2 le rendrait, pas celui avec T3."""
    meneurs = [taux("T1", 30, maille="territoire"), taux("T2", 3, maille="territoire")]
    suivies = [
        effet("T1", f"territoire:{z}:presence", "V2", maille="territoire", ventilation="ecart_avec")
        for z in ("T2", "T3")
    ]
    assert lues(suivies, meneurs) == ["masque_secondaire", "diffusable"]


def test_sans_le_fichier_du_meneur_rien_ne_se_lit() -> None:
    """Mutation : oublier de protéger T1 d'abord ne laisse rien passer."""
    assert proteger(table(effet("A")), "interne", LE)["statut"].to_list() == ["masque_secondaire"]


def test_ce_que_personne_n_entraine_est_laisse() -> None:
    seules = table(ligne("A", 30), ligne("B", 3))
    assert proteger(seules, "interne", LE)["statut"].to_list() == ["diffusable", "masque_primaire"]


def test_un_non_calculable_le_reste() -> None:
    vide = effet("A", statut="non_calculable", numerateur=None, valeur=None)
    protegee = proteger(table(vide), "interne", LE, proteger(table(taux("A", 3)), "interne", LE))
    assert protegee["statut"].to_list() == ["non_calculable"]


def test_l_ordre_des_lignes_et_le_schema_sont_gardes() -> None:
    avant = table(effet("B"), effet("A"), effet("C"))
    meneur = proteger(table(*(taux(z, 3) for z in "ABC")), "interne", LE)
    assert proteger(avant, "interne", LE, meneur)["zone"].to_list() == ["B", "A", "C"]


def test_les_familles_menees() -> None:
    assert meneuses("variations") == ["occupation"]
    assert meneuses("previsions") == ["occupation"]
    assert meneuses("occupation") == []


def test_une_table_vide_reste_vide() -> None:
    assert proteger(table(), "interne", LE, pl.DataFrame()).is_empty()
