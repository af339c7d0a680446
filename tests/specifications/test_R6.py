"""R6 : professionnels présents ensemble, au plus, la même semaine de l'an passé."""

from datetime import date, timedelta

import polars as pl
import pytest

from rtpe_analyse.indicateurs.besoins_personnel import INDICATEURS
from rtpe_analyse.secret import proteger
from tests.specifications.jeux_personnel import agents, creche, enfants
from tests.specifications.outils import LUNDI, etablissement, ligne_de, ouvertures, territoire
from tests.specifications.test_N7 import calculer, prevues

# 52 semaines après le lundi des présences d'agents.
DANS_UN_AN = LUNDI + timedelta(weeks=52)
JUIN = {"periode": "2026-T2", "modalite": LUNDI.isoformat(), "ventilation": "semaine"}


def semaine(dossier, presents, *autres):
    jeu = creche(dossier)
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, 5, 20))
    jeu.ecrire("pointages", enfants(8))
    jeu.ecrire("presences_agents", [*agents(presents), *autres])
    return calculer(jeu, prevues(lundi=DANS_UN_AN))


def test_le_quart_d_heure_le_mieux_pourvu(tmp_path):
    """Trois agents le lundi, cinq à 10 h le mardi (et un cuisinier, qui n'encadre pas) : cinq."""
    mardi = agents(
        {"diplome": 2, "autre_qualifie": 3, "non_encadrant": 1}, [40], date=LUNDI + timedelta(1)
    )
    ligne = ligne_de(semaine(tmp_path, {"diplome": 3}, *mardi), "R6", "A", **JUIN)
    assert (ligne["valeur"], ligne["effectif"]) == (5, 5)


def test_une_zone_additionne_ses_etablissements(tmp_path):
    ligne = ligne_de(semaine(tmp_path, {"diplome": 3}), "R6", "T1", **JUIN)
    assert ligne["valeur"] == 3


def test_un_etablissement_ouvert_sans_presences_connues_rend_la_zone_partielle(tmp_path):
    """B ouvrait la même semaine et ne transmet rien : les trois de A ne sont pas tout T1."""
    jeu = creche(tmp_path)
    jeu.ecrire("etablissements", [etablissement("A"), etablissement("B")])
    jeu.ecrire("territoires", [territoire(c, "T1") for c in "AB"])
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 5, 20), *ouvertures("B", LUNDI, 5, 20)])
    jeu.ecrire("pointages", enfants(8))
    jeu.ecrire("presences_agents", agents({"diplome": 3}))
    attendus = [*prevues(lundi=DANS_UN_AN), *prevues("B", lundi=DANS_UN_AN)]
    table = calculer(jeu, attendus)
    assert ligne_de(table, "R6", "A", **JUIN)["statut"] == "diffusable"
    zone = ligne_de(table, "R6", "T1", **JUIN)
    assert (zone["valeur"], zone["effectif"], zone["statut"]) == (3, 3, "a_verifier")
    lues = table.filter(pl.col("indicateur") == "R6")
    assert "B" not in set(lues["zone"])


def test_mutation_un_etablissement_ferme_cette_semaine_la_ne_manque_pas(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("etablissements", [etablissement("A"), etablissement("B")])
    jeu.ecrire("territoires", [territoire(c, "T1") for c in "AB"])
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, 5, 20))
    jeu.ecrire("pointages", enfants(8))
    jeu.ecrire("presences_agents", agents({"diplome": 3}))
    attendus = [*prevues(lundi=DANS_UN_AN), *prevues("B", lundi=DANS_UN_AN)]
    assert ligne_de(calculer(jeu, attendus), "R6", "T1", **JUIN)["statut"] == "diffusable"


def test_sans_presences_d_agents_inconnu_et_non_zero(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(8))
    table = calculer(jeu, prevues(lundi=DANS_UN_AN))
    assert "R6" not in set(table["indicateur"])


def test_un_jour_illisible_rend_la_semaine_inconnue(tmp_path):
    illisible = agents({None: 4}, [40], date=LUNDI + timedelta(1))
    assert "R6" not in set(semaine(tmp_path, {"diplome": 3}, *illisible)["indicateur"])


@pytest.mark.parametrize(("presents", "lisible"), [(1, False), (2, False), (3, True)])
def test_aucun_chiffre_d_un_agent_isole(tmp_path, presents, lisible, monkeypatch):
    """Sous trois agents présents ensemble, rien ne se lit ; le seuil est daté."""
    monkeypatch.setattr(
        "rtpe_analyse.secret.porte.indicateurs_declares", lambda: {i.code: i for i in INDICATEURS}
    )
    table = proteger(semaine(tmp_path, {"diplome": presents}), "interne", date(2026, 6, 30))
    ligne = ligne_de(table, "R6", "A", **JUIN)
    assert (ligne["valeur"] is not None) is lisible
    assert (ligne["effectif"] is not None) is lisible


def test_recalcul_sql(tmp_path):
    """Le maximum, sur la semaine, des encadrants d'un même quart d'heure."""
    jeu = creche(tmp_path)
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, 5, 20))
    jeu.ecrire("pointages", enfants(8))
    jeu.ecrire(
        "presences_agents",
        [
            ligne
            for jour in range(5)
            for quart in range(32, 72)
            for ligne in agents(
                {"diplome": 1 + (jour * quart) % 3, "autre_qualifie": quart % 4},
                [quart],
                date=LUNDI + timedelta(jour),
            )
        ],
    )
    attendu = jeu.sql(
        "select max(n) from (select sum(agents) n from presences_agents "
        "where qualification <> 'non_encadrant' group by date, quart)"
    )
    table = calculer(jeu, prevues(lundi=DANS_UN_AN))
    assert ligne_de(table, "R6", "A", **JUIN)["valeur"] == attendu


def test_mutation_une_autre_semaine_est_une_autre_reponse(tmp_path):
    jeu = creche(tmp_path)
    jeu.ecrire("pointages", enfants(8))
    jeu.ecrire("presences_agents", agents({"diplome": 4}))
    table = calculer(jeu, prevues(lundi=DANS_UN_AN + timedelta(weeks=1)))
    assert "R6" not in set(table["indicateur"])
