"""Besoin × accès : coupures pondérées, quatre cas comptés à la main, incertitudes dites."""

from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.methodes.medianes import mediane_ponderee
from rtpe_analyse.restitution import ouvrir
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.quatre_cas import PREMIER, croiser, quatre_cas, quatre_cas_en_mots
from tests.unites.outils_restitution import PERIODE, ecrire_dossier, ligne, lu, ratio

# Commune → indice, places à portée, enfants, rangs bas et haut.
MONDE = {
    "99001": (115.0, 20, 100, 1, 2),
    "99002": (108.0, 60, 100, 1, 3),
    "99003": (101.0, 10, 50, 2, 4),
    "99004": (95.0, 45, 150, 4, 5),
    "99005": (90.0, 100, 100, 4, 5),
}


def monter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lignes: list[dict]) -> Contexte:
    dossier = ecrire_dossier(tmp_path, [*lignes, ratio("Q1", "departement", "D", 98, 100)])
    zones = pl.read_parquet(dossier / "zones.parquet").filter(pl.col("maille") != "commune")
    codes = [*MONDE, "99006"]
    ajoutees = pl.DataFrame(
        [("commune", c, f"Commune {c[-1]}", "D", 48 + i / 9, 2.0) for i, c in enumerate(codes)],
        schema=["maille", "zone", "libelle", "parent", "latitude", "longitude"],
        orient="row",
    )
    pl.concat([zones, ajoutees], how="diagonal").write_parquet(dossier / "zones.parquet")
    monkeypatch.setenv("RTPE_DONNEES", str(dossier))
    return ouvrir(departement="D", periode=PERIODE, edition="2026-10-15")._contexte


@pytest.fixture
def contexte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Contexte:
    annee = {"pas": "annee", "periode": "2022", "millesime": "2022"}
    lignes = []
    for zone, (indice, places, enfants, bas, haut) in MONDE.items():
        for code, v in (("B2", indice), ("B2b", bas), ("B2h", haut)):
            lignes.append(ligne(code, "commune", zone, numerateur=v, valeur=v, **annee))
        rayon = {"ventilation": "rayon", "modalite": "2 km", **annee}
        lignes.append(ratio("B3", "commune", zone, places, enfants, **annee))
        # À 2 km, la commune 1 gagne des places.
        ailleurs = 70 if zone == "99001" else places
        lignes.append(ratio("B3", "commune", zone, ailleurs, enfants, **rayon))
    return monter(tmp_path, monkeypatch, lignes)


@pytest.mark.parametrize(
    ("valeurs", "poids", "attendue"),
    [
        ([3.0, 1.0, 2.0], [1, 1, 1], 2.0),
        ([1.0, 2.0], [1, 1], 1.0),
        ([1.0, 2.0, 9.0], [1, 1, 5], 9.0),
        ([1.0], [0], None),
        ([], [], None),
    ],
)
def test_mediane_ponderee(valeurs: list[float], poids: list[float], attendue: float) -> None:
    assert mediane_ponderee(valeurs, poids) == attendue


def test_coupures_et_cas_a_la_main(contexte: Contexte) -> None:
    """500 enfants. Indice : 90 (100), 95 (250 cumulés, la moitié) → 95.

    Accès : 20 % (20/100) pour 100 et 20 % (10/50) pour 50, 30 % (45/150) pour 150 → 300
    cumulés, plus de la moitié → 30 %.
    """
    trouve = croiser(contexte)
    assert trouve is not None
    assert trouve.coupures == (95.0, 0.3)
    assert trouve.cas == {
        "99001": "Fort besoin, faible accès",
        "99002": "Fort besoin, bon accès",
        "99003": "Fort besoin, faible accès",
        "99004": "Fort besoin, bon accès",
        "99005": "Besoin moindre, bon accès",
    }
    assert trouve.enfants(PREMIER) == 150
    assert trouve.tous == 500


def test_les_communes_proches_d_une_coupure_sont_dites(contexte: Contexte) -> None:
    """Quatre communes au-dessus : un rang entre 4 et 5 passe la coupure.

    À 2 km, l'accès de la commune 1 vaut 70 % : 20 % (50 enfants), 30 % (200 cumulés), 60 %
    (300, plus de la moitié). La coupure passe à 60 % : la 1 passe au-dessus, la 4 au-dessous.
    """
    trouve = croiser(contexte)
    assert trouve is not None
    assert dict(trouve.doutes) == {
        "99001": "accès de l'autre côté à 2 km",
        "99004": "rang de besoin entre 4 et 5, accès de l'autre côté à 2 km",
        "99005": "rang de besoin entre 4 et 5",
    }


def test_la_figure_et_les_phrases(contexte: Contexte) -> None:
    figure = quatre_cas(contexte)
    texte = lu(figure)
    assert "Fort besoin et faible accès : 2 communes, où vivent 30 % des enfants" in texte
    assert "proche d'une coupure" in texte
    assert "indice 115,0, 20,0 places pour 100 enfants" in texte
    mots = lu(quatre_cas_en_mots(contexte))
    assert "un indice de besoin de 95,0 et 30,0 places accessibles pour 100 enfants (2022)" in mots
    assert "Besoin moindre, faible accès : aucune commune." in mots
    assert "quels que soient les poids de l'indice et le rayon : Commune 3." in mots
    assert "3 communes sont trop près d'une coupure" in mots
    assert "Sans indice ou sans accès connu : Commune 6." in mots


def test_sans_chiffre_une_phrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contexte = monter(tmp_path, monkeypatch, [])
    assert croiser(contexte) is None
    assert "<svg" not in quatre_cas(contexte).html
    assert "indice de besoin" in lu(quatre_cas_en_mots(contexte))


def test_le_rapport_d_un_territoire_dit_ses_communes(contexte: Contexte) -> None:
    """Les établissements du territoire T1 sont tous dans la commune 99001, incertaine à 2 km."""
    du_territoire = Contexte(
        contexte.dossier, "territoire", "T1", str(contexte.periode), "2026-10-15"
    )
    mots = lu(quatre_cas_en_mots(du_territoire))
    assert "Fort besoin, faible accès : Commune 1 (?)." in mots
