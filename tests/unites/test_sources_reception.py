"""Recevoir : garder tel quel, reconnaître, refuser sans arrêter les autres, ne rien perdre."""

import os
import stat
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml

from rtpe_analyse import sources
from rtpe_analyse.erreurs import ErreurDescripteur, ErreurUsage
from rtpe_analyse.tableaux import empreinte_octets
from tests.unites.outils_sources import CLE, LIGNE, RECU_LE, csv_de, lieux_de


def _depot(tmp_path: Path, **fichiers: bytes) -> Path:
    depot = tmp_path / "depot"
    for nom, contenu in fichiers.items():
        chemin = depot / nom.replace("__", "/")
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.with_suffix(".csv").write_bytes(contenu)
    return depot


def test_le_fichier_est_garde_a_l_octet_avec_sa_fiche(tmp_path: Path) -> None:
    contenu = csv_de(LIGNE)
    depot = _depot(tmp_path, **{"pointages_2026-09": contenu})
    lieux = lieux_de(tmp_path)
    (retour,) = sources.recevoir([depot], lieux, recu_le=RECU_LE)
    assert (retour.etat, retour.source, retour.millesime) == (
        "recu",
        "pointages_mensuels",
        "2026-09",
    )
    garde = lieux.brut / "pointages_mensuels" / "2026-09" / "pointages_2026-09.csv"
    assert garde.read_bytes() == contenu
    assert stat.S_IMODE(garde.stat().st_mode) == 0o600
    fiche = yaml.safe_load(garde.with_name(garde.name + ".fiche.yaml").read_text())
    assert fiche["empreinte"] == empreinte_octets(contenu)
    assert fiche["recu_le"] == RECU_LE and fiche["taille"] == len(contenu)
    (lue,) = sources.lister_fiches(lieux)
    assert lue.chemin == garde and lue.empreinte_courte == fiche["empreinte"][:16]
    assert sources.lire(lue, sources.descripteur_de(lue), CLE).lues == {"pointages": 1}


def test_recevoir_deux_fois_ne_fait_rien(tmp_path: Path) -> None:
    depot = _depot(tmp_path, **{"pointages_2026-09": csv_de(LIGNE)})
    lieux = lieux_de(tmp_path)
    sources.recevoir([depot], lieux, recu_le=RECU_LE)
    avant = {f: f.stat().st_mtime_ns for f in lieux.racine.rglob("*") if f.is_file()}
    (retour,) = sources.recevoir([depot], lieux, recu_le=date(2026, 11, 1))
    assert retour.etat == "deja_recu" and "01/10/2026" in retour.message
    assert avant == {f: f.stat().st_mtime_ns for f in lieux.racine.rglob("*") if f.is_file()}


def test_meme_nom_autre_contenu_les_deux_sont_gardes(tmp_path: Path) -> None:
    lieux = lieux_de(tmp_path)
    premier, second = csv_de(LIGNE), csv_de(LIGNE, LIGNE)
    sources.recevoir([_depot(tmp_path, **{"pointages_2026-09": premier})], lieux)
    (retour,) = sources.recevoir([_depot(tmp_path, **{"pointages_2026-09": second})], lieux)
    assert retour.nom == f"pointages_2026-09__{empreinte_octets(second)[:8]}.csv"
    assert "les deux sont gardés" in retour.message
    contenus = {f.chemin.read_bytes() for f in sources.lister_fiches(lieux)}
    assert contenus == {premier, second}


def test_un_refus_n_arrete_pas_les_autres_et_reste_ecrit(tmp_path: Path) -> None:
    depot = _depot(
        tmp_path,
        **{
            "2026__pointages_2026-08": csv_de(LIGNE),
            "2026__page": b"<html><body>Durand</body></html>",
            "pointages_2026-09": csv_de(LIGNE, LIGNE),
        },
    )
    lieux = lieux_de(tmp_path)
    retours = sources.recevoir([depot], lieux, recu_le=RECU_LE)
    assert sorted((r.nom, r.etat) for r in retours) == [
        ("page.csv", "refuse"),
        ("pointages_2026-08.csv", "recu"),
        ("pointages_2026-09.csv", "recu"),
    ]
    refus = pl.read_parquet(lieux.rejets / "fichiers_refuses.parquet")
    assert refus.select("fichier", "code").rows() == [("page.csv", "fichier_html")]
    assert "Durand" not in refus["message"][0]
    sources.recevoir([depot], lieux, recu_le=RECU_LE)
    assert pl.read_parquet(lieux.rejets / "fichiers_refuses.parquet").height == 1


