"""V1, variation de l'occupation réelle sur un an : chaque facteur a son effet, et leur somme."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpe_analyse.erreurs import ErreurControle
from rtpe_analyse.indicateurs import effets as decomposition
from rtpe_analyse.indicateurs.effets import Cote, effets
from rtpe_analyse.nomenclatures import liste_fermee
from tests.specifications.jeux_contrats import contrat, planning
from tests.specifications.outils import (
    Jeu,
    agrement,
    egal,
    etablissement,
    ligne_de,
    ouvertures,
    pointage,
    reseau,
    reseau_aleatoire,
    territoire,
)

LE = date(2026, 6, 30)
TRIMESTRE = "2026-T2"
# Cinq jours ouvrés de chacun des trois mois, les deux années.
SEMAINES = {
    annee: [date(annee, mois, jour) for mois, jour in jours]
    for annee, jours in {
        2025: ((4, 7), (5, 12), (6, 16)),
        2026: ((4, 13), (5, 18), (6, 15)),
    }.items()
}
FERMES_2026 = {date(2026, 4, 13), date(2026, 5, 18), date(2026, 6, 15)}


def jours(annee: int) -> list[date]:
    return [lundi + timedelta(n) for lundi in SEMAINES[annee] for n in range(5)]


def calendrier(code: str, annee: int, fermes: set[date], cause: str | None) -> list[dict[str, Any]]:
    ferme = {"ouvert": False, "places_ouvertes": None, "cause": cause}
    return [
        o | (ferme if o["date"] in fermes else {})
        for lundi in SEMAINES[annee]
        for o in ouvertures(code, lundi, 5, 10)
    ]


def contrats(code: str, annee: int, enfants: int, fin_h: float) -> tuple[list[Any], list[Any]]:
    """Un contrat par enfant, du lundi au vendredi, de 8 h à `fin_h`, pour l'année civile."""
    signes = [
        contrat(
            f"{code}{n}",
            code,
            contrat=f"{code}{n}-{annee}",
            debut=date(annee, 1, 2),
            fin=date(annee, 12, 31),
        )
        for n in range(enfants)
    ]
    return signes, [p for c in signes for p in planning(c["contrat"], 1, 2, 3, 4, 5, fin_h=fin_h)]


def creche(dossier: Path, cause: str | None = "personnel", enfants_2025: int = 6) -> Jeu:
    """Dix places de 10 h, quinze jours prévus par trimestre : 1 500 h de capacité.

    2025 : tout ouvert, 6 enfants sous contrat 8 h par jour, présents 6 h.
    2026 : 3 jours fermés sur 15, les mêmes 6 enfants sous contrat 6 h, présents 6 h.
    """
    jeu = Jeu(dossier)
    jeu.ecrire("etablissements", [etablissement("A")])
    jeu.ecrire("territoires", [territoire("A", "T1")])
    jeu.ecrire("agrements", agrement("A", 10))
    jeu.ecrire(
        "ouvertures",
        [*calendrier("A", 2025, set(), None), *calendrier("A", 2026, FERMES_2026, cause)],
    )
    avant, heures_avant = contrats("A", 2025, enfants_2025, 16)
    apres, heures_apres = contrats("A", 2026, 6, 14)
    jeu.ecrire("contrats", [*avant, *apres])
    jeu.ecrire("plannings", [*heures_avant, *heures_apres])
    jeu.ecrire(
        "pointages",
        [
            pointage(f"A{n}", "A", jour, 8, 14)
            for annee, enfants in ((2025, enfants_2025), (2026, 6))
            for jour in jours(annee)
            if jour not in FERMES_2026
            for n in range(enfants)
        ],
    )
    return jeu


def lus(table: pl.DataFrame, zone: str, maille: str) -> dict[str, float | None]:
    lignes = table.filter(
        pl.col("indicateur") == "V1",
        pl.col("zone") == zone,
        pl.col("maille") == maille,
        pl.col("periode") == TRIMESTRE,
    )
    return dict(lignes.select("modalite", "valeur").iter_rows())


