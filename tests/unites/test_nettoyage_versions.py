"""Un registre exporté de nouveau : la dernière version vaut, l'ancienne est écartée et comptée."""

from collections.abc import Sequence
from datetime import date
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.nettoyage import nettoyer
from rtpe_analyse.nettoyage.versions import separer_versions
from rtpe_analyse.propres import lire_propre
from rtpe_analyse.schemas import TABLES
from rtpe_analyse.sources import recevoir
from tests.unites.essais_nettoyage import Essai, ligne

ENTETE = "Code;Nom;Commune;Valide du"
CONTRATS = """
code: essai_contrats
libelle: Contrats d'essai
producteur: Logiciel d'essai (fictif)
format: csv
espace_identifiants: essai
csv: {separateur: ";"}
porte:
  identifiant_enfant: {alias: [Code enfant]}
  identifiant_contrat: {alias: [Contrat], cle: true}
tables:
  plannings:
    colonnes:
      contrat: {porte: contrat}
      debut_min: {heure: "hh:mm"}
      fin_min: {heure: "hh:mm"}
    deplier:
      colonne: jour_semaine
      groupes: {Lundi: "1", Mardi: "2"}
      valeurs: {debut_min: "{groupe} début", fin_min: "{groupe} fin"}
"""
VERSIONS = {
    "registre_juin.csv": ("Lutins", date(2026, 6, 30)),
    "registre_juillet.csv": ("Les Lutins bleus", date(2026, 7, 31)),
    "registre_aout.csv": ("Lutins", date(2026, 8, 31)),
}


@pytest.fixture
def essai(tmp_path: Path) -> Essai:
    return Essai(tmp_path)


def _recevoir(
    essai: Essai, nom: str, lignes: Sequence[str], recu_le: date, descripteur: str = "registre"
) -> None:
    chemin = essai.dossier / nom
    chemin.write_text("\n".join(lignes) + "\n", encoding="utf-8")
    yaml = essai.dossier / f"{descripteur}.yaml"
    (retour,) = recevoir([chemin], essai.lieux, descripteur=yaml, recu_le=recu_le)
    assert retour.etat == "recu", retour.message


def _noms(essai: Essai) -> list[str]:
    return (
        lire_propre(essai.lieux, "etablissements").sort("etablissement").collect()["nom"].to_list()
    )


def _ecarts(essai: Essai) -> list[tuple[int, str]]:
    return essai.traces(essai.lieux.rejets).select("ligne", "code").sort("code", "ligne").rows()


def test_la_ligne_changee_remplace_l_ancienne_qui_est_comptee(essai: Essai) -> None:
    nouveau = (ENTETE, "E001;Les Lutins;95219;01/01/2020", "E022;Le Grand Nid;95219;01/01/2020")
    _recevoir(essai, "registre_2.csv", nouveau, date(2026, 12, 31))
    bilan = nettoyer(essai.lieux)
    assert _noms(essai) == ["Les Lutins", "Le Grand Nid"]
    assert _ecarts(essai) == [(2, "doublon_entre_fichiers"), (3, "version_anterieure")]
    assert (bilan.total("lues"), bilan.total("propres"), bilan.total("ecartees")) == (4, 2, 2)


def test_un_registre_revenu_a_son_etat_premier_redonne_cet_etat(tmp_path: Path) -> None:
    """Trois versions A, B, A : A vaut, quel que soit l'ordre où elles sont arrivées."""
    sorties = set()
    for rang, ordre in enumerate(permutations(VERSIONS)):
        essai = Essai(tmp_path / str(rang))
        for nom in ordre:
            usage, recu_le = VERSIONS[nom]
            # La deuxième ligne rend le troisième fichier différent du premier.
            lignes = (ENTETE, f"E003;{usage};95219;01/01/2021", f"E4;{nom};95219;01/01/2021")
            _recevoir(essai, nom, lignes, recu_le)
            nettoyer(essai.lieux)
        assert "Lutins" in _noms(essai) and "Les Lutins bleus" not in _noms(essai)
        avant = essai.etat_des_sorties()
        assert nettoyer(essai.lieux).partitions == ()
        assert essai.etat_des_sorties() == avant
        sorties.add(avant["etablissements/tout.parquet"])
    assert len(sorties) == 1