def test_un_refus_regle_disparait_de_la_liste(tmp_path: Path) -> None:
    entete = "Lieu;Quand;Qui"
    depot = _depot(tmp_path, journal=csv_de("E1;01/09/2026;C1", entete=entete))
    lieux = lieux_de(tmp_path)
    (retour,) = sources.recevoir([depot], lieux)
    assert (retour.etat, retour.code) == ("refuse", "source_inconnue")
    (tmp_path / "d.yaml").write_text(
        "code: journal\nlibelle: J\nproducteur: P\nformat: csv\nespace_identifiants: j\n"
        "porte: {identifiant_enfant: {alias: Qui, cle: true}}\n"
        "tables:\n  pointages:\n    colonnes:\n      enfant: {porte: enfant}\n"
        "      etablissement: {alias: Lieu}\n      date: {alias: Quand, formats: jj/mm/aaaa}\n",
        encoding="utf-8",
    )
    (retour,) = sources.recevoir([depot], lieux, descripteur=tmp_path / "d.yaml")
    assert retour.etat == "recu"
    assert pl.read_parquet(lieux.rejets / "fichiers_refuses.parquet").height == 0


def test_millesime_du_nom_de_l_option_ou_du_mois(tmp_path: Path) -> None:
    lieux = lieux_de(tmp_path)
    depot = _depot(tmp_path, pointages=csv_de(LIGNE))
    with pytest.raises(ErreurUsage):
        sources.recevoir([depot], lieux, millesime="../../x")
    (retour,) = sources.recevoir([depot], lieux, recu_le=RECU_LE)
    assert retour.millesime == "2026-10" and "mois de réception" in retour.message
    autre = _depot(tmp_path / "b", pointages=csv_de(LIGNE, LIGNE))
    (retour,) = sources.recevoir([autre], lieux, millesime="2026-03")
    assert retour.millesime == "2026-03"


def test_une_source_imposee_et_une_source_inconnue(tmp_path: Path) -> None:
    depot = _depot(tmp_path, **{"pointages_2026-09": csv_de(LIGNE)})
    (retour,) = sources.recevoir([depot], lieux_de(tmp_path), source="factures_mensuelles")
    assert (retour.etat, retour.code) == ("refuse", "colonne_cle_absente")
    with pytest.raises(ErreurDescripteur, match="inconnue"):
        sources.recevoir([depot], lieux_de(tmp_path), source="nexiste_pas")
    with pytest.raises(ErreurUsage):
        sources.recevoir([depot], lieux_de(tmp_path), source="filoue", descripteur=tmp_path)


def test_une_cle_manquante_nomme_la_source_la_plus_proche(tmp_path: Path) -> None:
    from tests.unites.outils_sources import ENTETE

    sans = csv_de(LIGNE.replace(";C1;", ";"), entete=ENTETE.replace("Code enfant;", ""))
    depot = _depot(tmp_path, **{"pointages_2026-09": sans})
    (retour,) = sources.recevoir([depot], lieux_de(tmp_path))
    assert (retour.etat, retour.code) == ("refuse", "colonne_cle_absente")
    assert "pointages_mensuels" in retour.message and "« Code enfant »" in retour.message


def test_un_fichier_purge_peut_revenir(tmp_path: Path) -> None:
    depot = _depot(tmp_path, **{"pointages_2026-09": csv_de(LIGNE)})
    lieux = lieux_de(tmp_path)
    sources.recevoir([depot], lieux)
    sources.purger(sources.lister_fiches(lieux)[0])
    assert len(sources.lister_fiches(lieux)) == 1
    (retour,) = sources.recevoir([depot], lieux)
    assert retour.etat == "recu"
    assert [f.chemin.exists() for f in sources.lister_fiches(lieux)] == [True]


@pytest.mark.skipif(os.geteuid() == 0, reason="l'administrateur lit tout")
def test_un_fichier_interdit_est_refuse(tmp_path: Path) -> None:
    depot = _depot(tmp_path, **{"pointages_2026-09": csv_de(LIGNE)})
    (depot / "pointages_2026-09.csv").chmod(0)
    (retour,) = sources.recevoir([depot], lieux_de(tmp_path))
    assert retour.etat == "refuse"


