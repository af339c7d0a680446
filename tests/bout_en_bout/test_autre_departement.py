"""Un autre département, à code lettré, et ses fichiers publics incomplets, alias et sans voisins.

Les fichiers sont écrits ici, à la main ; ils entrent par les vraies portes (`referentiel`,
`recevoir`), et les phrases se lisent dans un vrai rapport.
"""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.cli import chaine
from rtpe_analyse.erreurs import ErreurDonneesManquantes, ErreurUsage
from rtpe_analyse.indicateurs import composition_des_zonages, construire_zones, definitions
from rtpe_analyse.indicateurs.modele import SCHEMA_INDICATEURS
from rtpe_analyse.modeles import Periode
from rtpe_analyse.nettoyage.referentiel import recevoir_et_compiler
from rtpe_analyse.nomenclatures.communes import lire_communes
from rtpe_analyse.restitution import Rapport, ouvrir
from rtpe_analyse.secret import proteger
from tests.specifications.outils import (
    LE,
    Jeu,
    agrement,
    egal,
    etablissement,
    territoire,
    valeur_de,
)
from tests.unites.outils_restitution import PERIODE, lu, nombre

RECU_LE = date(2026, 11, 23)
FAMILLES = ("besoins", "acces", "indice", "typologie")
COMMUNES = {f"2A{rang:03d}": f"Commune {rang}" for rang in range(1, 7)}
PLACES = {code: 100 + 10 * rang for rang, code in enumerate(COMMUNES)}
TAUX = 50
SANS_PLACES = "2A006"

Donner = Callable[..., Jeu]


def communes_publiques() -> str:
    lignes = [
        f"{code},2A,{nom},20000,{41.9 + 0.01 * rang},8.7,{14_000 + rang},{150 + rang}"
        for rang, (code, nom) in enumerate(COMMUNES.items())
    ]
    entete = "insee_com,insee_dep,commune_article,code_postal,lat,lng,population_2021"
    return "\n".join([f"{entete},naissances_2022", *lignes]) + "\n"


def cnaf() -> dict[str, str]:
    """Les deux fichiers de la Cnaf, sous deux des en-têtes qu'elle emploie ; une commune absente.

    Tous les modes ont le même taux : les enfants sont les places divisées par ce taux.
    """
    publiees = {c: n for c, n in PLACES.items() if c != SANS_PLACES}
    places = [f"2022;{c};{n};{n}" for c, n in publiees.items()]
    taux = [f"2022;{c};{TAUX},0;{TAUX},0" for c in publiees]
    return {
        "nbpla_pe_com_2022.csv": "\n".join(
            [
                "Date référence;Numéro commune;Places EAJE - ensemble;Places offertes - ensemble",
                *places,
            ]
        ),
        "txcouv_pe_com_2022.csv": "\n".join(["annee;numcom;txcouv_eaje_com;txcouv_com", *taux]),
    }


@pytest.fixture
def donner(tmp_path: Path) -> Donner:
    """Le réseau d'un territoire, ses fichiers publics reçus et compilés."""

    def donner(fichiers: dict[str, str], creches: dict[str, str] | None = None) -> Jeu:
        jeu = Jeu(tmp_path)
        depot = tmp_path / "publics"
        depot.mkdir()
        for nom, texte in {"communes_2021_2022.csv": communes_publiques(), **fichiers}.items():
            (depot / nom).write_text(texte, encoding="utf-8")
        retours, bilan, _ = recevoir_et_compiler(jeu.lieux, [depot], recu_le=RECU_LE)
        assert {r.nom: r.message for r in retours if r.etat == "refuse"} == {}
        assert bilan.refuses == ()
        reseau = creches or {"A": "2A001", "B": "2A002"}
        jeu.ecrire("etablissements", [etablissement(e, c) for e, c in reseau.items()])
        jeu.ecrire("territoires", [territoire(e, "T1") for e in reseau])
        jeu.ecrire("agrements", [a for e in reseau for a in agrement(e, 20)])
        return jeu

    return donner


def rapport(jeu: Jeu, monkeypatch: pytest.MonkeyPatch, **zone: str) -> Rapport:
    dossier = jeu.lieux.indicateurs
    (dossier / "interne").mkdir(parents=True)
    for famille in FAMILLES:
        table = jeu.calculer(famille)
        proteger(table, "interne", LE).write_parquet(dossier / "interne" / f"{famille}.parquet")
    activite = pl.DataFrame([nombre("P1", "territoire", "T1", 40)], schema=SCHEMA_INDICATEURS)
    activite.write_parquet(dossier / "interne" / "places.parquet")
    construire_zones(jeu.lieux).write_parquet(dossier / "zones.parquet")
    (dossier / "definitions.json").write_text(json.dumps(definitions()))
    (dossier / "zonages.json").write_text(json.dumps(composition_des_zonages(jeu.lieux, LE)))
    monkeypatch.setenv("RTPE_DONNEES", str(dossier))
    return ouvrir(periode=PERIODE, **(zone or {"territoire": "T1"}))


def test_les_alias_de_la_cnaf_et_les_totaux(donner: Donner) -> None:
    table = donner(cnaf(), {c: c for c in COMMUNES}).calculer("besoins")
    lues = sum(n for c, n in PLACES.items() if c != SANS_PLACES)
    assert valeur_de(table, "S14", "2A", periode="2022", ventilation="") == lues
    assert valeur_de(table, "S1", "2A", periode="2022") == egal(lues / (TAUX / 100))
    # Chaque commune est dans le seul territoire : il redonne le département.
    for code in ("S14", "S1", "S2", "B1u"):
        ici = valeur_de(table, code, "T1", periode="2022", ventilation="")
        assert ici == valeur_de(table, code, "2A", periode="2022", ventilation="")


