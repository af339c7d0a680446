"""Couverture maximale : égale à l'énumération exhaustive, exclusions, équité, cas hostiles."""

from itertools import chain, combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from rtpe_analyse.methodes.implantation import couverture_maximale, solutions_successives


def table(demandes: dict[str, float], prioritaires: tuple[str, ...] = ()) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "zone": list(demandes),
            "demande": [float(d) for d in demandes.values()],
            "prioritaire": [z in prioritaires for z in demandes],
        },
        schema={"zone": pl.String, "demande": pl.Float64, "prioritaire": pl.Boolean},
    )


def couples(portees: dict[str, str]) -> pl.DataFrame:
    """Lieu → zones à portée, une lettre chacune."""
    lignes = [(z, lieu) for lieu, zones in portees.items() for z in zones]
    return pl.DataFrame(lignes, schema={"zone": pl.String, "lieu": pl.String}, orient="row")


def servie(lieux: tuple[str, ...], demandes, portees, capacite: int) -> int:
    """Flot maximal source → zones → lieux ouverts → puits, écrit à part du programme."""
    zones = list(demandes)
    rang = {x: i + 1 for i, x in enumerate([*zones, *lieux])}
    fin = len(rang) + 1
    arcs = [(0, rang[z], demandes[z]) for z in zones]
    arcs += [(rang[z], rang[li], demandes[z]) for li in lieux for z in portees[li]]
    arcs += [(rang[li], fin, capacite) for li in lieux]
    i, j, v = zip(*arcs, strict=True)
    graphe = csr_array((np.array(v, dtype=np.int32), (i, j)), shape=(fin + 1, fin + 1))
    return int(maximum_flow(graphe, 0, fin).flow_value)


def test_un_lieu_le_plus_entoure() -> None:
    demandes, portees = {"a": 10, "b": 20, "c": 5}, {"X": "ab", "Y": "bc"}
    choix = couverture_maximale(table(demandes), couples(portees), 1, 100)
    assert choix.lieux == ("X",)
    assert (choix.servie, choix.prouve) == (30, True)


def test_a_service_egal_le_plus_entoure_l_emporte() -> None:
    demandes, portees = {"a": 30, "b": 25, "c": 30}, {"X": "a", "Y": "bc", "Z": "c"}
    choix = couverture_maximale(table(demandes), couples(portees), 1, 20)
    assert (choix.lieux, choix.servie, choix.couverte) == (("Y",), 20, 55)


def test_la_capacite_change_le_choix_de_deux_lieux() -> None:
    demandes, portees = {"a": 50, "b": 50, "c": 30}, {"X": "ab", "Y": "a", "Z": "c"}
    # Sans limite, X et Z servent tout ; à 40 places, tout couple d'ouverts en sert 40 + 40 ou 70.
    assert couverture_maximale(table(demandes), couples(portees), 2, 1000).servie == 130
    limite = couverture_maximale(table(demandes), couples(portees), 2, 40)
    assert (limite.lieux, limite.servie) == (("X", "Y"), 80)


@st.composite
def reseaux(tirer):
    zones = [f"z{i}" for i in range(tirer(st.integers(1, 6)))]
    lieux = [f"l{i}" for i in range(tirer(st.integers(1, 5)))]
    demandes = {z: tirer(st.integers(0, 30)) for z in zones}
    portees = {li: tirer(st.lists(st.sampled_from(zones), unique=True)) for li in lieux}
    return demandes, portees, tirer(st.integers(1, 3)), tirer(st.integers(1, 40))


@settings(max_examples=60, deadline=None)
@given(reseaux())
def test_egale_l_enumeration_exhaustive(reseau) -> None:
    demandes, portees, nombre, capacite = reseau
    lignes = [(z, li) for li, zones in portees.items() for z in zones]
    a_portee = pl.DataFrame(lignes, schema={"zone": pl.String, "lieu": pl.String}, orient="row")
    choix = couverture_maximale(table(demandes), a_portee, nombre, capacite)
    tous = chain.from_iterable(combinations(portees, k) for k in range(1, nombre + 1))
    mieux = max(servie(lieux, demandes, portees, capacite) for lieux in tous)
    assert (choix.servie if choix else 0) == pytest.approx(mieux, abs=1e-6)
    if choix:
        assert len(choix.lieux) <= nombre
        egaux = [
            {z for li in lieux for z in portees[li]}
            for lieux in combinations(portees, min(nombre, len(portees)))
            if servie(lieux, demandes, portees, capacite) == mieux
        ]
        couverts = max(sum(demandes[z] for z in zones) for zones in egaux)
        assert choix.couverte == pytest.approx(couverts)
        assert sum(choix.par_lieu.values()) == pytest.approx(choix.servie)
        assert max(choix.par_lieu.values()) <= capacite + 1e-6


