"""La nomenclature des communes : datée, en texte, et celle qui est livrée tient debout."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.chemins import RACINE_PROJET, Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.nomenclatures.communes import (
    FICHIER_COMMUNES,
    SCHEMA_COMMUNES,
    commune_du_code,
    communes_au,
    lire_communes,
    repertoire_communes,
)
from rtpe_analyse.nomenclatures.reperage import Trouvaille

ENTETE = "code,nom,departement,latitude,longitude,population,valide_du,valide_au\n"


def _lieux(dossier: Path, contenu: str) -> Lieux:
    lieux = Lieux(dossier, dossier, "exemple")
    lieux.referentiel.mkdir()
    (lieux.referentiel / FICHIER_COMMUNES).write_text(contenu, encoding="utf-8")
    return lieux


def test_un_code_garde_son_zero_de_tete(tmp_path: Path) -> None:
    lieux = _lieux(tmp_path, ENTETE + "01004,Ambérieu,01,45.9,5.3,14000,1943-01-01,\n")
    communes = lire_communes(lieux)
    assert dict(communes.schema) == SCHEMA_COMMUNES
    assert communes.row(0)[:3] == ("01004", "Ambérieu", "01")


def test_une_commune_fusionnee_n_est_en_vigueur_que_jusqu_a_sa_fin(tmp_path: Path) -> None:
    lieux = _lieux(
        tmp_path,
        ENTETE
        + "01033,Bellegarde,01,46.1,5.8,12000,1943-01-01,2018-12-31\n"
        + "01033,Valserhône,01,46.1,5.8,16000,2019-01-01,\n",
    )
    noms = {
        jour: communes_au(lieux, jour)["nom"].to_list()
        for jour in (date(2018, 12, 31), date(2019, 1, 1))
    }
    assert noms == {date(2018, 12, 31): ["Bellegarde"], date(2019, 1, 1): ["Valserhône"]}
    # Les registres parlent aussi du passé : l'ancien nom mène au code.
    assert repertoire_communes(lire_communes(lieux)).trouver("Bellegarde") == Trouvaille("01033")


def test_un_referentiel_absent_ou_incomplet_se_dit(tmp_path: Path) -> None:
    with pytest.raises(ErreurDonneesManquantes, match="manque"):
        lire_communes(Lieux(tmp_path, tmp_path, "exemple"))
    with pytest.raises(ErreurDonneesManquantes, match="population"):
        lire_communes(_lieux(tmp_path, ENTETE.replace("population,", "") + "1,a,1,1,1,,\n"))


def test_le_referentiel_livre_tient_debout() -> None:
    communes = lire_communes(Lieux(RACINE_PROJET / "donnees"))
    assert communes.height > 0
    assert not communes.select("code", "valide_du").is_duplicated().any()
    assert communes.drop("valide_au").null_count().sum_horizontal().item() == 0
    assert communes.filter(~pl.col("code").str.starts_with(pl.col("departement"))).is_empty()
    assert communes["latitude"].is_between(41, 52).all()
    assert communes["longitude"].is_between(-6, 10).all()
    repertoire = repertoire_communes(communes)
    trouves = [repertoire.trouver(nom.upper()) for nom in communes["nom"]]
    assert [t.code for t in trouves if t] == communes["code"].to_list()


def test_un_arrondissement_municipal_mene_a_sa_ville_sauf_s_il_est_une_commune_ici() -> None:
    ville = pl.DataFrame({"code": ["75056", "94033"], "nom": ["Paris", "Fontenay-sous-Bois"]})
    trouve = repertoire_communes(ville).trouver("75113")
    assert trouve is not None
    assert trouve.code == "75056"
    # Donné à part (un voisin, pour l'accès), il reste lui-même.
    a_part = pl.DataFrame({"code": ["75113"], "nom": ["Paris 13e"]})
    seul = repertoire_communes(a_part).trouver("75113")
    assert seul is not None
    assert seul.code == "75113"
    codes = pl.DataFrame({"c": ["751130101", "75113", "132010102", "940330101", "94033"]})
    assert codes.select(commune_du_code(pl.col("c"))).to_series().to_list() == [
        *("75056", "75113", "13055", "94033", "94033")
    ]
