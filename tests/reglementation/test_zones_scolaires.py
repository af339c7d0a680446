"""La zone scolaire d'un département : chacun en a une et une seule, ou n'en a pas et c'est dit."""

from collections import Counter
from datetime import date

import pytest
from jours_feries_france import JoursFeries

from rtpe_analyse.nomenclatures import departements
from rtpe_analyse.reglementation import calendrier_ferie, valeur, zone_scolaire

LE = date(2026, 9, 30)
SANS_ZONE = {"2A", "2B", "971", "972", "973", "974", "976"}


@pytest.mark.parametrize(
    ("departement", "zone"),
    [
        # Une académie de chaque zone au moins, prise aux arrêtés : Lyon, Grenoble, Besançon,
        # Bordeaux ; Aix-Marseille, Nice, Lille, Strasbourg ; Créteil, Versailles, Toulouse.
        *(("01", "A"), ("69", "A"), ("38", "A"), ("25", "A"), ("33", "A")),
        *(("13", "B"), ("06", "B"), ("59", "B"), ("67", "B"), ("76", "B")),
        *(("94", "C"), ("77", "C"), ("92", "C"), ("31", "C"), ("34", "C"), ("75", "C")),
        *((d, None) for d in ("2A", "974", "976", "", "99")),
    ],
)
def test_la_zone_d_un_departement(departement: str, zone: str | None) -> None:
    assert zone_scolaire(departement, LE) == zone


def test_chaque_departement_a_une_zone_et_une_seule_sauf_la_corse_et_l_outre_mer() -> None:
    zones = Counter(d for z in "ABC" for d in valeur("zones_scolaires", f"zone_{z}", LE))
    assert set(zones) == set(departements()) - SANS_ZONE
    assert set(zones.values()) == {1}


def test_avant_les_zones_ecrites_rien_n_est_suppose() -> None:
    assert zone_scolaire("94", date(2015, 12, 31)) is None
    assert zone_scolaire("94", date(2016, 1, 1)) == "C"


def test_les_jours_feries_locaux_sont_ceux_d_un_calendrier_connu() -> None:
    assert {d: calendrier_ferie(d, LE) for d in ("67", "974", "94", "2A", "")} == {
        "67": "Alsace-Moselle",
        "974": "La Réunion",
        **dict.fromkeys(("94", "2A", ""), "Métropole"),
    }
    locaux = {c["calendrier"] for c in valeur("zones_scolaires", "feries_locaux", LE)}
    assert locaux <= set(JoursFeries.ZONES)