def test_les_exclusions_rangent_les_choix_sans_les_repeter() -> None:
    demandes = {"a": 10, "b": 10, "c": 5}
    portees = {"X": "a", "Y": "b", "Z": "c"}
    suite = solutions_successives(table(demandes), couples(portees), 1, 100, 5)
    assert [c.servie for c in suite] == [10, 10, 5]
    assert {c.lieux for c in suite} == {("X",), ("Y",), ("Z",)}
    deux = solutions_successives(table(demandes), couples(portees), 2, 100, 5)
    assert [c.servie for c in deux][:3] == [20, 15, 15]
    assert len({c.lieux for c in deux}) == len(deux)


def test_l_equite_impose_des_zones_prioritaires() -> None:
    demandes, portees = {"a": 30, "b": 10, "c": 8}, {"X": "a", "Y": "b", "Z": "c"}
    libre = couverture_maximale(table(demandes, ("c",)), couples(portees), 2, 20)
    assert (libre.lieux, libre.servie, libre.prioritaire) == (("X", "Y"), 30, 0)
    # 20 % de deux fois 20 places : les 8 enfants de c.
    juste = couverture_maximale(
        table(demandes, ("c",)), couples(portees), 2, 20, part_prioritaire=0.2
    )
    assert (juste.lieux, juste.servie, juste.prioritaire) == (("X", "Z"), 28, 8)
    trop = couverture_maximale(
        table(demandes, ("c",)), couples(portees), 2, 20, part_prioritaire=0.21
    )
    assert trop is None


def test_cas_hostiles() -> None:
    rien = couples({})
    assert couverture_maximale(table({"a": 10}), rien, 1, 10) is None
    assert couverture_maximale(table({"a": 0}), couples({"X": "a"}), 1, 10) is None
    assert couverture_maximale(table({"a": 10}), couples({"X": "a"}), 0, 10) is None
    assert couverture_maximale(table({}), couples({"X": "a"}), 1, 10) is None
    # Aucune zone prioritaire à portée : l'équité ne peut pas être tenue.
    impossible = table({"a": 10, "b": 5}, ("b",))
    juste = couverture_maximale(impossible, couples({"X": "a"}), 1, 10, part_prioritaire=0.5)
    assert juste is None


def test_l_ordre_des_lignes_est_indifferent() -> None:
    demandes, portees = {"a": 9, "b": 7, "c": 5}, {"X": "ab", "Y": "bc", "Z": "c"}
    direct = couverture_maximale(table(demandes), couples(portees), 1, 12)
    inverse = couverture_maximale(table(demandes).reverse(), couples(portees).reverse(), 1, 12)
    assert direct == inverse


@settings(max_examples=60, deadline=None)
@given(reseaux(), st.data())
def test_l_equite_egale_l_enumeration_exhaustive(reseau, donnees) -> None:
    """Un choix tient la part si le flot des seules zones prioritaires l'atteint.

    Un flot maximal se complète sans rien retirer à une zone déjà servie : la part tenue, le choix
    sert encore tout ce qu'il peut.
    """
    demandes, portees, nombre, capacite = reseau
    pauvres = tuple(donnees.draw(st.lists(st.sampled_from(list(demandes)), unique=True)))
    part = donnees.draw(st.sampled_from([0.1, 0.25, 0.5, 1.0]))
    lignes = [(z, li) for li, zones in portees.items() for z in zones]
    a_portee = pl.DataFrame(lignes, schema={"zone": pl.String, "lieu": pl.String}, orient="row")
    choix = couverture_maximale(
        table(demandes, pauvres), a_portee, nombre, capacite, part_prioritaire=part
    )
    seules = {z: d if z in pauvres else 0 for z, d in demandes.items()}
    tenus = [
        servie(lieux, demandes, portees, capacite)
        for k in range(1, nombre + 1)
        for lieux in combinations(portees, k)
        if servie(lieux, seules, portees, capacite) >= part * nombre * capacite - 1e-9
    ]
    assert (choix.servie if choix else 0) == pytest.approx(max(tenus, default=0), abs=1e-5)


def test_chaque_proposition_sort_des_groupes_des_precedentes() -> None:
    """X et Y sont voisins, du même groupe : après X, la proposition suivante est Z."""
    demandes = {"a": 30, "b": 28, "c": 5}
    portees = {"X": "ab", "Y": "b", "Z": "c"}
    suite = solutions_successives(
        table(demandes), couples(portees), 1, 100, 5, groupes={"X": "n", "Y": "n", "Z": "s"}
    )
    assert [(c.lieux, c.servie) for c in suite] == [(("X",), 58), (("Z",), 5)]
    deux = solutions_successives(
        table(demandes), couples(portees), 2, 100, 5, groupes={"X": "n", "Y": "n", "Z": "s"}
    )
    # X et Z servent tout ; tout autre couple reste dans leurs deux groupes.
    assert [c.lieux for c in deux] == [("X", "Z")]
