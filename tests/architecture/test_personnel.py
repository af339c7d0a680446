"""Aucun indicateur, aucune colonne ne parle d'un agent isolé."""

import re

import pytest

from rtpe_analyse.indicateurs.catalogue import FAMILLES
from rtpe_analyse.indicateurs.modele import CONTRIBUTEURS_AGENTS, Additif, Indicateur
from rtpe_analyse.reglementation import historique
from rtpe_analyse.schemas import TABLES

AGENT = re.compile(r"agent|salari|professionnel|employe|nom_direct|prenom")
# Des effectifs, jamais des personnes.
COMPTES = {("presences_agents", "agents"), ("directions", "direction")}


def _declarer(**champs):
    base = {
        "code": "Z1",
        "libelle": "Essai",
        "unite": "h",
        "agregation": Additif("x"),
        "numerateur": "x",
        "champ": "x",
        "definition": "x",
        "source": "x",
        "limites": "x",
    }
    return Indicateur(**{**base, **champs})


def test_la_famille_ne_compte_que_des_effectifs():
    for indicateur in FAMILLES["personnel"].indicateurs:
        assert indicateur.contributeur in {"", *CONTRIBUTEURS_AGENTS}


@pytest.mark.parametrize(
    ("contributeur", "nature"),
    [
        ("agent", "effectifs"),
        ("agents", "agents"),
        ("agent+presents", "effectifs"),
        ("presents", "agents"),
        ("", "agents"),
        ("encadrants", "effectifs"),
    ],
)
def test_un_indicateur_sur_un_agent_ne_se_declare_pas(contributeur, nature):
    with pytest.raises(ValueError, match="agent isolé"):
        _declarer(contributeur=contributeur, nature=nature)


def test_aucune_colonne_n_identifie_un_agent():
    for nom, table in TABLES.items():
        for colonne, declaree in table.colonnes.items():
            if AGENT.search(colonne):
                assert (nom, colonne) in COMPTES, f"{nom}.{colonne}"
                assert declaree.type in {"entier", "booleen"}


def test_aucune_cle_ne_designe_un_agent():
    for nom in ("presences_agents", "directions"):
        assert not any(AGENT.search(c) for c in TABLES[nom].grain)


def test_un_seuil_protege_au_moins_un_agent_isole():
    for niveau in ("interne", "diffusion"):
        assert all(v.valeur >= 2 for v in historique("secret", f"{niveau}_agents"))
