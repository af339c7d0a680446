"""Zonages et passages entrent par la même porte que le reste, constats compris."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.controles.constats import lire_constats, relever_constats
from rtpe_analyse.controles.entrees import Entrees
from rtpe_analyse.indicateurs import composition_des_zonages
from rtpe_analyse.nettoyage.chaine import nettoyer
from rtpe_analyse.nomenclatures.publiques import FICHIERS_REFERENTIEL
from rtpe_analyse.propres import lire_propre
from rtpe_analyse.sources import recevoir
from tests.unites.essais_nettoyage import RECU_LE, Essai

ZONAGES = (
    "Code zonage;Nom du zonage;Commune;IRIS;Valide du;Valide au",
    "Z1;Bassin;95219;;01/01/2020;",
    "Z1;Bassin;Ermont;;01/01/2020;",
    "Z1;Bassin;;930010101;01/01/2020;",
    "Z1;Bassin;;930010999;01/01/2020;",
    "Z1;Bassin;Nulle-Part;;01/01/2020;",
    "Z2;Ancien bassin;95219;;01/01/2020;31/12/2021",
)
PASSAGES = (
    "Ancien code;Nouveau code;Date d'effet;Part",
    "930010900;930010101;01/01/2021;0,4",
    "930010900;930010102;01/01/2021;0,6",
)


@pytest.fixture
def essai(tmp_path: Path) -> Essai:
    essai = Essai(tmp_path)
    publies = pl.DataFrame(
        [{"iris": "930010101", "commune": "93001", "annee": 2022}],
        schema=FICHIERS_REFERENTIEL["iris_annee"].schema,
    )
    publies.write_csv(essai.lieux.referentiel / "iris_annee.csv")
    return essai


def recevoir_registre(essai: Essai, nom: str, lignes: tuple[str, ...]) -> None:
    chemin = essai.dossier / nom
    chemin.write_text("\n".join(lignes) + "\n", encoding="utf-8")
    (retour,) = recevoir([chemin], essai.lieux, recu_le=RECU_LE)
    assert (retour.etat, retour.code) == ("recu", "")


def test_toutes_les_lignes_restent_et_les_fautes_sont_constatees(essai: Essai) -> None:
    recevoir_registre(essai, "zonages.csv", ZONAGES)
    bilan = nettoyer(essai.lieux)
    assert bilan.refuses == ()
    # La même commune, par son code puis par son nom : un doublon écarté, et compté.
    comptes = pl.read_parquet(essai.lieux.travail / "bilan_nettoyage.parquet")
    (ligne,) = comptes.filter(pl.col("table") == "zonages").to_dicts()
    assert (ligne["lues"], ligne["propres"], ligne["ecartees"], ligne["rejetees"]) == (6, 5, 1, 0)
    relever_constats(Entrees(essai.lieux))
    constats = lire_constats(essai.lieux).filter(pl.col("table") == "zonages").collect()
    trouves = sorted(constats.select("code", "ligne").rows())
    assert trouves == [("commune_inconnue", 6), ("iris_introuvable", 5)]
    assert composition_des_zonages(essai.lieux, date(2026, 1, 1)) == {
        # « Nulle-Part » reste : le zonage est partiel, pas plus petit.
        "Z1": ["930010101", "930010999", "95219", "hors_commune"]
    }
    assert set(composition_des_zonages(essai.lieux, date(2021, 6, 1))) == {"Z1", "Z2"}


def test_un_iris_ancien_que_nomme_un_passage_n_est_pas_introuvable(essai: Essai) -> None:
    recevoir_registre(essai, "passages.csv", PASSAGES)
    recevoir_registre(essai, "zonages.csv", (ZONAGES[0], "Z1;Bassin;;930010900;01/01/2020;"))
    nettoyer(essai.lieux)
    assert lire_propre(essai.lieux, "passages").collect()["part"].to_list() == [0.4, 0.6]
    relever_constats(Entrees(essai.lieux))
    assert lire_constats(essai.lieux).collect().is_empty()
    assert composition_des_zonages(essai.lieux, date(2026, 1, 1)) == {
        "Z1": ["930010101", "930010102"]
    }
