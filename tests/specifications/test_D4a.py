"""D4a, taux de satisfaction sur douze mois : les décisions de l'année qui finit au trimestre."""

from datetime import date

import polars as pl

from tests.specifications.conftest import Hasard
from tests.specifications.outils import egal, ligne_de, reseau, valeur_de
from tests.specifications.test_D1 import calculer, demande
from tests.specifications.test_D3 import SQL_DERNIERES

T2 = {"periode": "2026-T2"}


def decidee(numero, jour, decision="acceptee", **reste):
    return demande(numero, depot=date(2025, 1, 2), decision=decision, date_decision=jour, **reste)


def test_douze_mois_et_pas_un_jour_de_plus(tmp_path):
    table = calculer(
        tmp_path,
        decidee("1", date(2025, 6, 30)),
        decidee("2", date(2025, 7, 1)),
        decidee("3", date(2026, 6, 30), "refusee"),
        decidee("4", date(2026, 7, 1)),
    )
    # Du 1er juillet 2025 au 30 juin 2026 : 2 et 3.
    assert valeur_de(table, "D4a", "A", **T2) == egal(1 / 2)
    # Un trimestre plus tard : 3 et 4 (2 est du 1er juillet 2025, sorti).
    assert valeur_de(table, "D4a", "A", periode="2026-T3") == egal(1 / 2)
    assert "mois" not in table.filter(pl.col("indicateur") == "D4a")["pas"].to_list()


def test_par_age_famille_et_jours_au_territoire(tmp_path):
    jour = date(2026, 5, 4)
    seule = {"monoparentale": True, "jours_semaine": 5}
    table = calculer(
        tmp_path,
        decidee("1", jour, **seule),
        decidee("2", jour, "refusee", **seule),
        decidee("3", jour, monoparentale=False),
        decidee("4", jour, "refusee", mois_naissance=date(2024, 9, 1)),
    )
    lu = {
        (v, m): valeur_de(table, "D4a", "T1", ventilation=v, modalite=m, **T2)
        for v, m in (
            ("famille", "monoparentale"),
            ("famille", "autre"),
            ("famille", "inconnu"),
            ("jours", "5"),
            ("jours", "4"),
            ("age", "1 an"),
            ("age", "2 ans"),
        )
    }
    assert lu == {
        ("famille", "monoparentale"): egal(1 / 2),
        ("famille", "autre"): 1,
        ("famille", "inconnu"): 0,
        ("jours", "5"): egal(1 / 2),
        ("jours", "4"): egal(1 / 2),
        ("age", "1 an"): egal(2 / 3),
        ("age", "2 ans"): 0,
    }
    detail = table.filter(pl.col("indicateur") == "D4a", pl.col("ventilation") != "")
    assert set(detail["maille"]) == {"territoire", "departement"}


def test_refuse_puis_accepte_dans_l_annee_est_satisfait(tmp_path):
    table = calculer(
        tmp_path,
        decidee("1", date(2025, 11, 3), "refusee"),
        decidee("2", date(2026, 6, 3), appariement="p1"),
    )
    assert valeur_de(table, "D4a", "99", **T2) == 1
    assert valeur_de(table, "D4a", "99", periode="2025-T4") == 0


def test_les_ventilations_partagent_le_total(hasard: Hasard):
    lignes = hasard.lignes("demandes", "D4a").filter(pl.col("maille") == "territoire")
    cle = ["zone", "periode"]
    tout = lignes.filter(pl.col("ventilation") == "").select(*cle, tout="denominateur")
    for nom in ("age", "famille", "jours"):
        parts = lignes.filter(pl.col("ventilation") == nom)
        jointes = tout.join(parts.group_by(cle).agg(pl.col("denominateur").sum()), on=cle)
        assert len(jointes) == len(tout) > 0
        assert (jointes["tout"] == jointes["denominateur"]).all()


def test_mutation_une_fenetre_d_un_trimestre_donnerait_autre_chose(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire(
        "demandes",
        [decidee("1", date(2025, 10, 1)), decidee("2", date(2026, 6, 1), "refusee")],
    )
    table = jeu.calculer("demandes")
    assert valeur_de(table, "D4a", "A", **T2) == egal(1 / 2)
    assert valeur_de(table, "D4", "A", **T2) == 0


def test_egale_une_requete_independante(hasard: Hasard):
    dernieres = SQL_DERNIERES.format(quand="between date '2025-07-01' and date '2026-06-30'")
    ligne = ligne_de(hasard.famille("demandes"), "D4a", "99", **T2)
    assert ligne["denominateur"] == hasard.sql(f"select count(*) from {dernieres}")
    assert ligne["numerateur"] == hasard.sql(
        f"select count(*) from {dernieres} where decision = 'acceptee'"
    )
