"""B7q, qualité de la typologie : inertie, silhouette, stabilité."""

import pytest

from tests.specifications.outils import egal, valeur_de
from tests.specifications.publics_typologie import COMMUNES, avec_typologie


def qualite(table, quoi: str, modalite: str = "") -> float:
    cle = {"periode": "2022", "ventilation": f"commune_{quoi}", "modalite": modalite}
    return valeur_de(table, "B7q", "99", **cle)


def test_les_parts_d_inertie_des_axes_font_un(tmp_path):
    table = avec_typologie(tmp_path).calculer("typologie")
    assert sum(qualite(table, "axe", str(n)) for n in (1, 2, 3)) == egal(1)


def test_des_groupes_francs_tiennent(tmp_path):
    table = avec_typologie(tmp_path).calculer("typologie")
    assert all(qualite(table, "stabilite", n) > 0.9 for n in "123")
    assert qualite(table, "rand") > 0.9


def test_la_silhouette_et_le_gain_designent_trois_classes(tmp_path):
    table = avec_typologie(tmp_path).calculer("typologie")
    assert qualite(table, "silhouette", "3") > qualite(table, "silhouette", "2")
    # Gains de deux puis trois classes : presque toute l'inertie est entre les trois groupes.
    assert 0.98 < qualite(table, "gain", "2") + qualite(table, "gain", "3") <= 1


def test_on_n_essaie_pas_plus_d_une_classe_pour_huit_communes(tmp_path):
    table = avec_typologie(tmp_path).calculer("typologie")
    essais = table.filter(table["ventilation"] == "commune_gain")["modalite"].to_list()
    assert essais == ["2", "3"]


def test_mutation_un_degrade_sans_groupe_tient_moins(tmp_path):
    """Vingt-quatre communes régulièrement espacées, sans ordre commun aux variables."""
    degrade = [
        {**c, "menages_monoparentaux": 100 + 10 * ((7 * r) % 24)}
        | {"menages_couples_avec_enfants": 900 - 10 * ((7 * r) % 24)}
        | {"taux_pauvrete_pct": 5 + (11 * r) % 24, "places_eaje": 100 + 10 * r}
        for r, c in enumerate(COMMUNES)
    ]
    francs = avec_typologie(tmp_path / "a").calculer("typologie")
    flous = avec_typologie(tmp_path / "b", degrade).calculer("typologie")
    assert qualite(flous, "rand") < qualite(francs, "rand") - 0.2
    assert qualite(flous, "silhouette", "3") == pytest.approx(0.3, abs=0.2)
