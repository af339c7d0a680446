"""ETP : heures hebdomadaires contractuelles rapportées à un temps plein conventionnel."""

from rtpe_analyse.reglementation import valeur
from tests.specifications.conftest import Hasard
from tests.specifications.outils import LE, egal, valeur_de
from tests.specifications.test_E3 import avec_contrats, contrat


def test_heures_sur_la_convention(tmp_path):
    table = avec_contrats(tmp_path).calculer("contrats")
    assert valeur("conventions", "etp_heures_hebdo_h", LE) == 50
    assert valeur_de(table, "ETP", "A") == egal((40 + 20) / 50)
    assert valeur_de(table, "ETP", "B") == egal((10 + 15) / 50)


def test_additif_meme_pour_un_enfant_de_deux_etablissements(tmp_path):
    table = avec_contrats(tmp_path).calculer("contrats")
    assert valeur_de(table, "ETP", "99") == egal((60 + 25) / 50)
    assert valeur_de(table, "ETP", "T1") + valeur_de(table, "ETP", "T2") == egal(85 / 50)


def test_mutation_dix_heures_de_plus(tmp_path):
    jeu = avec_contrats(tmp_path)
    avant = valeur_de(jeu.calculer("contrats"), "ETP", "99")
    jeu.ajouter("contrats", contrat("k9", "a9", "A", 10.0))
    assert valeur_de(jeu.calculer("contrats"), "ETP", "99") - avant == egal(10 / 50)


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select sum(heures_hebdo_h) / 50 from contrats where debut <= date '2026-06-30' "
        "and (fin is null or fin >= date '2026-06-30')"
    )
    assert valeur_de(hasard.famille("contrats"), "ETP", "99") == egal(attendu)
