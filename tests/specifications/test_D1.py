"""D1, demandes actives : enfants dont une demande attend une décision au dernier jour."""

from datetime import date

import polars as pl
import pytest

from tests.specifications.conftest import Hasard
from tests.specifications.outils import egal, ligne_de, reseau, valeur_de


def demande(numero, code="A", commune="99001", **reste):
    return {
        "demande": numero,
        "appariement": f"p{numero}",
        "depot": date(2026, 6, 10),
        "commune": commune,
        "etablissement": code,
        "entree_souhaitee": date(2026, 9, 1),
        "mois_naissance": date(2025, 9, 1),
        "jours_semaine": 4,
        **reste,
    }


def calculer(dossier, *lignes):
    jeu = reseau(dossier)
    jeu.ecrire("demandes", lignes)
    return jeu.calculer("demandes")


def test_en_attente_au_dernier_jour(tmp_path):
    table = calculer(
        tmp_path,
        demande("1"),
        demande("2", depot=date(2026, 7, 1)),
        demande("3", decision="acceptee", date_decision=date(2026, 6, 30)),
        demande("4", decision="refusee", date_decision=date(2026, 7, 2)),
        demande("5", decision="refusee", date_decision=None),
        demande("6", "B"),
    )
    # Au 30 juin : 1, 4 (répondue le 2 juillet) chez A, 6 chez B.
    assert valeur_de(table, "D1", "A") == 2
    assert valeur_de(table, "D1", "99") == 3
    # Au 31 juillet : 1 et 2 chez A.
    assert valeur_de(table, "D1", "A", periode="2026-07") == 2


def test_un_enfant_a_deux_demandes_compte_une_fois_par_zone(tmp_path):
    table = calculer(tmp_path, demande("1"), demande("2", "B", appariement="p1"))
    assert [valeur_de(table, "D1", zone) for zone in ("A", "B", "99")] == [1, 1, 1]


def test_la_commune_est_celle_de_residence(tmp_path):
    table = calculer(tmp_path, demande("1", "A", "99002"), demande("2", None, None))
    assert valeur_de(table, "D1", "99002", maille="commune") == 1
    assert valeur_de(table, "D1", "99001", maille="commune") == 0
    assert valeur_de(table, "D1", "hors_commune") == 1
    assert valeur_de(table, "D1", "hors_territoire") == 1
    assert valeur_de(table, "D1", "99") == 2


@pytest.mark.parametrize(
    ("naissance", "age"),
    [
        (date(2026, 12, 1), "0 an"),
        (date(2025, 10, 1), "0 an"),
        (date(2025, 9, 1), "1 an"),
        (date(2024, 10, 1), "1 an"),
        (date(2024, 9, 1), "2 ans"),
        (date(2023, 10, 1), "2 ans"),
        (date(2023, 9, 1), "3 ans et plus"),
        (None, "inconnu"),
    ],
)
def test_age_a_l_entree_souhaitee(tmp_path, naissance, age):
    table = calculer(tmp_path, demande("1", mois_naissance=naissance))
    assert valeur_de(table, "D1", "A", modalite=age, ventilation="age") == 1


def test_les_ventilations_partagent_le_total(hasard: Hasard):
    lignes = hasard.lignes("demandes", "D1")
    cle = ["maille", "zone", "pas", "periode"]
    total = lignes.filter(lignes["ventilation"] == "").select(*cle, "valeur")
    for ventilation in ("age", "jours"):
        parties = lignes.filter(lignes["ventilation"] == ventilation)
        sommes = parties.group_by(cle).agg(somme=pl.col("valeur").sum())
        jointes = total.join(sommes, on=cle)
        assert len(jointes) == len(total) > 0
        assert (jointes["valeur"] == jointes["somme"]).all()


def test_les_caracteristiques_sont_celles_de_la_demande_la_plus_recente(tmp_path):
    table = calculer(
        tmp_path,
        demande("1", jours_semaine=2, depot=date(2026, 6, 1)),
        demande("2", jours_semaine=5, depot=date(2026, 6, 2), appariement="p1"),
    )
    assert valeur_de(table, "D1", "A", modalite="5") == 1
    assert valeur_de(table, "D1", "A", modalite="2") == 0


def test_sans_aucune_demande_recue_rien_n_est_calcule(tmp_path):
    assert reseau(tmp_path).calculer("demandes").is_empty()


def test_mutation_repondre_a_une_demande_la_retire(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("demandes", [demande(str(n)) for n in range(6)])
    avant = ligne_de(jeu.calculer("demandes"), "D1", "99")
    jeu.ecrire(
        "demandes",
        [
            demande(
                str(n),
                **({"decision": "acceptee", "date_decision": date(2026, 6, 20)} if n == 0 else {}),
            )
            for n in range(6)
        ],
    )
    apres = ligne_de(jeu.calculer("demandes"), "D1", "99")
    assert avant["valeur"] - apres["valeur"] == 1
    assert apres["effectif"] == 5


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select count(distinct coalesce(appariement, demande)) from demandes d "
        "where depot <= date '2026-06-30' and (decision is null or date_decision > date "
        "'2026-06-30') and etablissement in (select etablissement from territoires where "
        "territoire = 'T1' and coalesce(valide_au, date '2026-06-30') >= date '2026-06-30')"
    )
    assert valeur_de(hasard.famille("demandes"), "D1", "T1", periode="2026-T2") == egal(attendu)
