"""Réception : noms démesurés, intitulés qui nomment quelqu'un, descripteur corrigé après coup."""

from pathlib import Path

import pytest

from rtpe_analyse import sources
from rtpe_analyse.erreurs import ErreurDescripteur
from tests.unites.outils_sources import ENTETE, LIGNE, RECU_LE, csv_de, lieux_de

DESCRIPTEUR = """
code: journal
libelle: Journal
producteur: Logiciel (fictif)
format: csv
espace_identifiants: journal
porte: {identifiant_enfant: {alias: Qui, cle: true}}
tables:
  pointages:
    colonnes:
      enfant: {porte: enfant}
      etablissement: {alias: Lieu}
      date: {alias: Quand, formats: FORMAT}
"""


def test_un_nom_demesure_est_refuse_en_francais(tmp_path: Path) -> None:
    (retour,) = sources.recevoir([tmp_path / ("n" * 300)], lieux_de(tmp_path))
    assert (retour.etat, retour.code) == ("refuse", "fichier_illisible")
    assert "nom trop long" in retour.message


def test_un_intitule_inconnu_n_est_pas_cite(tmp_path: Path) -> None:
    fichier = tmp_path / "pointages_2026-09.csv"
    fichier.write_bytes(csv_de(LIGNE + ";x;y", entete=f"{ENTETE};Zoé Bidule;Nom de la crèche"))
    (retour,) = sources.recevoir([fichier], lieux_de(tmp_path), recu_le=RECU_LE)
    assert retour.etat == "recu"
    assert "Bidule" not in retour.message and "d'intitulé inconnu" in retour.message


def test_un_descripteur_corrige_sert_aux_fichiers_deja_recus(tmp_path: Path) -> None:
    lieux, yaml, fichier = lieux_de(tmp_path), tmp_path / "d.yaml", tmp_path / "j.csv"
    fichier.write_text("Qui;Lieu;Quand\nA1;E001;2026-09-01\n", encoding="utf-8")
    for forme, etat in (("jj/mm/aaaa", "recu"), ("aaaa-mm-jj", "deja_recu")):
        yaml.write_text(DESCRIPTEUR.replace("FORMAT", forme), encoding="utf-8")
        (retour,) = sources.recevoir([fichier], lieux, descripteur=yaml)
        assert retour.etat == etat
    assert "Descripteur mis à jour" in retour.message
    (fiche,) = sources.lister_fiches(lieux)
    colonne = sources.descripteur_de(fiche).tables["pointages"].colonnes["date"]
    assert colonne.formats == ("%Y-%m-%d",)


def test_une_colonne_obligatoire_non_decrite_est_dite_des_le_descripteur(tmp_path: Path) -> None:
    sans_date = "\n".join(li for li in DESCRIPTEUR.splitlines() if "date:" not in li)
    (tmp_path / "d.yaml").write_text(sans_date, encoding="utf-8")
    with pytest.raises(ErreurDescripteur, match=r"obligatoires absentes \(date\)"):
        sources.charger_descripteur(tmp_path / "d.yaml")
