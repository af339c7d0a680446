"""Invariants de la famille « personnel » : sommes, ordre des lignes, plus d'agents, mieux."""

import random
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.specifications.jeux_personnel import agents, creche, enfants, section
from tests.specifications.outils import (
    LUNDI,
    agrement,
    etablissement,
    ouvertures,
    territoire,
    valeur_de,
)

PASSAGES = st.lists(st.tuples(st.integers(480, 1060), st.integers(1, 200)), min_size=1, max_size=25)
EQUIPES = st.lists(st.integers(0, 6), min_size=40, max_size=40)


def preparer(dossier, passages, equipes, melange=None, renfort=0):
    """Deux crèches ; A reçoit tous les passages, B un enfant et deux agents."""
    jeu = creche(dossier)
    lieux = [etablissement(c, mode_encadrement="5_8") for c in "AB"]
    jeu.ecrire("etablissements", lieux)
    jeu.ecrire("territoires", [territoire("A", "T1"), territoire("B", "T1")])
    jeu.ecrire("agrements", [*agrement("A", 20), *agrement("B", 20)])
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 1, 20), *ouvertures("B", LUNDI, 1, 20)])
    jeu.ecrire("sections", [section(part=37.5), section(part=60.0, etablissement="B")])
    pointages = [
        enfants(1, debut / 60, min(debut + duree, 1439) / 60, nom=f"n{rang}_")[0]
        for rang, (debut, duree) in enumerate(passages)
    ] + enfants(1, code="B", nom="b")
    presents = [
        a
        for quart, n in enumerate(equipes, 32)
        for a in agents({"diplome": n // 2 + renfort, "autre_qualifie": n - n // 2}, [quart])
    ] + agents({"diplome": 2}, etablissement="B")
    if melange is not None:
        random.Random(melange).shuffle(pointages)
        random.Random(melange).shuffle(presents)
    jeu.ecrire("pointages", pointages)
    jeu.ecrire("presences_agents", presents)
    return jeu.calculer("personnel")


@settings(max_examples=12, deadline=None)
@given(PASSAGES, EQUIPES, st.integers(0, 1000))
def test_les_sommes_et_l_ordre(passages, equipes, melange):
    with tempfile.TemporaryDirectory() as un, tempfile.TemporaryDirectory() as deux:
        table = preparer(Path(un), passages, equipes)
        assert table.equals(preparer(Path(deux), passages, equipes, melange))
    juin = table.filter(pl.col("periode") == "2026-06", pl.col("indicateur").is_in(["R1", "R2"]))
    for code in ("R1", "R2"):
        un = juin.filter(pl.col("indicateur") == code)
        for colonne in ("numerateur", "denominateur"):
            sommes = {
                m: un.filter(pl.col("maille") == m)[colonne].sum() for m in un["maille"].unique()
            }
            assert len(set(sommes.values())) == 1, sommes
    assert valeur_de(table, "R2", "A") <= valeur_de(table, "R1", "A")


@settings(max_examples=12, deadline=None)
@given(PASSAGES, EQUIPES)
def test_un_agent_de_plus_n_aggrave_jamais(passages, equipes):
    with tempfile.TemporaryDirectory() as un, tempfile.TemporaryDirectory() as deux:
        avant = preparer(Path(un), passages, equipes)
        apres = preparer(Path(deux), passages, equipes, renfort=1)
    for code in ("R1", "R2"):
        assert valeur_de(apres, code, "A") <= valeur_de(avant, code, "A")
