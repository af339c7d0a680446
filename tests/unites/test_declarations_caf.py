"""Le tableau des déclarations à la Caf : reçu, nettoyé, sans rien perdre."""

from datetime import date
from pathlib import Path

import polars as pl

from rtpe_analyse.nettoyage import nettoyer
from rtpe_analyse.propres import lire_propre
from rtpe_analyse.sources import recevoir
from tests.unites.essais_nettoyage import RECU_LE, Essai

ENTETE = (
    "Code établissement;Année;Nature;Arrêté au;Heures facturées;Heures réalisées;Montant;"
    "Enfants;Jours d'ouverture"
)


def recu(dossier: Path, *lignes: str) -> Essai:
    """Un dossier où ce tableau a été reçu puis nettoyé."""
    essai = Essai(dossier)
    chemin = dossier / "declarations_caf.csv"
    chemin.write_text("\r\n".join([ENTETE, *lignes]) + "\r\n", encoding="cp1252")
    (retour,) = recevoir([chemin], essai.lieux, recu_le=RECU_LE)
    assert (retour.etat, retour.message) == ("recu", retour.message)
    nettoyer(essai.lieux)
    return essai


def test_chaque_colonne_se_lit(tmp_path: Path) -> None:
    essai = recu(
        tmp_path,
        "E001;2025;Réel;31/12/2025;61 234,50;57 000,25;72 345,67;58;221",
        "E022;2026;actualisée;30/06/2026;1 000;950,5;;;",
    )
    lues = lire_propre(essai.lieux, "declarations_caf").drop("_fichier", "_ligne").collect()
    assert lues.rows() == [
        ("E001", 2025, "reel", date(2025, 12, 31), 61234.5, 57000.25, 72345.67, 58, 221),
        ("E022", 2026, "actualise", date(2026, 6, 30), 1000.0, 950.5, None, None, None),
    ]


def test_une_nature_inconnue_ou_un_code_inconnu_se_rejettent_le_reste_passe(
    tmp_path: Path,
) -> None:
    essai = recu(
        tmp_path,
        "E001;2025;Définitif;31/12/2025;1;1;;;",
        "E999;2025;Réel;31/12/2025;1;1;;;",
        "E001;2025;Prévisionnel;;70000;65000;;;",
        "Total;;;;70001;65001;;;",
    )
    lues = lire_propre(essai.lieux, "declarations_caf").collect()
    assert lues.select("etablissement", "nature").rows() == [("E001", "previsionnel")]
    rejets = essai.traces(essai.lieux.rejets).filter(pl.col("table") == "declarations_caf")
    assert rejets.sort("ligne").select("ligne", "issue").rows() == [
        (2, "rejete"),
        (3, "rejete"),
        (5, "ecarte"),
    ]


def test_un_tableau_plus_recent_remplace_ce_que_l_ancien_disait(tmp_path: Path) -> None:
    essai = recu(tmp_path, "E001;2025;Réel;31/12/2025;100;90;;;")
    chemin = tmp_path / "declarations_caf_v2.csv"
    chemin.write_text(f"{ENTETE}\nE001;2025;Réel;31/12/2025;120;90;;;\n", encoding="utf-8")
    recevoir([chemin], essai.lieux, recu_le=date(2026, 11, 5))
    nettoyer(essai.lieux)
    lues = lire_propre(essai.lieux, "declarations_caf").collect()
    assert lues["heures_facturees_h"].to_list() == [120.0]
