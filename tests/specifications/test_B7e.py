"""B7e, écart d'une classe : à combien d'écarts types sa moyenne est de celle des zones."""

from statistics import fmean, pstdev

from tests.specifications.outils import egal, valeur_de
from tests.specifications.publics_typologie import CODES, COMMUNES, avec_typologie, une_commune

ZONE = {"periode": "2022", "ventilation": ""}


def ecart(table, zone: str, variable: str) -> float:
    classe = int(valeur_de(table, "B7", zone, **ZONE))
    cle = {"periode": "2022", "ventilation": f"commune_{classe}", "modalite": variable}
    return valeur_de(table, "B7e", "99", **cle)


def test_moyenne_de_la_classe_moins_celle_des_zones_en_ecarts_types(tmp_path):
    table = avec_typologie(tmp_path).calculer("typologie")
    taux = [c["taux_pauvrete_pct"] for c in COMMUNES]
    for debut in (0, 8, 16):
        attendu = (fmean(taux[debut : debut + 8]) - fmean(taux)) / pstdev(taux)
        assert ecart(table, CODES[debut], "bas_revenus") == egal(attendu)


def test_les_ecarts_ponderes_s_annulent(tmp_path):
    table = avec_typologie(tmp_path).calculer("typologie")
    for variable in ("monoparentalite", "bas_revenus", "offre_collective"):
        somme = sum(8 * ecart(table, CODES[debut], variable) for debut in (0, 8, 16))
        assert abs(somme) < 1e-9


def test_mutation_plus_de_pauvrete_dans_une_classe_l_eloigne(tmp_path):
    avant = ecart(
        avec_typologie(tmp_path / "a").calculer("typologie"), CODES[16], "offre_collective"
    )
    communes = [une_commune(r, places_eaje=60) if r >= 16 else c for r, c in enumerate(COMMUNES)]
    apres = ecart(
        avec_typologie(tmp_path / "b", communes).calculer("typologie"),
        CODES[16],
        "offre_collective",
    )
    assert apres != egal(avant)
    assert apres < 0
