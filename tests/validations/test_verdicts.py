"""La commande entière : constats, verdicts gardés, arrêts, et rien de nominatif."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rtpe_analyse.controles import controler, jugement, lire_constats, lire_verdicts
from rtpe_analyse.controles.jugement import Juge, Resultat
from rtpe_analyse.controles.modele import SCHEMA_CONSTATS, SCHEMA_VERDICTS
from rtpe_analyse.controles.suites import NON_VIDE, TYPES_ADMIS, Attente
from rtpe_analyse.propres import fichiers_arretes, lire_admis, lire_propre
from rtpe_analyse.tableaux import ecrire_parquet
from tests.validations.monde import Monde, monde_sain

NOM = "Mme DUPONT 06 12 34 56 78"


@pytest.fixture
def monde() -> Monde:
    return monde_sain()


def attente(genre: str, severite: str = "critique", **kwargs: object) -> Attente:
    return Attente(genre, "t", genre, dict(kwargs), "libellé", severite, "remède")


def test_un_monde_sain_passe_puis_ne_se_rejuge_pas(tmp_path: Path, monde: Monde) -> None:
    lieux = monde.ecrire(tmp_path)
    premier = controler(lieux)
    assert premier.bloquants == ()
    assert premier.avertissements == {}
    assert premier.impossibles == 0
    assert premier.constats == {}
    assert premier.jugees > 15
    octets = (lieux.travail / "verdicts.parquet").read_bytes()
    second = controler(lieux)
    assert (second.refaites, second.jugees) == (0, 0)
    assert second.reussis == premier.reussis
    assert "à jour" in second.phrase
    assert (lieux.travail / "verdicts.parquet").read_bytes() == octets


def test_rien_de_nouveau_ne_prepare_pas_great_expectations(
    tmp_path: Path, monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    lieux = monde.ecrire(tmp_path)
    controler(lieux)

    def interdit(_: Juge) -> None:
        raise AssertionError("Great Expectations chargé sans rien à juger")

    monkeypatch.setattr(Juge, "_preparer", interdit)
    controler(lieux)


def test_seule_la_table_changee_se_rejuge(tmp_path: Path, monde: Monde) -> None:
    controler(monde.ecrire(tmp_path))
    monde.mettre("sections", "part_marcheurs_pct", 120.0)
    lieux = monde.ecrire(tmp_path)
    bilan = controler(lieux)
    assert (bilan.refaites, bilan.jugees) == (0, 1)
    assert bilan.avertissements == {"La part de marcheurs est un pourcentage": 1}


def test_un_registre_change_refait_ce_qui_en_depend(tmp_path: Path, monde: Monde) -> None:
    lieux = monde.ecrire(tmp_path)
    controler(lieux)
    monde.mettre("contrats", "enfant", "e2")
    bilan = controler(monde.ecrire(tmp_path))
    # Constats : pointages du mois, contrats, plannings. Verdicts : les trois mêmes tables.
    assert (bilan.refaites, bilan.jugees) == (3, 3)
    # e1 n'a plus de contrat : ses 23 jours ouvrés de juillet 2026. e2 en a deux.
    assert bilan.constats == {"presence_sans_contrat": 23, "contrat_chevauchant": 2}


def test_une_partition_disparue_emporte_constats_et_verdicts(tmp_path: Path, monde: Monde) -> None:
    monde.mettre("pointages", "noms_libres", 1)
    lieux = monde.ecrire(tmp_path)
    controler(lieux)
    assert "propre.pointages" in set(lire_verdicts(lieux)["suite"])
    (lieux.propre / "pointages" / "2026-07.parquet").unlink()
    assert controler(lieux).constats == {}
    assert not (lieux.constats / "pointages" / "2026-07.parquet").exists()
    assert "propre.pointages" not in set(lire_verdicts(lieux)["suite"])


def test_un_critique_arrete_la_source_et_dit_quoi_demander(tmp_path: Path, monde: Monde) -> None:
    monde.compter("f_registre", rejetees=30)
    monde.mettre("agrements", "places", 301)
    lieux = monde.ecrire(tmp_path)
    toutes = lire_propre(lieux, "agrements").collect().height
    bilan = controler(lieux)
    recu, propre = sorted(bilan.bloquants)
    assert recu.ou == "registre_etablissements, fichier f_registre.csv"
    assert "demander à l'éditeur" in recu.remede
    assert propre.ou == "table agrements, partition tout (registre_etablissements)"
    assert propre.message.endswith(": 1 en défaut sur 10")
    assert bilan.sources_arretees == ("registre_etablissements",)
    # Le fichier arrêté ne compte plus dans les indicateurs ; rien n'est effacé.
    assert fichiers_arretes(lieux) == ["f_registre"]
    assert lire_propre(lieux, "agrements").collect().height == toutes > 0
    assert lire_admis(lieux, "agrements").collect().is_empty()
    assert not lire_admis(lieux, "pointages").collect().is_empty()


def test_une_source_reparee_compte_a_nouveau(tmp_path: Path, monde: Monde) -> None:
    monde.compter("f_registre", rejetees=30)
    lieux = monde.ecrire(tmp_path)
    controler(lieux)
    assert fichiers_arretes(lieux)
    lieux = monde_sain().ecrire(tmp_path)
    controler(lieux)
    assert fichiers_arretes(lieux) == []


def test_un_avertissement_n_arrete_rien(tmp_path: Path, monde: Monde) -> None:
    monde.mettre("pointages", "noms_libres", 2)
    bilan = controler(monde.ecrire(tmp_path))
    assert bilan.bloquants == ()
    assert bilan.constats == {"donnee_personnelle": 1}
    assert bilan.avertissements == {"Aucun nom ni numéro dans les champs libres": 1}


def test_une_borne_inconnue_rend_le_controle_impossible_et_non_en_echec(
    tmp_path: Path, monde: Monde
) -> None:
    lieux = monde.ecrire(tmp_path)
    factures = lieux.propre / "factures"
    (factures / "2026-07.parquet").rename(factures / "1999-07.parquet")
    controler(lieux)
    verdicts = lire_verdicts(lieux).filter(pl.col("suite") == "propre.factures")
    statuts = dict(verdicts.select("id", "statut").iter_rows())
    assert statuts["factures-tarif"] == "impossible"
    assert statuts["factures-heures-positives"] == "reussi"


def test_ni_nom_ni_pseudonyme_dans_les_constats_et_les_verdicts(
    tmp_path: Path, monde: Monde
) -> None:
    """Un nom planté dans toutes les colonnes de texte ne ressort nulle part."""
    for nom in ("pointages", "factures", "contrats", "familles", "usagers_filoue"):
        for colonne, genre in monde.propres[nom].schema.items():
            if genre == pl.String and colonne not in {"_fichier", "etablissement"}:
                monde.mettre(nom, colonne, NOM, None)
    monde.mettre_lu("f_pointages", "enfant", NOM, None)
    lieux = monde.ecrire(tmp_path)
    plante = pl.read_parquet(lieux.propre / "pointages" / "2026-07.parquet")
    assert NOM in set(plante["enfant"])
    bilan = controler(lieux)
    constats, verdicts = lire_constats(lieux).collect(), lire_verdicts(lieux)
    assert constats.schema == pl.Schema(SCHEMA_CONSTATS)
    assert verdicts.schema == pl.Schema(SCHEMA_VERDICTS)
    assert len(constats) > 0
    assert (verdicts["statut"] == "echec").any()
    ecrit = "\n".join([constats.write_csv(), verdicts.write_csv(), repr(bilan)])
    assert "DUPONT" not in ecrit


@pytest.mark.parametrize("genre", sorted(TYPES_ADMIS))
def test_aucun_type_admis_ne_laisse_sortir_de_valeur(
    genre: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Le résultat de Great Expectations, avant même notre filtre, ne porte que des comptes."""
    bruts: list[str] = []

    def garder(brut: Any, n: int) -> Resultat:
        bruts.append(repr(brut.to_json_dict()["result"]) + repr(brut.exception_info))
        return filtrer(brut, n)

    filtrer = jugement._filtrer
    monkeypatch.setattr(jugement, "_filtrer", garder)
    kwargs = {
        "expect_table_row_count_to_be_between": {"min_value": 99},
        "expect_column_values_to_be_between": {"column": "n", "min_value": 9},
        "expect_column_values_to_be_in_set": {"column": "nom", "value_set": ["x"]},
        "expect_column_values_to_match_regex": {"column": "nom", "regex": "^x$"},
        "expect_column_pair_values_a_to_be_greater_than_b": {"column_A": "n", "column_B": "n"},
        "expect_compound_columns_to_be_unique": {"column_list": ["nom", "n"]},
        NON_VIDE: {"column": "vide"},
    }.get(genre, {"column": "nom"})
    table = pl.DataFrame({"nom": [NOM, NOM], "n": [1, 1], "vide": [None, NOM]})
    juge = Juge()
    resultats = juge.juger(table, [attente(genre, **kwargs)])
    assert resultats[genre].statut == "echec"
    assert resultats[genre].n == 2
    assert resultats[genre].n_inattendus in {1, 2}
    assert len(bruts) == 1
    assert "DUPONT" not in bruts[0]


def test_colonne_absente_ou_de_mauvais_type_est_un_controle_impossible() -> None:
    table = pl.DataFrame({"nom": [NOM, "autre"]})
    between = "expect_column_values_to_be_between"
    absente = attente(between, column="absente", min_value=0)
    resultats = Juge().juger(table, [absente])
    assert resultats[between].statut == "impossible"
    mauvaise = attente(between, column="nom", min_value=0)
    assert Juge().juger(table, [mauvaise])[between].statut == "impossible"


def test_la_telemetrie_est_coupee() -> None:
    Juge().juger(pl.DataFrame({"n": [1]}), [attente(NON_VIDE, column="n")])
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


def test_importer_les_controles_ne_charge_pas_great_expectations() -> None:
    code = (
        "import sys, rtpe_analyse.controles; "
        "sys.exit(any(m in sys.modules for m in ('great_expectations', 'pandas')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_verdicts_d_une_ancienne_forme_sont_refaits(tmp_path: Path, monde: Monde) -> None:
    lieux = monde.ecrire(tmp_path)
    ecrire_parquet(lieux.travail / "verdicts.parquet", pl.DataFrame({"suite": ["x"]}))
    assert controler(lieux).reussis > 0
