"""Étude d'implantation : où manquent des places, choix successifs, équité, publication."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.chemins import CARNETS, Lieux
from rtpe_analyse.diffusion.etudes import publier_etude
from rtpe_analyse.restitution import Rapport, ouvrir
from tests.unites.outils_restitution import PERIODE, ecrire_dossier, lu, nombre, ratio

ANNEE = {"pas": "annee", "periode": "2022", "millesime": "2022"}
# Quatre quartiers alignés du sud au nord, à 0, 1, 2 et 9 km ; les deux derniers à Ville-Nord.
QUARTIERS = {
    "990010101": ("Gare", "99001", 0, 30),
    "990010102": ("Mairie", "99001", 1, 40),
    "990020101": ("Port", "99002", 2, 20),
    "990020102": ("Bois", "99002", 9, 25),
}
COMMUNES = {"99001": ("Ville-Sud", 10.0), "99002": ("Ville-Nord", 30.0)}


def lignes() -> list[dict]:
    quartiers = [
        ratio("B3m", "iris", zone, manque, 200, **ANNEE) for zone, (*_, manque) in QUARTIERS.items()
    ]
    communes = [
        ratio("B3m", "commune", "99001", 70, 400, **ANNEE),
        ratio("B3m", "commune", "99002", 45, 400, **ANNEE),
    ]
    pauvres = [
        nombre("S9", "commune", zone, taux / 100, **ANNEE) for zone, (_, taux) in COMMUNES.items()
    ]
    return [
        nombre("P1", "departement", "D", 60),
        nombre("Q1", "departement", "D", 1.0),
        *quartiers,
        *communes,
        *pauvres,
        ratio("B3m", "departement", "D", 115, 800, **ANNEE),
        ratio("B3", "departement", "D", 240, 800, **ANNEE),
    ]


def ecrire(racine: Path, table: list[dict]) -> Path:
    """Un dossier dont les communes et les quartiers ont une position."""
    dossier = ecrire_dossier(racine, table)
    zones = pl.read_parquet(dossier / "zones.parquet")
    situees = [("commune", c, nom, "D", 48.0, 2.0) for c, (nom, _) in COMMUNES.items()]
    situees += [
        ("iris", z, nom, commune, 48 + km / 111.1951, 2.0)
        for z, (nom, commune, km, _) in QUARTIERS.items()
    ]
    noms = ["maille", "zone", "libelle", "parent", "latitude", "longitude"]
    autres = zones.filter(pl.col("maille") != "commune")
    ajout = pl.DataFrame(situees, schema=noms, orient="row")
    pl.concat([autres, ajout], how="diagonal").write_parquet(dossier / "zones.parquet")
    return dossier


@pytest.fixture
def rapport(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rapport:
    monkeypatch.setenv("RTPE_DONNEES", str(ecrire(tmp_path, lignes())))
    return ouvrir(departement="D", periode=PERIODE, edition="2026-10-15")


def test_rien_ne_manque_se_dit_en_mots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sans = [ligne | {"numerateur": 0.2} for ligne in lignes() if ligne["indicateur"] == "B3m"]
    autres = [ligne for ligne in lignes() if ligne["indicateur"] != "B3m"]
    monkeypatch.setenv("RTPE_DONNEES", str(ecrire(tmp_path, [*autres, *sans])))
    texte = lu(ouvrir(departement="D", periode=PERIODE).places_manquantes())
    assert "aucune place de crèche n'y manque" in texte


def test_les_places_manquantes_et_ou(rapport: Rapport) -> None:
    texte = lu(rapport.places_manquantes())
    assert "il manque 115 places de crèche (2022)" in texte
    assert "Ville-Sud" in lu(rapport.carte_des_places_manquantes())


def test_une_creche_se_met_au_milieu_de_ce_qu_elle_sert(rapport: Rapport) -> None:
    # À 1,1 km de Mairie : 30 + 40 + 20 = 90 places manquent, elle en sert 60.
    texte = lu(rapport.implantations(60, 1, 1.1))
    assert "Proposition 1 Mairie (Ville-Sud) 60 90" in texte
    # Gare, à Ville-Sud aussi, servirait autant : la suivante est d'une autre commune.
    assert "Proposition 2 Port (Ville-Nord) 60 60" in texte
    assert "Toutes servent autant" in texte


def test_deux_creches_se_choisissent_ensemble(rapport: Rapport) -> None:
    texte = lu(rapport.implantations(100, 2, 1.1, 1))
    assert "Mairie (Ville-Sud) ; Bois (Ville-Nord) 115 115" in texte


def test_une_proposition_par_commune_puis_s_arrete(rapport: Rapport) -> None:
    """À 0,5 km, Mairie sert 40, Gare 30, Bois 25 : Gare, même commune, n'est pas une suite."""
    texte = lu(rapport.implantations(60, 1, 0.5))
    assert "Proposition 1 Mairie (Ville-Sud) 40 40" in texte
    assert "Proposition 2 Bois (Ville-Nord) 25 25" in texte
    assert "Proposition 3" not in texte
    assert "15 places de moins" in texte


