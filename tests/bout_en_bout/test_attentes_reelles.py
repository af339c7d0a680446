"""Listes d'attente réelles : Vilnius (demandes, vœux) et Yokohama (places et attente par âge).

Ce ne sont pas des chiffres du réseau : un matériau d'épreuve pour les méthodes. Totaux
recalculés en SQL sur les fichiers tels que publiés.
"""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from rtpe_analyse.chemins import RACINE_PROJET
from rtpe_analyse.restitution import ouvrir
from tests.specifications.outils import Jeu, etablissement, territoire, valeur_de
from tests.unites.outils_restitution import PERIODE, ecrire_dossier, lu, nombre

PUBLICS = RACINE_PROJET.parent / "shared" / "donnees-publiques"
VILNIUS = PUBLICS / "etranger-vilnius" / "laukianciuju_eileje_2025-03_nes_2023-2025.csv"
YOKOHAMA = PUBLICS / "etranger-yokohama" / "inscrits_attente_2023-04_2025-02.csv"
ARRETE = date(2025, 3, 31)
TRIMESTRE = {"periode": "2025-T1"}

pytestmark = pytest.mark.skipif(
    not (VILNIUS.is_file() and YOKOHAMA.is_file()), reason="fichiers publics absents"
)


def sql(requete: str) -> list[tuple]:
    with duckdb.connect() as base:
        base.execute(
            'create view file as select "Vaiko Identifikacinis Nr." as enfant, '
            'cast("Prašymo pateikimo data" as timestamp)::date as depot, '
            'cast("Vaiko gimimo data" as date) as naissance, '
            'cast("Lankymo data" as timestamp)::date as entree, '
            '"1 pasirinktas darželis" as voeu, "2 pasirinktas darželis" as voeu_2, '
            '"1 darželio vieta eilėje" as rang '
            f"from read_csv('{VILNIUS}', delim=';', header=true, all_varchar=true, "
            "null_padding=true, strict_mode=false)"
        )
        base.execute(f"create view yokohama as select * from read_csv('{YOKOHAMA}')")
        return base.execute(requete).fetchall()


@pytest.fixture(scope="module")
def vilnius(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """La liste d'attente de Vilnius rangée comme nos demandes : le premier vœu fait la zone."""
    brut = pl.read_csv(
        VILNIUS, separator=";", infer_schema=False, truncate_ragged_lines=True
    ).with_row_index("numero")
    jour = "%Y-%m-%d"
    demandes = brut.select(
        demande=pl.format("d{}", "numero"),
        appariement="Vaiko Identifikacinis Nr.",
        depot=pl.col("Prašymo pateikimo data").str.head(10).str.to_date(jour),
        mois_naissance=pl.col("Vaiko gimimo data").str.to_date(jour),
        entree_souhaitee=pl.col("Lankymo data").str.head(10).str.to_date(jour),
        etablissement="1 pasirinktas darželis",
    )
    jeu = Jeu(tmp_path_factory.mktemp("vilnius"))
    noms = demandes["etablissement"].drop_nulls().unique().sort().to_list()
    jeu.ecrire("etablissements", [etablissement(n) for n in noms])
    jeu.ecrire("territoires", [territoire(n, "T1") for n in noms])
    for vide in ("contrats", "plannings", "enfants", "ouvertures"):
        jeu.ecrire(vide, [])
    jeu.ecrire("demandes", demandes.to_dicts())
    return jeu.calculer("demandes", ARRETE)


def test_vilnius_un_enfant_compte_une_fois(vilnius):
    """Autant de demandes actives que d'enfants distincts ; aucun n'est perdu ni doublé."""
    ((lignes, enfants),) = sql("select count(*), count(distinct enfant) from file")
    assert (lignes, enfants) == (5805, 5805)
    assert valeur_de(vilnius, "D1", "99", **TRIMESTRE) == enfants


def test_vilnius_le_premier_voeu_fait_la_zone(vilnius):
    attendus = dict(sql("select voeu, count(distinct enfant) from file group by voeu"))
    lues = vilnius.filter(
        pl.col("indicateur") == "D1",
        pl.col("maille") == "etablissement",
        pl.col("periode") == "2025-T1",
        pl.col("ventilation") == "",
    )
    assert {z: v for z, v in lues.select("zone", "valeur").iter_rows() if v} == {
        v: n for v, n in attendus.items() if v
    }


def test_vilnius_ages_a_l_entree(vilnius):
    """Au département : une demande sans vœu n'a pas de territoire, elle n'est pas perdue."""
    attendus = dict(
        sql(
            "select least(greatest(datediff('month', naissance, entree) // 12, 0), 3), "
            "count(distinct enfant) from file group by 1"
        )
    )
    libelles = ("0 an", "1 an", "2 ans", "3 ans et plus")
    for rang, libelle in enumerate(libelles):
        lue = valeur_de(vilnius, "D1", "99", ventilation="age", modalite=libelle, **TRIMESTRE)
        assert lue == attendus.get(rang, 0)


def test_vilnius_demandes_a_servir_d_ici_la_rentree(vilnius):
    """Entrée au plus tard 122 jours après le 1er septembre 2025 : le 1er janvier 2026."""
    ((attendu,),) = sql("select count(distinct enfant) from file where entree <= '2026-01-01'")
    assert valeur_de(vilnius, "D8", "99", **TRIMESTRE) == attendu > 1000


@pytest.mark.parametrize("mois", ["2023-04", "2024-04", "2025-02"])
def test_yokohama_places_libres_et_attente_par_age(
    mois: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """La confrontation de la ville entière redonne les totaux publiés, âge par âge."""
    champs = ", ".join(f"sum(places_libres_{a}an), sum(en_attente_{a}an)" for a in range(3))
    ((*totaux,),) = sql(f"select {champs} from yokohama where mois = '{mois}'")
    libres, attentes = [int(n) for n in totaux[::2]], [int(n) for n in totaux[1::2]]
    lignes = []
    for age, libre, attente in zip(("0 an", "1 an", "2 ans"), libres, attentes, strict=True):
        lignes += [
            nombre("D7", "territoire", "T1", libre, ventilation="age_jour", modalite=f"{age}|{j}")
            for j in range(1, 6)
        ]
        lignes += [
            nombre(code, "territoire", "T1", n, ventilation="age", modalite=age)
            for code, n in (("D8", attente), ("D9", 0))
        ]
    monkeypatch.setenv("RTPE_DONNEES", str(ecrire_dossier(tmp_path, lignes)))
    rapport = ouvrir(territoire="T1", periode=PERIODE, niveau="interne", edition="2026-10-15")
    texte = "".join(lu(rapport.confrontation()).split())
    for libre, attente in zip(libres, attentes, strict=True):
        assert f"{libre},00{attente}" in texte
    manques = [a - li for a, li in zip(attentes, libres, strict=True)]
    deplacables = min(sum(-m for m in manques if m < 0), sum(m for m in manques if m > 0))
    piste = "".join(lu(rapport.pistes()).split())
    assert (f"Auplus{deplacables}place" in piste) == (deplacables >= 1)
