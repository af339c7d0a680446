"""Cartes : classes dites, inconnu et masqué distincts, territoire cerné, tableau et texte."""

import json
import re
from pathlib import Path

import polars as pl
import pytest
from bs4 import BeautifulSoup

from rtpe_analyse.restitution import cartes, ouvrir
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import DIFFUSABLE, Definition, Mesure
from rtpe_analyse.restitution.objets import Restitution
from tests.unites.outils_restitution import PERIODE, ecrire_dossier, lu, nombre

PART = Definition("X1", "Part d'essai", "%", 1)
COMMUNES = {
    "99001": ("Bourg-Fictif", 48.9, 2.0),
    "99002": ("Saint-Essai-sur-Mer", 48.9, 2.2),
    "99003": ("Ville-Basse", 48.7, 2.0),
    "99004": ("Hameau", 48.7, 2.2),
    "99005": ("Sans-Lieu", None, None),
}


@pytest.fixture
def contexte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Contexte:
    dossier = ecrire_dossier(tmp_path, [nombre("P1", "territoire", "T1", 120)])
    zones = pl.read_parquet(dossier / "zones.parquet").filter(pl.col("maille") != "commune")
    lignes = [("commune", c, nom, "D", la, lo) for c, (nom, la, lo) in COMMUNES.items()]
    colonnes = ["maille", "zone", "libelle", "parent", "latitude", "longitude"]
    ajoutees = pl.DataFrame(lignes, schema=colonnes, orient="row")
    pl.concat([zones, ajoutees], how="diagonal").write_parquet(dossier / "zones.parquet")
    monkeypatch.setenv("RTPE_DONNEES", str(dossier))
    return ouvrir(territoire="T1", periode=PERIODE, edition="2026-10-15")._contexte


def part(valeur: float) -> Mesure:
    return Mesure(PART, DIFFUSABLE, valeur)


def dessins(contenu: Restitution) -> list[str]:
    svg = BeautifulSoup(contenu.html, "html.parser").find("svg")
    return [t.get_text() for t in svg.find_all("text")] if svg else []


def carte(contexte: Contexte, mesures: dict[str, Mesure], **reste: object) -> Restitution:
    return cartes.carte_des_communes(
        contexte, "Essai", "Une conclusion", "Commune", mesures, **reste
    )  # type: ignore[arg-type]


def test_limites_en_quantiles() -> None:
    # Quartiles de 1..5 par interpolation : 2, 3 et 4.
    assert cartes.limites([5.0, 1.0, 2.0, 4.0, 3.0]) == [2.0, 3.0, 4.0]
    assert cartes.limites([7.0, 7.0]) == []
    assert cartes.limites([]) == []
    # Trois quarts des valeurs égales à la plus petite : une seule limite sépare quelque chose.
    assert cartes.limites([1.0, 1.0, 1.0, 9.0]) == [3.0]
    assert [cartes.classer(v, [2.0, 3.0]) for v in (1.9, 2.0, 3.0)] == [0, 1, 2]


def test_les_classes_et_leurs_effectifs_sont_dits(contexte: Contexte) -> None:
    contenu = carte(
        contexte, {"99001": part(0.5), "99002": part(0.2), "99003": part(0.3)}, bornes=[0.25, 0.4]
    )
    texte = lu(contenu)
    for libelle in ("moins de 25,0 % (1)", "de 25,0 % à 40,0 % (1)", "40,0 % et plus (1)"):
        assert libelle in texte
    assert "Limites des classes données" in texte
    assert contenu.titre == "Une conclusion"


def test_inconnu_et_masque_ne_se_confondent_pas(contexte: Contexte) -> None:
    masquee = Mesure(PART, "masque_primaire")
    contenu = carte(contexte, {"99001": part(0.5), "99002": part(0.2), "99003": masquee})
    ecrits = dessins(contenu)
    assert "s" in ecrits
    assert "n.d." in ecrits
    assert "valeur inconnue" in ecrits
    assert "s : masqué (secret" in " ".join(ecrits).replace("\u202f", " ").replace("\xa0", " ")
    assert "Masquées (secret statistique) : Ville-Basse" in lu_alt(contenu)
    assert "Sans valeur : Hameau et Sans-Lieu" in lu_alt(contenu)


def lu_alt(contenu: Restitution) -> str:
    return re.sub(r"\s+", " ", contenu.alt)


def test_sans_couleur_le_motif_suffit(contexte: Contexte) -> None:
    """Chaque classe a son motif : autant de trames différentes que de classes hachurées."""
    contenu = carte(
        contexte,
        {"99001": part(0.1), "99002": part(0.2), "99003": part(0.3), "99004": part(0.4)},
        bornes=[0.15, 0.25, 0.35],
    )
    traces = re.findall(r"<pattern.*?<path d=\"([^\"]*)\"", contenu.html, re.DOTALL)
    assert len(set(traces)) == len(traces) == 3, "la première classe est unie"


