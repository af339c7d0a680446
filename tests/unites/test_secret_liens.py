"""Ce qu'un groupe rend d'un autre : stock et flux, mailles où rien ne se publie."""

from dataclasses import replace
from typing import Any

import pytest

from rtpe_analyse.indicateurs import FAMILLES, indicateurs_declares
from rtpe_analyse.secret import cellules_deductibles, porte, proteger
from tests.unites.outils_secret import LE, ligne, statuts, table, territoire

HIVER, PRINTEMPS = "2026-T1", "2026-T2"


def du_territoire(code: str, periode: str, n: int, **reste: Any) -> dict[str, Any]:
    return ligne("T1", n, "territoire", indicateur=code, periode=periode, **reste)


def sous_contrat(hiver: int, entrees: int, sorties: int) -> list[dict[str, Any]]:
    """L'hiver, le printemps, et ce qui y mène : printemps = hiver + entrées − sorties."""
    return [
        du_territoire("E4", HIVER, hiver),
        du_territoire("E4", PRINTEMPS, hiver + entrees - sorties),
        du_territoire("E7", PRINTEMPS, entrees),
        du_territoire("E8", PRINTEMPS, sorties),
    ]


@pytest.mark.parametrize(
    ("entrees", "sorties", "attendus"),
    [(8, 6, "VVVV"), (3, 6, "VVAA"), (8, 2, "VVAA"), (3, 0, "VVAA"), (0, 0, "VVVV")],
)
def test_entrees_et_sorties_se_masquent_ensemble(entrees, sorties, attendus) -> None:
    """30 puis 27 sous contrat, 6 sorties lisibles : 27 − 30 + 6 = 3 entrées."""
    protegee = proteger(table(*sous_contrat(30, entrees, sorties)), "interne", LE)
    assert statuts(protegee) == attendus


def test_mutation_chacun_pour_soi_les_entrees_se_relisent(monkeypatch: pytest.MonkeyPatch) -> None:
    seuls = {code: replace(i, flux_de="") for code, i in indicateurs_declares().items()}
    monkeypatch.setattr(porte, "indicateurs_declares", lambda: seuls)
    protegee = proteger(table(*sous_contrat(30, 3, 6)), "interne", LE)
    assert statuts(protegee) == "VVAV"
    hiver, printemps, _, sorties = protegee["valeur"].to_list()
    assert printemps - hiver + sorties == 3


def test_un_stock_masque_masque_ses_flux_a_sa_date_et_a_la_suivante() -> None:
    """4 sous contrat l'hiver, 14 au printemps, 10 entrées lisibles : 14 − 10 = 4."""
    protegee = proteger(table(*sous_contrat(4, 10, 0)), "interne", LE)
    assert statuts(protegee, periode=HIVER) == "A"
    assert statuts(protegee, periode=PRINTEMPS) == "VAA"


def test_les_flux_d_un_stock_declare_sont_de_sa_famille() -> None:
    """La porte ne voit qu'une famille à la fois."""
    for famille in FAMILLES.values():
        codes = {i.code for i in famille.indicateurs}
        assert {i.flux_de for i in famille.indicateurs if i.flux_de} <= codes


def test_une_maille_ou_rien_ne_se_publie_ne_sort_pas() -> None:
    """D2 d'un trimestre, à l'établissement : il se déduirait des douze mois de D4a."""
    protegee = proteger(table(*territoire([20, 30], indicateur="D2")), "interne", LE)
    assert protegee.select("maille", "zone", "valeur").rows() == [("territoire", "T1", 50)]


def test_au_mois_par_age_ou_dans_un_etablissement_les_entrees_ne_sortent_pas() -> None:
    publiee = du_territoire("E7", PRINTEMPS, 20)
    tues = [
        ligne("A", 20, indicateur="E7", periode=PRINTEMPS),
        du_territoire("E7", "2026-05", 20, pas="mois"),
        du_territoire("E7", PRINTEMPS, 20, ventilation="age", modalite="0 an"),
    ]
    protegee = proteger(table(publiee, *tues), "interne", LE)
    assert protegee.select("zone", "periode", "valeur").rows() == [("T1", PRINTEMPS, 20)]


def test_un_petit_etablissement_ne_fait_pas_masquer_le_reseau() -> None:
    """Une crèche à quatre enfants en mai et en juin, sur vingt-quatre : le mouvement le plus court.

    Masquer de proche en proche, sans le chercher, masquait ici 72 cases sur 188 (et, sur le grand
    jeu d'exemple, tout un trimestre du département).
    """
    avant = table(*_reseau_de_creches(24, territoires=4))
    apres = proteger(avant, "interne", LE)
    assert apres["statut"].str.starts_with("masque").sum() < len(avant) / 5
    assert statuts(apres, maille="departement") == "VVVV"
    assert cellules_deductibles(avant, apres, "H1") == []


def _reseau_de_creches(nombre: int, territoires: int) -> list[dict[str, Any]]:
    """La première partage sa commune avec une crèche qui n'ouvre qu'en juin ; d'autres aussi."""
    lignes: list[dict[str, Any]] = []
    contenantes: dict[str, list[int]] = {}
    for n in range(nombre):
        comptes = [20 + 7 * n % 11, 21 + 5 * n % 13, 30 + n]
        if n < 2:
            comptes = [[30, 4, 4], [0, 0, 40]][n]
        commune = f"commune:C{n - (n == 1 or (n % 4 == 0 and n > 0))}"
        parents = [commune, f"territoire:T{n % territoires}"]
        lignes += _en_mois(f"E{n}", comptes, "etablissement", parents)
        for zone in (*parents, "departement:99"):
            deja = contenantes.get(zone, [0, 0, 0])
            contenantes[zone] = [a + b for a, b in zip(deja, comptes, strict=True)]
    for zone, comptes in contenantes.items():
        maille, _, code = zone.partition(":")
        lignes += _en_mois(code, comptes, maille, [] if code == "99" else ["departement:99"])
    return lignes


def _en_mois(
    zone: str, comptes: list[int], maille: str, parents: list[str]
) -> list[dict[str, Any]]:
    commun = {"indicateur": "H1", "maille": maille, "parents": parents}
    periodes = zip(("2026-04", "2026-05", "2026-06"), comptes, strict=True)
    return [
        *(ligne(zone, n, pas="mois", periode=p, **commun) for p, n in periodes),
        ligne(zone, sum(comptes), **commun),
    ]