def test_deux_lignes_d_un_meme_fichier_ne_se_departagent_pas(essai: Essai) -> None:
    lignes = (ENTETE, "E005;Nid bleu;95219;01/01/2021", "E005;Nid vert;95219;01/01/2021")
    _recevoir(essai, "registre_2.csv", lignes, date(2026, 12, 31))
    nettoyer(essai.lieux)
    assert {"Nid bleu", "Nid vert"} <= set(_noms(essai))


def test_le_planning_d_un_contrat_se_remplace_d_un_bloc(essai: Essai) -> None:
    """L'ancienne plage de 8 h ne reste pas à côté de celle de 8 h 30."""
    (essai.dossier / "contrats.yaml").write_text(CONTRATS, encoding="utf-8")
    entete = "Contrat;Code enfant;Lundi début;Lundi fin;Mardi début;Mardi fin"
    for nom, corps, recu_le in (
        ("contrats_1.csv", "C1;A1;08:00;17:00;08:00;17:00", date(2026, 9, 1)),
        ("contrats_2.csv", "C1;A1;08:30;17:00;;", date(2026, 10, 1)),
    ):
        _recevoir(essai, nom, (entete, corps), recu_le, "contrats")
    nettoyer(essai.lieux)
    propres = lire_propre(essai.lieux, "plannings").collect()
    assert propres.select("jour_semaine", "debut_min").rows() == [(1, 8 * 60 + 30)]
    assert [code for _, code in _ecarts(essai)] == ["version_anterieure"] * 2


def test_un_pointage_n_en_remplace_jamais_un_autre(essai: Essai) -> None:
    essai.recevoir("pointages_2026-09.csv", [ligne(depart="17:00")])
    essai.recevoir("pointages_2026-09_bis.csv", [ligne(depart="18:00")])
    nettoyer(essai.lieux)
    assert lire_propre(essai.lieux, "pointages").collect()["depart_min"].to_list() == [1020, 1080]


def test_une_donnee_mal_designee_n_est_pas_remplacee() -> None:
    """Deux usagers sans matricule peuvent être deux enfants : les deux lignes restent."""
    table = TABLES["usagers_filoue"]
    commun = {"etablissement": "E001", "annee": 2025, "heures_facturees_h": 10.0}
    lignes = pl.DataFrame(
        [
            {**commun, "heures_realisees_h": 9.0, "_fichier": "ancien", "_ligne": 2},
            {**commun, "heures_realisees_h": 8.0, "_fichier": "recent", "_ligne": 2},
        ],
        schema=table.schema,
    )
    courantes, anterieures = separer_versions("usagers_filoue", lignes, {"ancien": 0, "recent": 1})
    assert (courantes.height, anterieures.height) == (2, 0)


def test_un_etablissement_renomme_reste_reconnu_sous_son_ancien_nom(essai: Essai) -> None:
    renomme = (ENTETE, "E001;Les Elfes;95219;01/01/2020", "E022;Le Nid;95219;01/01/2020")
    _recevoir(essai, "registre_2.csv", renomme, date(2026, 12, 31))
    noms = ("Les Lutins", "les elfes", "Le Nid")
    lignes = [ligne(etablissement=nom, enfant=f"A{n}") for n, nom in enumerate(noms)]
    essai.recevoir("pointages_2026-09.csv", lignes)
    nettoyer(essai.lieux)
    trouves = lire_propre(essai.lieux, "pointages").collect()["etablissement"].to_list()
    assert trouves == ["E001", "E001", "E022"]


def test_un_nom_repris_par_un_autre_etablissement_designe_ce_dernier(essai: Essai) -> None:
    echange = (ENTETE, "E001;Le Nid;95219;01/01/2020", "E022;Les Elfes;95219;01/01/2020")
    _recevoir(essai, "registre_2.csv", echange, date(2026, 12, 31))
    essai.recevoir("pointages_2026-09.csv", [ligne(etablissement="LE NID")])
    nettoyer(essai.lieux)
    assert lire_propre(essai.lieux, "pointages").collect()["etablissement"].to_list() == ["E001"]
