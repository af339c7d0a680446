"""Constats tirés des pointages : chaque règle à son bord."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from rtpe_analyse.controles import presences
from rtpe_analyse.controles.recopies import mois_recopie
from rtpe_analyse.schemas import TABLES

LUNDI, MARDI = date(2026, 7, 6), date(2026, 7, 7)


def table(nom: str, *lignes: dict[str, Any]) -> pl.DataFrame:
    completes = [{"_fichier": "f", "_ligne": n, **ligne} for n, ligne in enumerate(lignes, 1)]
    return pl.DataFrame(completes, schema=TABLES[nom].schema)


def passage(
    enfant: str = "e1",
    lieu: str = "E001",
    jour: date = LUNDI,
    arrivee: int | None = 540,
    depart: int | None = 600,
    **autres: Any,
) -> dict[str, Any]:
    return {
        "enfant": enfant,
        "etablissement": lieu,
        "date": jour,
        "arrivee_min": arrivee,
        "depart_min": depart,
        **autres,
    }


def lignes(constats: pl.DataFrame) -> list[int]:
    assert set(constats["lieu"]) <= {""}
    assert set(constats["fichier"]) <= {"f"}
    return sorted(constats["ligne"])


def test_presence_un_jour_ferme() -> None:
    pointages = table(
        "pointages",
        passage(jour=LUNDI),
        passage(jour=MARDI),
        passage(jour=LUNDI, arrivee=None, depart=None, motif_absence="maladie"),
        passage(jour=LUNDI, arrivee=None, depart=None, realise_min=60),
        passage(jour=LUNDI, arrivee=None, depart=None, realise_min=0),
        passage(jour=LUNDI, lieu="E002"),
    )
    ouvertures = table(
        "ouvertures",
        {"etablissement": "E001", "date": LUNDI, "prevu": True, "ouvert": False},
        {"etablissement": "E001", "date": MARDI, "prevu": True, "ouvert": True},
    )
    constats = presences.presence_jour_ferme(pointages, ouvertures)
    assert lignes(constats) == [1, 4]
    assert set(constats["code"]) == {"presence_jour_ferme"}


@pytest.mark.parametrize(
    ("autre", "attendu"),
    [
        (passage(arrivee=599, depart=700), [1, 2]),
        (passage(arrivee=600, depart=700), []),
        (passage(arrivee=540, depart=600), []),
        (passage(arrivee=540, depart=601), [1, 2]),
        (passage(arrivee=550, depart=560), [1, 2]),
        (passage(jour=MARDI, arrivee=550), []),
        (passage(lieu="E002", arrivee=550), []),
        (passage(enfant="e2", arrivee=550), []),
        (passage(arrivee=550, depart=None), []),
    ],
    ids=[
        "une minute commune",
        "se touchent",
        "identiques",
        "même arrivée",
        "contenu",
        "autre jour",
        "autre lieu",
        "autre enfant",
        "sans départ",
    ],
)
def test_quasi_doublon(autre: dict[str, Any], attendu: list[int]) -> None:
    assert lignes(presences.quasi_doublon(table("pointages", passage(), autre))) == attendu


@pytest.mark.parametrize(
    ("autre", "attendu"),
    [
        (passage(lieu="E002", arrivee=599, depart=700), [1, 2]),
        (passage(lieu="E002", arrivee=540, depart=600), [1, 2]),
        (passage(lieu="E002", arrivee=600, depart=700), []),
        (passage(lieu="E001", arrivee=550, depart=700), []),
        (passage(lieu="E002", jour=MARDI), []),
        (passage(enfant="autre logiciel", lieu="E002"), [1, 2]),
        (passage(enfant="autre enfant", lieu="E002"), []),
        (passage(enfant="sans registre", lieu="E002"), []),
    ],
    ids=[
        "une minute commune",
        "identiques",
        "se touchent",
        "même lieu",
        "autre jour",
        "même enfant, autre logiciel",
        "autre enfant",
        "enfant hors registre",
    ],
)
def test_double_presence(autre: dict[str, Any], attendu: list[int]) -> None:
    enfants = table(
        "enfants",
        {"enfant": "e1", "appariement": "a1"},
        {"enfant": "autre logiciel", "appariement": "a1"},
        {"enfant": "autre enfant", "appariement": "a2"},
    )
    constats = presences.double_presence(table("pointages", passage(), autre), enfants)
    assert lignes(constats) == attendu


def test_double_presence_sans_registre_se_reconnait_au_logiciel() -> None:
    pointages = table("pointages", passage(), passage(lieu="E002"))
    assert lignes(presences.double_presence(pointages, table("enfants"))) == [1, 2]


def test_donnee_personnelle() -> None:
    pointages = table(
        "pointages",
        passage(noms_libres=0, numeros_libres=0),
        passage(noms_libres=1, numeros_libres=0),
        passage(noms_libres=0, numeros_libres=1),
        passage(),
    )
    assert lignes(presences.donnee_personnelle(pointages)) == [2, 3]


def test_presence_hors_activite() -> None:
    pointages = table(
        "pointages", *(passage(jour=date(2026, 7, n)) for n in (5, 6, 7, 8)), passage(lieu="E002")
    )
    etablissements = table(
        "etablissements",
        {"etablissement": "E001", "ouverture": LUNDI, "fermeture": MARDI},
        {"etablissement": "E002", "ouverture": LUNDI, "fermeture": date(2026, 1, 1)},
        {"etablissement": "E002", "ouverture": LUNDI, "fermeture": None},
    )
    assert lignes(presences.presence_hors_activite(pointages, etablissements)) == [1, 4]


def test_presence_sans_contrat() -> None:
    pointages = table(
        "pointages",
        passage(jour=LUNDI),
        passage(jour=MARDI),
        passage(enfant="e2"),
        passage(lieu="E002"),
        passage(jour=MARDI, arrivee=None, depart=None, motif_absence="conges"),
    )
    contrats = table(
        "contrats",
        {"enfant": "e1", "etablissement": "E001", "debut": LUNDI, "fin": LUNDI},
    )
    # E002 n'a envoyé aucun contrat : rien n'y est constaté.
    assert lignes(presences.presence_sans_contrat(pointages, contrats)) == [2, 3]


JUIN = [date(2026, 6, n) for n in range(1, 31) if date(2026, 6, n).weekday() < 5]
JUILLET = [date(2026, 7, n) for n in range(1, 32) if date(2026, 7, n).weekday() < 5]


def mois(jours: list[date], decalage: int = 0, **autres: Any) -> pl.DataFrame:
    """Deux enfants chaque jour ; l'heure dépend du rang du jour, plus un décalage."""
    return table(
        "pointages",
        *(
            passage(enfant, jour=jour, arrivee=500 + 3 * rang + decalage, depart=900, **autres)
            for rang, jour in enumerate(jours)
            for enfant in ("e1", "e2")
        ),
    )


