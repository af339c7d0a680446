"""V2, écart d'occupation réelle avec une autre zone : effet propre, effet de composition."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given

from rtpe_analyse.indicateurs.effets import CAUSES, COMPOSITION, PROPRES, Cote, effets
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
from tests.specifications.test_V1 import cotes

LE = date(2026, 6, 30)
TRIMESTRE = "2026-T2"
LUNDIS = [date(2026, 4, 13), date(2026, 5, 18), date(2026, 6, 15)]
JOURS = [lundi + timedelta(n) for lundi in LUNDIS for n in range(5)]


def monde(dossier: Path, *creches: tuple[str, str, int, int, int], **reste: str) -> Jeu:
    """Des crèches ouvertes quinze jours de 10 h : code, territoire, places, enfants, heures.

    Chaque enfant est sous contrat 8 h par jour (de 8 h à 16 h) et présent le nombre d'heures
    donné. `reste` donne le type d'accueil d'un code.
    """
    jeu = Jeu(dossier)
    jeu.ecrire(
        "etablissements",
        [etablissement(c, type_accueil=reste.get(c, "collectif")) for c, *_ in creches],
    )
    jeu.ecrire("territoires", [territoire(c, t) for c, t, *_ in creches])
    jeu.ecrire("agrements", [a for c, _, places, *_ in creches for a in agrement(c, places)])
    jeu.ecrire(
        "ouvertures",
        [o for c, _, n, *_ in creches for lundi in LUNDIS for o in ouvertures(c, lundi, 5, n)],
    )
    signes = [
        contrat(f"{c}{n}", c, contrat=f"{c}{n}", debut=date(2026, 1, 2), fin=date(2026, 12, 31))
        for c, _, _, enfants, _ in creches
        for n in range(enfants)
    ]
    jeu.ecrire("contrats", signes)
    jeu.ecrire(
        "plannings", [p for s in signes for p in planning(s["contrat"], 1, 2, 3, 4, 5, fin_h=16)]
    )
    jeu.ecrire(
        "pointages",
        [
            pointage(f"{c}{n}", c, jour, 8, 8 + heures)
            for c, _, _, enfants, heures in creches
            for jour in JOURS
            for n in range(enfants)
        ],
    )
    return jeu


def lus(table: pl.DataFrame, zone: str, autre: str) -> dict[str, float | None]:
    """Les effets de l'écart de `zone` avec `autre` (« territoire:T2 »)."""
    lignes = table.filter(
        pl.col("indicateur") == "V2",
        pl.col("zone") == zone,
        pl.col("periode") == TRIMESTRE,
        pl.col("modalite").str.starts_with(f"{autre}:"),
    )
    noms = lignes["modalite"].str.split(":").list.last()
    return dict(zip(noms, lignes["valeur"], strict=True))


def attendus(**effets_: float) -> dict[str, object]:
    return {nom: egal(effets_.get(nom, 0.0)) for nom in (*PROPRES, COMPOSITION)}


def test_meme_taille_tout_est_effet_propre(tmp_path: Path) -> None:
    """A et B : 10 places, 6 enfants sous contrat 8 h ; présents 6 h chez A, 7 h chez B.

    T1 : 6 × 6 / 100 = 36 % contre 6 × 7 / 100 = 42 % ; 0,6 attribué × 0,8 × (7/8 − 6/8) = 6 points.
    """
    jeu = monde(tmp_path, ("A", "T1", 10, 6, 6), ("B", "T2", 10, 6, 7))
    table = jeu.calculer("variations", LE)
    assert lus(table, "T2", "territoire:T1") == attendus(presence=6.0)
    assert lus(table, "T1", "territoire:T2") == attendus(presence=-6.0)


def test_memes_taux_par_taille_tout_est_composition(tmp_path: Path) -> None:
    """Petites crèches (20 places) : 6 h × 10 / 200 = 30 % ; moyennes (30) : 6 h × 20 / 300 = 40 %.

    T1 a deux petites et une moyenne : 40 et 30 places, (120 + 120) / 700 = 34,286 %.
    T2 a une petite et une moyenne : 20 et 30 places, (60 + 120) / 500 = 36 %. Écart : 1,714 point.
    """
    jeu = monde(
        tmp_path,
        ("A", "T1", 20, 10, 6),
        ("B", "T1", 20, 10, 6),
        ("C", "T1", 30, 20, 6),
        ("D", "T2", 20, 10, 6),
        ("E", "T2", 30, 20, 6),
    )
    trouves = lus(jeu.calculer("variations", LE), "T2", "territoire:T1")
    assert trouves == attendus(composition=100 * (180 / 500 - 240 / 700))