TROISIEME_LOGICIEL = r"""
code: kindertime
libelle: "Weekly attendance export"
producteur: "Kindertime (inventé pour l'essai)"
format: csv
millesime: '(\d{4})_W\d\d'
espace_identifiants: {colonne: "Client"}
csv: {separateur: tab, recherche_entete: 10, contexte: {etablissement: 'Nursery: (.+)'}}
ecarter:
  - {code: total, motif: '^sum', colonne: section}
porte:
  nom: {alias: "Surname"}
  prenom: {alias: "First name"}
  naissance: {alias: "Birth", formats: "jj.mm.aa"}
  identifiant_enfant: {alias: "Child no", cle: true}
  libres: "Remark"
tables:
  pointages:
    colonnes:
      enfant: {porte: enfant}
      etablissement: {contexte: etablissement}
      date: {alias: "Day", formats: "jj.mm.aa", cle: true}
      section: {alias: "Room"}
      arrivee_min: {alias: "In", heure: "hh,mm", cle: true}
      depart_min: {alias: "Out", heure: "hh,mm", cle: true}
      noms_libres: {porte: noms_libres}
      numeros_libres: {porte: numeros_libres}
  enfants:
    colonnes:
      enfant: {porte: enfant}
      appariement: {porte: appariement}
      mois_naissance: {porte: mois_naissance}
"""


def test_un_troisieme_logiciel_par_son_seul_descripteur(tmp_path: Path) -> None:
    lignes = [
        "Nursery: Les Tilleuls",
        "",
        "Child no\tSurname\tFirst name\tBirth\tRoom\tDay\tIn\tOut\tRemark\tClient",
        "17\tMüller\tAnna\t05.06.23\tBlue\t01.09.26\t8,30\t17,15\tcall 06 12 34 56 78\tK1",
        "18\tDupont\tJean\t07.08.23\tBlue\t01.09.26\t9,00\t16,00\tMme Müller\tK1",
        "\t\t\t\tSum Blue\t\t\t\t\tK1",
    ]
    nom = "attendance_2026_W36.txt"
    (tmp_path / nom).write_bytes("\r\n".join(lignes).encode("utf-16"))
    (tmp_path / "kindertime.yaml").write_text(TROISIEME_LOGICIEL, encoding="utf-8")
    lieux = lieux_de(tmp_path)
    (retour,) = sources.recevoir(
        [tmp_path / nom], lieux, descripteur=tmp_path / "kindertime.yaml", recu_le=RECU_LE
    )
    assert (retour.etat, retour.source, retour.millesime) == ("recu", "kindertime", "2026")
    (fiche,) = sources.lister_fiches(lieux)
    (tmp_path / "kindertime.yaml").unlink()  # le nettoyage le retrouve à côté du brut
    descripteur = sources.descripteur_de(fiche)
    assert descripteur.tables["pointages"].colonnes["arrivee_min"].heure == ("hh,mm",)
    assert descripteur.tables["pointages"].colonnes["date"].formats == ("%d.%m.%y",)
    lecture = sources.lire(fiche, descripteur, CLE)
    table = lecture.tables["pointages"]
    assert table.drop("enfant").rows() == [
        ("Les Tilleuls", "01.09.26", "Blue", "8,30", "17,15", "0", "1", 4, ""),
        ("Les Tilleuls", "01.09.26", "Blue", "9,00", "16,00", "1", "0", 5, ""),
    ]
    assert lecture.issues.select("ligne", "code").rows() == [(6, "total")]
    enfants = lecture.tables["enfants"]
    assert enfants["mois_naissance"].to_list() == ["2023-06-01", "2023-08-01"]
    # Le fichier suivant du même logiciel se reconnaît sans redonner le descripteur.
    suite = tmp_path / "attendance_2026_W37.txt"
    suite.write_bytes("\r\n".join([*lignes[:4], ""]).encode("utf-16"))
    (retour,) = sources.recevoir([suite], lieux)
    assert (retour.etat, retour.source) == ("recu", "kindertime")


def test_un_descripteur_ne_prend_pas_la_place_d_une_source_livree(tmp_path: Path) -> None:
    depot = _depot(tmp_path, **{"pointages_2026-09": csv_de(LIGNE)})
    texte = TROISIEME_LOGICIEL.replace("code: kindertime", "code: pointages_mensuels")
    (tmp_path / "d.yaml").write_text(texte, encoding="utf-8")
    with pytest.raises(ErreurDescripteur, match="déjà celui d'une source livrée"):
        sources.recevoir([depot], lieux_de(tmp_path), descripteur=tmp_path / "d.yaml")