def test_le_territoire_est_cerne_et_nomme(contexte: Contexte) -> None:
    contenu = carte(contexte, {"99001": part(0.5), "99002": part(0.2)})
    assert "Cernées : Bourg-Fictif" in lu_alt(contenu)
    assert "stroke-width: 2.2" in contenu.html


def test_le_texte_dit_ou_sont_les_plus_hautes(contexte: Contexte) -> None:
    contenu = carte(
        contexte,
        {"99001": part(0.6), "99002": part(0.5), "99003": part(0.1), "99004": part(0.2)},
        bornes=[0.4],
    )
    assert (
        "Les plus hautes : Bourg-Fictif (60,0 %) et Saint-Essai-sur-Mer (50,0 %), plutôt au nord"
        in (lu_alt(contenu))
    )
    assert "Les plus basses : Ville-Basse (10,0 %) et Hameau (20,0 %), plutôt au sud" in (
        lu_alt(contenu)
    )


def test_une_commune_sans_position_reste_au_tableau(contexte: Contexte) -> None:
    contenu = carte(contexte, {"99001": part(0.5), "99005": part(0.2)})
    assert "Sans place connue : Sans-Lieu" in lu(contenu)
    entetes = BeautifulSoup(contenu.html, "html.parser").select("tbody th")
    assert [e.get_text() for e in entetes] == sorted(nom for nom, *_ in COMMUNES.values())


def test_rien_a_montrer_une_phrase(contexte: Contexte) -> None:
    vide = carte(contexte, {})
    assert "Aucune valeur connue" in lu(vide)
    assert "<svg" not in vide.html
    masquees = carte(contexte, {"99001": Mesure(PART, "masque_secondaire")})
    assert "secret statistique" in lu(masquees)


def test_une_seule_valeur_une_seule_classe(contexte: Contexte) -> None:
    assert "50,0 % (1)" in lu(carte(contexte, {"99001": part(0.5)}))


def test_categories_en_lettres_dans_l_ordre_des_descriptions(contexte: Contexte) -> None:
    contenu = cartes.carte_des_classes(
        contexte,
        "Essai",
        "Une conclusion",
        "Commune",
        {"99001": "Dense", "99002": "Rurale", "99003": "Dense"},
        {"Rurale": "peu d'habitants", "Dense": "beaucoup d'habitants", "Vide": "personne"},
        precisions={"99001": "proche de la coupure"},
    )
    texte = lu(contenu)
    assert "A : Rurale (1)" in texte
    assert "B : Dense (2)" in texte
    assert "Dense : beaucoup d'habitants" in texte
    assert "Vide" not in texte
    assert "proche de la coupure" in texte
    assert dessins(contenu).count("B") == 2


def test_nombres_longs_abreges(contexte: Contexte) -> None:
    habitants = Definition("X2", "Habitants", "habitants")
    valeurs = {"99001": 123456.0, "99002": 2345678.0, "99003": 9999.0}
    contenu = carte(contexte, {z: Mesure(habitants, DIFFUSABLE, v) for z, v in valeurs.items()})
    ecrits = [t.replace("\u202f", " ") for t in dessins(contenu)]
    assert {"123 k", "2,3 M", "9 999"} <= set(ecrits)
    assert "k : milliers." in " ".join(ecrits).replace("\xa0", " ")


def test_des_zones_sans_contours_le_tableau_seul(contexte: Contexte) -> None:
    contenu = cartes.carte_des_zones(
        contexte, "Essai", "Une conclusion", "Quartier", {"990010101": part(0.3)}
    )
    assert contenu.genre == "encadre"
    assert "Pas de carte" in lu(contenu)
    assert "30,0" in lu(contenu)


def test_sur_un_ecran_etroit_la_legende_se_lit_en_toutes_lettres(contexte: Contexte) -> None:
    """Le dessin défile, sa légende est à droite : la même, en mots, sous la carte."""
    contenu = carte(contexte, {"99001": part(0.5), "99002": part(0.2)})
    legende = BeautifulSoup(contenu.html, "html.parser").select_one(".rtpe-etroite")
    assert legende is not None
    texte = " ".join(legende.get_text().split())
    assert texte.startswith("De la plus claire à la plus foncée :")
    assert "Trait épais : communes du territoire Nord." in texte


def test_avec_des_contours_la_carte_y_passe_seule(contexte: Contexte) -> None:
    carre = [[2.0, 48.0], [2.1, 48.0], [2.1, 48.1], [2.0, 48.1], [2.0, 48.0]]
    donnes = {"commune": {"anneaux": {"99001": [carre]}, "ecarts": "1 objet écarté : essai (1)"}}
    (contexte.dossier.chemin / "contours.json").write_text(json.dumps(donnes), encoding="utf-8")
    contenu = carte(contexte, {"99001": part(0.5), "99002": part(0.2)})
    texte = lu(contenu)
    assert "Contours du fichier donné" in texte
    assert "1 objet écarté : essai (1)" in texte
    assert "Sans place connue : " in texte
    assert "Saint-Essai-sur-Mer" in texte
    assert "Carte de 1 zone." in lu_alt(contenu)
