"""D7, places à attribuer à la rentrée : qui laisse sa tranche d'âge, moins qui y monte."""

from datetime import date

import polars as pl
import pytest

from rtpe_analyse.secret import proteger
from tests.specifications.jeux_contrats import (
    avec_contrats,
    contrat,
    contrats_aleatoires,
    planning,
)
from tests.specifications.outils import LE, ligne_de, valeur_de

T2 = {"periode": "2026-T2"}
# Au 30 juin 2026 : rentrée passée le 1er septembre 2025, prochaine le 1er septembre 2026.
BEBE, MOYEN, GRAND = date(2025, 2, 1), date(2024, 5, 1), date(2023, 6, 1)


def d7(table, zone="A", age="", jour=0, **precisions):
    modalite = f"{age}|{jour}" if age else ""
    return valeur_de(table, "D7", zone, modalite=modalite, **T2, **precisions)


def jeu_de(dossier, *enfants):
    """Chaque enfant : nom, établissement, naissance, jours de sa semaine."""
    return avec_contrats(
        dossier,
        *(contrat(nom, code, contrat=nom) for nom, code, _, _ in enfants),
        naissances={nom: naissance for nom, _, naissance, _ in enfants},
        plannings=[p for nom, _, _, jours in enfants for p in planning(nom, *jours)],
    )


def test_la_montee_des_ages_libere_chez_les_plus_jeunes(tmp_path):
    """Trois enfants, un par âge : le grand part, chacun monte, reste une place de bébé."""
    jeu = jeu_de(
        tmp_path,
        ("b", "A", BEBE, (1, 2)),
        ("m", "A", MOYEN, (1, 2)),
        ("g", "A", GRAND, (1, 2)),
    )
    table = jeu.calculer("contrats")
    # Bébés : 1 occupé, 0 qui y sera. Moyens : 1 − 1 (le bébé). Grands : 1 − 1 (le moyen).
    assert [d7(table, age=a, jour=1) for a in ("0 an", "1 an", "2 ans")] == [1, 1 - 1, 1 - 1]
    # Au total, le départ du grand : deux journées par semaine.
    assert d7(table) == 2


def test_jour_par_jour(tmp_path):
    jeu = jeu_de(tmp_path, ("b", "A", BEBE, (1, 2, 4)), ("m", "A", MOYEN, (1, 3)))
    table = jeu.calculer("contrats")
    assert [d7(table, age="0 an", jour=j) for j in range(1, 6)] == [1, 1, 0, 1, 0]
    # Le bébé monte le lundi où le moyen était ; le mardi et le jeudi, il prend une place de plus.
    assert [d7(table, age="1 an", jour=j) for j in range(1, 6)] == [0, -1, 1, -1, 0]
    assert [d7(table, age="2 ans", jour=j) for j in range(1, 6)] == [-1, 0, -1, 0, 0]
    # Personne ne part.
    assert d7(table) == 0


def test_la_somme_des_cases_est_le_nombre_des_departs(tmp_path):
    table = contrats_aleatoires(tmp_path).calculer("contrats")
    lignes = table.filter(pl.col("indicateur") == "D7", pl.col("maille") == "etablissement")
    cle = ["zone", "periode"]
    sommes = (
        lignes.filter(pl.col("ventilation") == "age_jour")
        .group_by(cle)
        .agg(pl.col("numerateur").sum())
    )
    tout = lignes.filter(pl.col("ventilation") == "").select(*cle, tout="numerateur")
    jointes = tout.join(sommes, on=cle).drop_nulls()
    assert len(jointes) > 0
    assert (jointes["tout"] == jointes["numerateur"]).all()
    assert (jointes["tout"] >= 0).all()


def test_les_departs_egalent_une_requete_independante(tmp_path):
    """Journées de planning, lundi à vendredi, des enfants de l'année de l'école."""
    jeu = jeu_de(
        tmp_path,
        *((f"e{n}", "A", date(2023, 1 + n, 1), range(1, 2 + n % 5)) for n in range(12)),
        *((f"f{n}", "B", date(2024, 1 + n, 1), range(1, 2 + n % 5)) for n in range(12)),
    )
    attendu = jeu.sql(
        "select count(distinct (c.enfant, p.jour_semaine)) from contrats c join enfants e "
        "using (enfant) join plannings p using (contrat) where year(e.mois_naissance) <= 2023"
    )
    assert d7(jeu.calculer("contrats"), "99", maille="departement") == attendu == 2 * 15 + 1 + 2


def test_sans_planning_la_zone_se_verifie(tmp_path):
    jeu = jeu_de(tmp_path, ("g", "A", GRAND, (1,)), ("x", "A", GRAND, ()), ("y", "B", GRAND, (1,)))
    table = jeu.calculer("contrats")
    assert ligne_de(table, "D7", "A", **T2)["statut"] == "a_verifier"
    assert d7(table) == 1
    assert ligne_de(table, "D7", "B", **T2)["statut"] == "diffusable"


def test_les_petits_mouvements_se_masquent(tmp_path):
    grands = [(f"g{n}", "A", GRAND, (1,)) for n in range(6)]
    jeu = jeu_de(tmp_path, *grands, ("y", "B", GRAND, (1,)))
    table = proteger(jeu.calculer("contrats"), "interne", LE)
    assert d7(table, "B") is None
    assert d7(table, "A") is None or d7(table, "99", maille="departement") is None


@pytest.mark.parametrize(("naissance", "part"), [(date(2023, 12, 1), 1), (date(2024, 1, 1), 0)])
def test_mutation_un_mois_change_l_annee_de_l_ecole(tmp_path, naissance, part):
    table = jeu_de(tmp_path, ("g", "A", naissance, (3,))).calculer("contrats")
    assert d7(table) == part