def test_dans_une_seule_commune_les_quartiers_voisins_restent_des_choix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seule = [li for li in lignes() if not str(li["zone"]).startswith("99002")]
    monkeypatch.setenv("RTPE_DONNEES", str(ecrire(tmp_path, seule)))
    texte = lu(ouvrir(departement="D", periode=PERIODE).implantations(60, 1, 0.5))
    assert "Proposition 2 Gare (Ville-Sud) 30 30" in texte
    assert "la meilleure de celles qui restent" in texte


def test_l_equite_dit_ce_qu_elle_coute(rapport: Rapport) -> None:
    """Ville-Nord est la plus pauvre. Une crèche de 40 places sert 40 à Mairie, 25 à Bois.

    Réserver la moitié (20 places) impose Bois : 15 places de moins ; 90 % (36) est impossible.
    """
    texte = lu(rapport.implantation_equitable(40, 1, 0.5, (0.5, 0.9)))
    assert "Sans contrainte Mairie (Ville-Sud) 40 0" in texte
    assert "50 % au moins Bois (Ville-Nord) 25 25" in texte
    assert "90 % au moins impossible" in texte
    assert "coûte jusqu'à 15 places" in texte
    # Deux crèches de 100 places servent déjà tout Ville-Nord : 45 places sur 115.
    libre = lu(rapport.implantation_equitable(100, 2, 1.1, (0.2,)))
    assert "20 % au moins Mairie (Ville-Sud) ; Bois (Ville-Nord) 115 45" in libre
    assert "ne coûte aucune place servie" in libre


def test_l_essentiel_dit_la_part_comblee_et_si_la_portee_change_tout(rapport: Rapport) -> None:
    """À 1,1 km, Mairie a 90 places manquantes à portée et en sert 60 : 52 % de 115."""
    texte = lu(rapport.essentiel_de_l_implantation(60, 1, 1.1))
    assert "au plus 60 places manquantes comblées sur 115 (52 %)" in texte
    assert "Le meilleur choix : Mairie (Ville-Sud)" in texte
    assert "90 places manquent à portée de ces lieux, pour 60 ouvertes" in texte
    assert "À 2,2 km à vol d'oiseau, les mêmes communes l'emportent" in texte
    grande = lu(rapport.essentiel_de_l_implantation(100, 1, 1.1))
    assert "90 places manquent à portée de ces lieux : 10 places n'en combleraient" in grande


def test_sans_calcul_chaque_contenu_le_dit(tmp_path, monkeypatch) -> None:
    dossier = ecrire(tmp_path, [nombre("P1", "departement", "D", 60)])
    monkeypatch.setenv("RTPE_DONNEES", str(dossier))
    vide = ouvrir(departement="D", periode=PERIODE, edition="2026-10-15")
    for contenu in (
        vide.places_manquantes(),
        vide.carte_des_places_manquantes(),
        vide.implantations(60),
        vide.implantation_equitable(60),
        vide.essentiel_de_l_implantation(60),
    ):
        assert "ne sont pas calculées" in lu(contenu)
    assert "pas une demande" in lu(vide.limites_de_l_implantation())


def test_l_etude_livree_se_publie(tmp_path: Path) -> None:
    lieux = Lieux(tmp_path / "donnees", tmp_path / "rapports", "exemple")
    ecrire(lieux.racine, lignes())
    etude = CARNETS / "etudes" / "implantation.ipynb"
    # L'étude ne nomme pas de département : le seul connu.
    page = publier_etude(lieux, etude, edition=date(2026, 11, 2))
    texte = page.read_text(encoding="utf-8")
    assert "Où ouvrir 3 crèches de 60" in texte.replace("\u00a0", " ")
    assert "Mairie (Ville-Sud)" in texte.replace("\u00a0", " ")