# Part ouverte 1 → 0,8 ; attribuée 0,6 → 0,6 ; contrat 0,8 → 0,6 ; présence 0,75 → 1.
# Das Gupta à trois facteurs : Δa × [(bc + b'c') / 3 + (bc' + b'c) / 6], × 0,6 attribué.
OUVERTURE = 0.6 * (0.8 - 1) * ((0.8 * 0.75 + 0.6 * 1) / 3 + (0.8 * 1 + 0.6 * 0.75) / 6)
CONTRAT = 0.6 * (0.6 - 0.8) * ((1 * 0.75 + 0.8 * 1) / 3 + (1 * 1 + 0.8 * 0.75) / 6)
PRESENCE = 0.6 * (1 - 0.75) * ((1 * 0.8 + 0.8 * 0.6) / 3 + (1 * 0.6 + 0.8 * 0.8) / 6)
ATTENDU = {
    "personnel": 100 * OUVERTURE,
    "travaux": 0,
    "autre": 0,
    "subie_sans_cause": 0,
    "ouverture_hors_calendrier": 0,
    "attribution": 0,
    "temps_contractuel": 100 * CONTRAT,
    "presence": 100 * PRESENCE,
}


def test_l_arithmetique_de_l_attendu():
    """−7,3 (fermetures) − 9,4 (contrats) + 9,5 (présence) = 28,8 − 36 points."""
    assert egal(-7.3) == 100 * OUVERTURE
    assert egal(-9.4) == 100 * CONTRAT
    assert egal(9.5) == 100 * PRESENCE
    assert sum(ATTENDU.values()) == egal(100 * (432 / 1500 - 540 / 1500))


def test_chaque_effet_a_la_main(tmp_path):
    table = creche(tmp_path).calculer("variations", LE)
    assert lus(table, "A", "etablissement") == {m: egal(v) for m, v in ATTENDU.items()}
    attendu = {**ATTENDU, "composition": 0}
    for maille, zone in (("territoire", "T1"), ("departement", "99")):
        assert lus(table, zone, maille) == {m: egal(v) for m, v in attendu.items()}


def test_les_effets_sont_ceux_de_la_liste(tmp_path):
    table = creche(tmp_path).calculer("variations", LE)
    assert set(lus(table, "T1", "territoire")) == set(liste_fermee("effets_variation"))


def test_la_somme_est_la_variation_de_t1(tmp_path):
    jeu = creche(tmp_path)
    effets_lus = lus(jeu.calculer("variations", LE), "T1", "territoire")
    t1 = jeu.calculer("occupation", LE)
    deux = [
        ligne_de(t1, "T1", "T1", periode=p, maille="territoire")["valeur"]
        for p in ("2025-T2", TRIMESTRE)
    ]
    assert sum(v for v in effets_lus.values() if v is not None) == egal(100 * (deux[1] - deux[0]))


@pytest.mark.parametrize(
    ("cause", "modalite"),
    [("travaux", "travaux"), ("autre", "autre"), (None, "subie_sans_cause")],
)
def test_mutation_une_autre_cause_prend_l_effet_d_ouverture(tmp_path, cause, modalite):
    trouves = lus(creche(tmp_path, cause).calculer("variations", LE), "A", "etablissement")
    assert trouves[modalite] == egal(-7.3)
    assert trouves["personnel"] == egal(0)


def test_un_etablissement_qui_ouvre_est_un_effet_de_composition(tmp_path):
    """A : 36 % les deux années (2025 recopiée) ; B ouvre en 2026 à capacité égale, à 54 %.

    T1 du territoire : 36 %, puis (540 + 810) / 3 000 = 45 % ; +9 points, tous de composition.
    """
    jeu = creche(tmp_path)
    jeu.ecrire("etablissements", [etablissement("A"), etablissement("B")])
    jeu.ecrire("territoires", [territoire(c, "T1") for c in "AB"])
    jeu.ecrire("agrements", [*agrement("A", 10), *agrement("B", 10)])
    ecrits = [
        *calendrier("A", 2025, set(), None),
        *calendrier("A", 2026, set(), None),
        *calendrier("B", 2026, set(), None),
    ]
    jeu.ecrire("ouvertures", ecrits)
    tous = [contrats("A", 2025, 6, 16), contrats("A", 2026, 6, 16), contrats("B", 2026, 6, 17)]
    jeu.ecrire("contrats", [c for signes, _ in tous for c in signes])
    jeu.ecrire("plannings", [p for _, heures in tous for p in heures])
    presences = [
        pointage(f"A{n}", "A", jour, 8, 14)
        for annee in (2025, 2026)
        for jour in jours(annee)
        for n in range(6)
    ]
    presences += [pointage(f"B{n}", "B", jour, 8, 17) for jour in jours(2026) for n in range(6)]
    jeu.ecrire("pointages", presences)
    trouves = lus(jeu.calculer("variations", LE), "T1", "territoire")
    assert trouves == {m: egal(9.0 if m == "composition" else 0) for m in [*ATTENDU, "composition"]}