def test_l_accueil_familial_est_un_groupe_a_part(tmp_path: Path) -> None:
    """Mutation : les mêmes 10 places, mais T2 est en accueil familial : tout est composition."""
    creches = (("A", "T1", 10, 6, 6), ("B", "T2", 10, 6, 7))
    table = monde(tmp_path, *creches, B="familial").calculer("variations", LE)
    assert lus(table, "T2", "territoire:T1") == attendus(composition=6.0)


def test_le_departement_contient_le_territoire(tmp_path: Path) -> None:
    """Département : (6 × 6 + 6 × 7) / 200 = 39 %. T1 : 36 %, soit − 3 points de présence."""
    jeu = monde(tmp_path, ("A", "T1", 10, 6, 6), ("B", "T2", 10, 6, 7))
    table = jeu.calculer("variations", LE)
    assert lus(table, "T1", "departement:99") == attendus(presence=-3.0)


def test_la_somme_est_l_ecart_de_t1(tmp_path: Path) -> None:
    jeu = monde(tmp_path, ("A", "T1", 20, 9, 5), ("B", "T2", 30, 21, 7), ("C", "T2", 12, 5, 4))
    t1 = jeu.calculer("occupation", LE)
    ici, autre = (
        ligne_de(t1, "T1", zone, periode=TRIMESTRE, maille="territoire")["valeur"]
        for zone in ("T1", "T2")
    )
    trouves = lus(jeu.calculer("variations", LE), "T1", "territoire:T2")
    assert sum(v for v in trouves.values() if v is not None) == egal(100 * (ici - autre))


def test_l_effectif_est_le_plus_petit_des_deux_zones(tmp_path: Path) -> None:
    jeu = monde(tmp_path, ("A", "T1", 10, 6, 6), ("B", "T2", 10, 4, 7))
    table = jeu.calculer("variations", LE).filter(pl.col("indicateur") == "V2")
    contre_t2 = table.filter(
        pl.col("zone") == "T1",
        pl.col("periode") == TRIMESTRE,
        pl.col("modalite").str.starts_with("territoire:"),
    )
    assert set(contre_t2["effectif"]) == {4}


def test_sans_contrat_l_ecart_est_non_calculable(tmp_path: Path) -> None:
    jeu = monde(tmp_path, ("A", "T1", 10, 6, 6), ("B", "T2", 10, 6, 7))
    jeu.ecrire("contrats", [])
    table = jeu.calculer("variations", LE).filter(pl.col("indicateur") == "V2")
    assert set(table.filter(pl.col("periode") == TRIMESTRE)["statut"]) == {"non_calculable"}


def test_un_seul_territoire_ne_se_compare_qu_au_departement(tmp_path: Path) -> None:
    """Il est tout le département : chaque effet est nul."""
    table = monde(tmp_path, ("A", "T1", 10, 6, 6)).calculer("variations", LE)
    assert lus(table, "T1", "departement:99") == attendus()
    assert table.filter(pl.col("modalite").str.starts_with("territoire:")).is_empty()


@pytest.mark.parametrize("fabrique", [Jeu, reseau, reseau_aleatoire])
def test_rien_ne_se_leve_sans_de_quoi_comparer(tmp_path: Path, fabrique: type[Jeu]) -> None:
    jeu = fabrique(tmp_path)
    if fabrique is Jeu:
        jeu.ecrire("etablissements", [etablissement("A")])
    jeu.calculer("variations")


def test_das_gupta_chefs_de_menage_deux_populations() -> None:
    """Das Gupta, 1993 (P23-186), population par âge et taux de chefs de ménage, 1970 et 1985.

    Le groupe d'âge tient lieu de groupe d'établissements, sa part de population de capacité, son
    taux de présence : effets publiés, 1,2269 pour l'âge (composition) et 1,7403 pour le taux.
    """
    parts = (
        (12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9),
        (10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5),
    )
    taux = (
        (1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8),
        (2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2),
    )
    deux = [
        Cote(
            np.array([[w, w, w, w, w * t / 100] for w, t in zip(poids, taux_, strict=True)]),
            np.zeros((len(poids), len(CAUSES))),
            np.ones(len(poids), dtype=bool),
        )
        for poids, taux_ in zip(parts, taux, strict=True)
    ]
    trouves = effets(*deux)
    assert trouves is not None
    publies = {"presence": 1.7403, COMPOSITION: 1.2269}
    lus_ = {nom: 100 * v for nom, v in trouves.items() if nom in publies}
    assert lus_ == pytest.approx(publies, abs=1e-4)


@given(cotes())
def test_l_ordre_des_deux_zones_change_le_signe(deux: tuple[Cote, Cote]) -> None:
    aller, retour = effets(*deux), effets(*reversed(deux))
    assert aller is not None
    assert retour is not None
    assert {n: -v for n, v in retour.items()} == pytest.approx(aller, abs=1e-9)