def test_sans_aucun_fichier_de_la_cnaf_le_rapport_dit_ce_qui_manque(
    donner: Donner, monkeypatch: pytest.MonkeyPatch
) -> None:
    lu_ici = rapport(donner({}), monkeypatch)
    assert "Population" in lu(lu_ici.portrait())
    # Le portrait a des chiffres : la section de l'offre ne peut pas dire qu'il n'y en a aucun.
    assert "Les places de cette zone ne sont pas publiées" in lu(lu_ici.ecart_d_accueil())
    indice = lu(lu_ici.indice_de_besoin())
    assert "Dans aucune commune :" in indice
    assert "tous modes" in indice
    assert "naissances" not in indice.split("Dans aucune commune :")[0]
    assert "ne sont pas calculées" in lu(lu_ici.acces())


def test_un_territoire_dont_une_commune_est_inconnue_est_partiel(donner: Donner) -> None:
    """Un établissement hors du référentiel (département voisin) ne se perd pas en silence."""
    jeu = donner(cnaf(), {"A": "2A001", "B": "2A002"})
    ailleurs = {**etablissement("C"), "commune": None}
    jeu.ajouter("etablissements", ailleurs)
    jeu.ajouter("territoires", territoire("C", "T1"))
    table = jeu.calculer("besoins")
    du_territoire = table.filter(
        pl.col("zone") == "T1", pl.col("indicateur") == "S14", pl.col("ventilation") == ""
    )
    assert du_territoire["valeur"].to_list() == [PLACES["2A001"] + PLACES["2A002"]]
    assert du_territoire["statut"].to_list() == ["a_verifier"]
    zones = construire_zones(jeu.lieux)
    assert zones.filter(pl.col("maille") == "territoire")["parent"].to_list() == ["2A"]


def test_le_departement_d_un_territoire_ne_vient_pas_d_une_commune_absente(donner: Donner) -> None:
    jeu = donner(cnaf(), {"A": "2A001"})
    jeu.ajouter("etablissements", *({**etablissement(c), "commune": None} for c in "CD"))
    jeu.ajouter("territoires", territoire("C", "T1"), territoire("D", "T2"))
    assert departements(jeu) == {"T1": "2A", "T2": "2A"}
    # À cheval sur deux départements, rien ne dit lequel est celui de T2.
    jeu.ajouter("etablissements", etablissement("E", "97401"))
    jeu.ajouter("territoires", territoire("E", "T1"))
    assert departements(jeu)["T2"] is None


def departements(jeu: Jeu) -> dict[str, str | None]:
    zones = construire_zones(jeu.lieux).filter(pl.col("maille") == "territoire")
    return dict(zones.select("zone", "parent").iter_rows())


def test_des_contours_suffisent_a_nommer_et_placer_les_communes(tmp_path: Path) -> None:
    """Sans la liste de l'Insee : le nom et le centre de la forme, si un chiffre est publié."""
    formes = [
        {
            "type": "Feature",
            "properties": {"code": code, "nom": nom},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[8, 41], [9, 41], [9, 42], [8, 42], [8, 41]]],
            },
        }
        for code, nom in (("2A001", "Commune 1"), (SANS_PLACES, "Commune 6"))
    ]
    depot = tmp_path / "publics"
    depot.mkdir()
    contours = json.dumps({"type": "FeatureCollection", "features": formes})
    for nom, texte in {**cnaf(), "communes.geojson": contours}.items():
        (depot / nom).write_text(texte, encoding="utf-8")
    lieux = Jeu(tmp_path).lieux
    recevoir_et_compiler(lieux, [depot], recu_le=RECU_LE)
    connues = lire_communes(lieux).select("code", "nom", "departement", "latitude", "longitude")
    # La dernière n'a aucun chiffre publié : sa forme ne suffit pas à en faire une commune.
    assert connues.rows() == [("2A001", "Commune 1", "2A", 41.5, 8.5)]


def test_une_comparaison_ou_une_periode_fausse_arrete_avant_les_rapports(tmp_path: Path) -> None:
    jeu = Jeu(tmp_path)
    dossier = jeu.lieux.indicateurs
    (dossier / "interne").mkdir(parents=True)
    pl.DataFrame({"maille": ["zonage", "departement"], "zone": ["Z1", "2A"]}).write_parquet(
        dossier / "zones.parquet"
    )
    activite = pl.DataFrame([nombre("H1", "territoire", "T1", 40)], schema=SCHEMA_INDICATEURS)
    activite.write_parquet(dossier / "interne" / "occupation.parquet")
    for admise in ("", "departement", "zonage:Z1", "departement:2A"):
        chaine.verifier_comparaison(jeu.lieux, admise)
    with pytest.raises(ErreurUsage, match="zone inconnue") as refus:
        chaine.verifier_comparaison(jeu.lieux, "zonage:ZZ")
    assert "zonage:Z1" in refus.value.remede
    for fausse in ("nimporte", "territoire:", "etablissement:A"):
        with pytest.raises(ErreurUsage, match="non comprise"):
            chaine.verifier_comparaison(jeu.lieux, fausse)
    chaine.verifier_trimestre(jeu.lieux, Periode.lire(PERIODE))
    with pytest.raises(ErreurUsage, match="2031-T1") as refus:
        chaine.verifier_trimestre(jeu.lieux, Periode.lire("2031-T1"))
    assert PERIODE in refus.value.remede


def test_sans_referentiel_le_remede_nomme_la_commande(tmp_path: Path) -> None:
    with pytest.raises(ErreurDonneesManquantes, match=r"communes\.csv") as refus:
        lire_communes(Jeu(tmp_path).lieux)
    assert "rtpe referentiel" in refus.value.remede
