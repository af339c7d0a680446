"""Constats des factures, des agréments et des fichiers reçus."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.controles import fichiers, registres
from rtpe_analyse.nomenclatures import motifs
from rtpe_analyse.schemas import TABLES
from rtpe_analyse.tableaux import ecrire_parquet

MOIS = date(2026, 7, 1)


def table(nom: str, *lignes: dict[str, Any]) -> pl.DataFrame:
    completes = [{"_fichier": "f", "_ligne": n, **ligne} for n, ligne in enumerate(lignes, 1)]
    return pl.DataFrame(completes, schema=TABLES[nom].schema)


def facture(heures: float, enfant: str = "e1", lieu: str = "E001") -> dict[str, Any]:
    return {"enfant": enfant, "etablissement": lieu, "mois": MOIS, "heures_facturees_h": heures}


def realise(minutes: int | None, jour: int = 6) -> dict[str, Any]:
    return {
        "enfant": "e1",
        "etablissement": "E001",
        "date": date(2026, 7, jour),
        "realise_min": minutes,
    }


@pytest.mark.parametrize(
    ("heures", "constate"),
    [(10.0, False), (9.99, False), (9.98, True), (12.0, False), (0.0, True)],
    ids=["égal", "à la tolérance", "au-delà", "plus", "nul"],
)
def test_facture_inferieur_realise(heures: float, constate: bool) -> None:
    # 7 h + 3 h réalisées ; la durée vide ne compte pas.
    pointages = table("pointages", realise(420), realise(180, 7), realise(None, 8))
    trouves = registres.facture_inferieur_realise(table("factures", facture(heures)), pointages)
    assert trouves["ligne"].to_list() == ([1] if constate else [])


def test_l_arrondi_au_centieme_n_est_pas_un_ecart() -> None:
    # 500 min = 8,3333 h, exportées 8,33.
    trouves = registres.facture_inferieur_realise(
        table("factures", facture(8.33)), table("pointages", realise(500))
    )
    assert trouves.is_empty()


def test_facture_sans_pointage_ou_d_ailleurs_n_est_pas_constatee() -> None:
    factures = table("factures", facture(1.0, enfant="e2"), facture(1.0, lieu="E002"))
    assert registres.facture_inferieur_realise(
        factures, table("pointages", realise(600))
    ).is_empty()


def test_un_mois_facture_en_deux_lignes_se_compare_en_somme() -> None:
    pointages = table("pointages", realise(600))
    suffit = table("factures", facture(4.0), facture(6.0))
    assert registres.facture_inferieur_realise(suffit, pointages).is_empty()
    manque = table("factures", facture(4.0), facture(5.9))
    trouves = registres.facture_inferieur_realise(manque, pointages)
    assert trouves["ligne"].to_list() == [1, 2]
    assert trouves["mois"].to_list() == [MOIS, MOIS]


def plage(debut: int, fin: int, **autres: Any) -> dict[str, Any]:
    return {
        "etablissement": "E001",
        "valide_du": date(2026, 1, 1),
        "valide_au": date(2026, 6, 30),
        "jour_semaine": 1,
        "debut_min": debut,
        "fin_min": fin,
        "places": 10,
        **autres,
    }


@pytest.mark.parametrize(
    ("autre", "attendu"),
    [
        (plage(719, 1000), [1, 2]),
        (plage(720, 1000), []),
        (plage(600, 700, jour_semaine=2), []),
        (plage(600, 700, etablissement="E002"), []),
        (plage(600, 700, valide_du=date(2026, 6, 30), valide_au=None), [1, 2]),
        (plage(600, 700, valide_du=date(2026, 7, 1), valide_au=None), []),
    ],
    ids=["une minute", "se suivent", "autre jour", "ailleurs", "un jour commun", "successives"],
)
def test_agrement_chevauchant(autre: dict[str, Any], attendu: list[int]) -> None:
    trouves = registres.agrement_chevauchant(table("agrements", plage(480, 720), autre))
    assert trouves["ligne"].to_list() == attendu


def test_agrement_absent_un_jour_prevu() -> None:
    jours = {
        date(2026, 6, 29): True,  # lundi couvert
        date(2026, 6, 30): True,  # mardi : aucune plage
        date(2026, 7, 6): True,  # lundi, agrément échu le 30 juin
        date(2026, 7, 7): False,  # non prévu
    }
    ouvertures = table(
        "ouvertures",
        *(
            {"etablissement": "E001", "date": jour, "prevu": prevu, "ouvert": True}
            for jour, prevu in jours.items()
        ),
    )
    trouves = registres.agrement_absent(ouvertures, table("agrements", plage(480, 720)))
    assert trouves["date"].to_list() == [date(2026, 6, 30), date(2026, 7, 6)]


def recevoir(
    lieux: Lieux, fichier: str, jours: list[date], millesime: str = "2026-07", **comptes: int
) -> dict[str, Any]:
    """Écrit le fichier lu et rend sa ligne de bilan."""
    lus = table(
        "pointages",
        *({"enfant": "e", "etablissement": "E001", "date": j, "_fichier": fichier} for j in jours),
    )
    ecrire_parquet(lieux.travail / "lus" / fichier / "pointages.parquet", lus)
    return {
        "fichier": fichier,
        "source": "s",
        "nom": f"{fichier}.csv",
        "millesime": millesime,
        "table": "pointages",
        "lues": len(jours),
        "propres": len(jours),
        "rejetees": 0,
        "ecartees": 0,
        "corrigees": 0,
        **comptes,
    }


def test_mois_vide_et_mois_double(tmp_path: Path) -> None:
    lieux = Lieux(tmp_path, tmp_path)
    juin, juillet = date(2026, 6, 30), date(2026, 7, 1)
    bilan = pl.DataFrame(
        [
            recevoir(lieux, "plein", [juillet] * 10),
            recevoir(lieux, "vide", []),
            recevoir(lieux, "tout_rejete", [], lues=3, rejetees=3),
            recevoir(lieux, "un_sur_cinq", [juin] + [juillet] * 4),
            recevoir(lieux, "moins", [juin] + [juillet] * 5),
            recevoir(lieux, "annuel", [], millesime="2026"),
        ]
    )
    par_mois = fichiers.lignes_par_mois(lieux, bilan)
    (vide,) = fichiers.mois_vide(bilan, par_mois).rows(named=True)
    assert (vide["fichier"], vide["ligne"], vide["mois"]) == ("vide", 0, juillet)
    (double,) = fichiers.mois_double(par_mois).rows(named=True)
    assert (double["fichier"], double["ligne"]) == ("un_sur_cinq", 0)
    assert double["etablissement"] == "E001"


def test_aucun_fichier_de_pointages(tmp_path: Path) -> None:
    lieux = Lieux(tmp_path, tmp_path)
    bilan = fichiers.lire_bilan(lieux)
    par_mois = fichiers.lignes_par_mois(lieux, bilan)
    assert fichiers.mois_vide(bilan, par_mois).is_empty()
    assert fichiers.mois_double(par_mois).is_empty()


def test_commune_inconnue_seulement_si_la_ligne_est_gardee(tmp_path: Path) -> None:
    lieux = Lieux(tmp_path, tmp_path)
    demandes = table("demandes", {"demande": "d1", "etablissement": "E001"})
    ecrire_parquet(lieux.propre / "demandes" / "tout.parquet", demandes)
    signalements = pl.DataFrame(
        {
            "fichier": ["f", "f", "f"],
            "table": ["demandes"] * 3,
            "ligne": [1, 1, 2],
            "lieu": [""] * 3,
            "colonne": ["commune"] * 3,
            "code": ["commune_inconnue"] * 3,
        }
    )
    ecrire_parquet(lieux.travail / "signalements" / "f.parquet", signalements)
    lus = fichiers.lire_signalements(lieux)
    (constat,) = fichiers.commune_inconnue(lieux, lus, "demandes").rows(named=True)
    assert (constat["fichier"], constat["ligne"], constat["etablissement"]) == ("f", 1, "E001")
    assert fichiers.commune_inconnue(lieux, lus, "familles").is_empty()


def test_chaque_constat_a_son_libelle_et_son_remede() -> None:
    constats = [m for m in motifs().values() if m["famille"] == "constat"]
    assert len(constats) >= 10
    assert all(m["libelle"] and m["remede"] and m["gravite"] for m in constats)
