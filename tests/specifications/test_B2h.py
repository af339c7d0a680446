"""B2h, rang haut : la moins bonne place qu'une zone peut prendre quand les poids changent."""

from tests.specifications.outils import valeur_de
from tests.specifications.publics_indice import COMMUNES, avec_indice

ANNEE = {"periode": "2022", "ventilation": ""}


def test_seule_la_monoparentalite_distingue_le_rang_haut_est_celui_qu_elle_donne(tmp_path):
    table = avec_indice(tmp_path, quartiers=[]).calculer("indice")
    # 500, 400, 300, 300, 200, 100 pour 1 000 : rangs 1, 2, 3, 3 (à égalité), 5, 6.
    attendus = {"99005": 1, "99004": 2, "99003": 3, "99006": 3, "99002": 5, "99001": 6}
    for code, rang in attendus.items():
        assert valeur_de(table, "B2h", code, **ANNEE) == rang


def test_il_ne_depasse_pas_le_nombre_de_zones_classees(tmp_path):
    trouee = {**COMMUNES[0], "menages_monoparentaux": None, "places_total": None}
    trouee |= {"taux_pauvrete_pct": None}
    table = avec_indice(tmp_path, [trouee, *COMMUNES[1:]]).calculer("indice")
    assert valeur_de(table, "B2h", "99001", **ANNEE) is None
    rangs = [valeur_de(table, "B2h", c["commune"], **ANNEE) for c in COMMUNES[1:]]
    assert max(rangs) == 5


def test_mutation_une_commune_moins_chargee_recule(tmp_path):
    changee = {**COMMUNES[4], "menages_monoparentaux": 50, "menages_couples_avec_enfants": 950}
    communes = [changee if c["commune"] == "99005" else c for c in COMMUNES]
    table = avec_indice(tmp_path, communes, quartiers=[]).calculer("indice")
    assert valeur_de(table, "B2h", "99005", **ANNEE) == 6
