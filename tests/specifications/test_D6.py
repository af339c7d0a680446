"""D6, demandes actives selon les horaires : atypiques, habituels, inconnus."""

from datetime import date

import polars as pl

from tests.specifications.conftest import Hasard
from tests.specifications.outils import reseau, valeur_de
from tests.specifications.test_D1 import calculer, demande

HORAIRES = ("atypiques", "habituels", "inconnu")


def lus(table, zone="A"):
    return [
        valeur_de(table, "D6", zone, periode="2026-T2", ventilation="horaires", modalite=m)
        for m in HORAIRES
    ]


def test_atypiques_habituels_inconnus(tmp_path):
    table = calculer(
        tmp_path,
        demande("1", horaires_atypiques=True),
        demande("2", horaires_atypiques=True),
        demande("3", horaires_atypiques=False),
        demande("4"),
        demande("5", "B", horaires_atypiques=True),
    )
    assert lus(table) == [2, 1, 1]
    assert lus(table, "99") == [3, 1, 1]
    assert valeur_de(table, "D1", "99", periode="2026-T2") == 3 + 1 + 1


def test_la_demande_la_plus_recente_dit_les_horaires(tmp_path):
    table = calculer(
        tmp_path,
        demande("1", horaires_atypiques=True, depot=date(2026, 6, 1)),
        demande("2", horaires_atypiques=False, depot=date(2026, 6, 2), appariement="p1"),
    )
    assert lus(table) == [0, 1, 0]


def test_une_demande_repondue_n_est_plus_active(tmp_path):
    table = calculer(
        tmp_path,
        demande("1", horaires_atypiques=True, decision="refusee", date_decision=date(2026, 6, 12)),
        demande("2", horaires_atypiques=True),
    )
    assert lus(table) == [1, 0, 0]


def test_mutation_inconnu_n_est_pas_habituel(tmp_path):
    jeu = reseau(tmp_path)
    jeu.ecrire("demandes", [demande("1", horaires_atypiques=False), demande("2")])
    assert lus(jeu.calculer("demandes")) == [0, 1, 1]
    jeu.ecrire("demandes", [demande("1", horaires_atypiques=False)] * 1)
    assert lus(jeu.calculer("demandes")) == [0, 1, 0]


def test_les_appariements_partagent_aussi_le_total(tmp_path):
    """Une demande que rien n'apparie compte pour un enfant, et se voit."""
    table = calculer(tmp_path, demande("1"), demande("2"), demande("3", appariement=None))
    lu = {"periode": "2026-T2", "ventilation": "appariement"}
    assert valeur_de(table, "D1", "A", modalite="suivie", **lu) == 2
    assert valeur_de(table, "D1", "A", modalite="isolee", **lu) == 1


def test_les_horaires_partagent_les_demandes_actives(hasard: Hasard):
    cle = ["maille", "zone", "periode"]
    tout = hasard.lignes("demandes", "D1").filter(
        pl.col("ventilation") == "", pl.col("pas") == "trimestre"
    )
    parts = hasard.lignes("demandes", "D6").group_by(cle).agg(somme=pl.col("valeur").sum())
    jointes = tout.join(parts, on=cle)
    assert len(jointes) == len(tout) > 0
    assert (jointes["valeur"] == jointes["somme"]).all()