def test_mois_recopie_jour_ouvre_pour_jour_ouvre() -> None:
    assert (JUIN[0].weekday(), JUILLET[0].weekday()) == (0, 2)
    (constat,) = mois_recopie(mois(JUILLET), mois(JUIN)).rows(named=True)
    assert (constat["lieu"], constat["fichier"], constat["ligne"]) == ("E001|2026-07", "", 0)
    assert constat["mois"] == date(2026, 7, 1)


def test_un_mois_different_n_est_pas_recopie() -> None:
    assert mois_recopie(mois(JUILLET, decalage=1), mois(JUIN)).is_empty()
    assert mois_recopie(mois(JUILLET), mois([])).is_empty()
    ailleurs = mois(JUIN).with_columns(etablissement=pl.lit("E002"))
    assert mois_recopie(mois(JUILLET), ailleurs).is_empty()


def test_mois_recopie_a_partir_de_neuf_lignes_sur_dix() -> None:
    vingt = JUILLET[:20]  # 40 lignes : 36 identiques suffisent, 35 non
    juste = pl.concat(
        [mois(vingt[:18]), mois(vingt)[36:].with_columns(depart_min=pl.lit(901, pl.Int64))]
    )
    assert len(mois_recopie(juste, mois(JUIN[:20]))) == 1
    sous = juste.with_columns(
        depart_min=pl.when(pl.int_range(pl.len()) == 0)
        .then(pl.lit(902, pl.Int64))
        .otherwise("depart_min")
    )
    assert mois_recopie(sous, mois(JUIN[:20])).is_empty()


def test_mois_recopie_a_partir_de_trente_lignes() -> None:
    assert len(mois_recopie(mois(JUILLET[:15]), mois(JUIN[:15]))) == 1
    assert mois_recopie(mois(JUILLET[:15])[:29], mois(JUIN[:15])).is_empty()


def test_des_absences_repetees_ne_font_pas_un_mois_recopie() -> None:
    sans_heures = [
        m.with_columns(arrivee_min=pl.lit(None, pl.Int64)) for m in map(mois, (JUILLET, JUIN))
    ]
    assert mois_recopie(*sans_heures).is_empty()