def test_ferme_tout_le_trimestre_l_effet_est_tout_entier_a_la_cause(tmp_path):
    """Rien d'ouvert en 2026 : 36 % → 0, et c'est la fermeture."""
    jeu = creche(tmp_path)
    jeu.ecrire(
        "ouvertures",
        [
            *calendrier("A", 2025, set(), None),
            *calendrier("A", 2026, set(jours(2026)), "travaux"),
        ],
    )
    presences = jeu.lire("pointages").drop("_fichier", "_ligne").to_dicts()
    jeu.ecrire("pointages", [p for p in presences if p["date"].year == 2025])
    trouves = lus(jeu.calculer("variations", LE), "T1", "territoire")
    attendu = dict.fromkeys([*ATTENDU, "composition"], 0.0) | {"travaux": -36.0}
    assert trouves == {m: egal(v) for m, v in attendu.items()}


def test_sans_contrat_la_zone_est_non_calculable(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("contrats", [])
    table = jeu.calculer("variations", LE).filter(
        pl.col("indicateur") == "V1", pl.col("periode") == TRIMESTRE
    )
    assert set(table["statut"]) == {"non_calculable"}
    assert table["valeur"].null_count() == len(table)


def test_l_effectif_est_le_plus_petit_des_deux_annees(tmp_path):
    table = creche(tmp_path, enfants_2025=4).calculer("variations", LE)
    lignes = table.filter(pl.col("zone") == "A", pl.col("periode") == TRIMESTRE)
    assert set(lignes["effectif"]) == {4}


def test_sans_an_dernier_rien_ne_se_dit(tmp_path):
    table = creche(tmp_path).calculer("variations", date(2025, 6, 30))
    assert table.filter(pl.col("indicateur") == "V1").drop_nulls("valeur").is_empty()


@pytest.mark.parametrize("monde", [Jeu, reseau, reseau_aleatoire])
def test_sans_an_dernier_ni_contrat_rien_ne_se_leve(tmp_path, monde):
    """Aucune table utile, une semaine d'activité, un seul trimestre : pas de variation."""
    jeu = monde(tmp_path)
    if monde is Jeu:
        jeu.ecrire("etablissements", [etablissement("A")])
    table = jeu.calculer("variations")
    assert table.filter(pl.col("indicateur") == "V1").drop_nulls("valeur").is_empty()


heures = st.integers(0, 50)


@st.composite
def cotes(tirer: st.DrawFn) -> tuple[Cote, Cote]:
    """Deux côtés quelconques, aux paliers cohérents (un palier nul annule les suivants)."""
    n = tirer(st.integers(1, 4))
    return tirer(_cote(n)), tirer(_cote(n))


@st.composite
def _cote(tirer: st.DrawFn, n: int) -> Cote:
    paliers, causes = [], []
    for _ in range(n):
        pertes = [-tirer(st.integers(0, 10)) for _ in range(4)]
        prevu = tirer(st.integers(40, 90))
        suite = [prevu, prevu + sum(pertes)]
        for _ in range(3):
            suite.append(tirer(heures) if suite[-1] else 0)
        paliers.append(suite)
        causes.append([0, *pertes])
    compte = [True, *(tirer(st.booleans()) for _ in range(n - 1))]
    return Cote(np.array(paliers, float), np.array(causes, float), np.array(compte))


def _t1(cote: Cote) -> float:
    return float(cote.paliers[cote.compte, -1].sum() / cote.paliers[cote.compte, 0].sum())


@given(cotes())
def test_somme_des_effets_et_symetrie(deux):
    avant, apres = deux
    aller, retour = effets(avant, apres), effets(apres, avant)
    assert aller is not None
    assert retour is not None
    assert sum(aller.values()) == pytest.approx(_t1(apres) - _t1(avant), abs=1e-9)
    assert {n: -v for n, v in retour.items()} == pytest.approx(aller, abs=1e-9)


def test_une_somme_fausse_est_refusee(tmp_path, monkeypatch):
    """Mutation : un poids qui ne somme pas à un ne redonne pas la variation."""
    juste = decomposition._poids
    monkeypatch.setattr(decomposition, "_poids", lambda cote, k: 1.01 * juste(cote, k))
    with pytest.raises(ErreurControle):
        creche(tmp_path).calculer("variations", LE)
