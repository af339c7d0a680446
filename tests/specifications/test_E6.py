"""E6, enfants sous contrat par type d'accueil ; plusieurs types : le plus régulier."""

from tests.specifications.jeux_contrats import avec_contrats, contrat
from tests.specifications.outils import valeur_de

TYPES = ("regulier", "occasionnel", "urgence", "inconnu")


def types(jeu, zone="A"):
    table = jeu.calculer("contrats")
    return [
        valeur_de(table, "E6", zone, modalite=t, ventilation="type_accueil", periode="2026-T2")
        for t in TYPES
    ]


def test_chaque_enfant_dans_son_type(tmp_path):
    jeu = avec_contrats(
        tmp_path,
        *(contrat(f"r{n}", "A") for n in range(3)),
        contrat("o", "A", type_accueil="occasionnel", heures_hebdo_h=None),
        contrat("u", "A", type_accueil="urgence"),
        contrat("i", "A", type_accueil=None),
    )
    assert types(jeu) == [3, 1, 1, 1]
    assert sum(types(jeu)) == valeur_de(jeu.calculer("contrats"), "E4", "A")


def test_le_plus_regulier_de_la_zone(tmp_path):
    jeu = avec_contrats(
        tmp_path,
        contrat("a", "A"),
        contrat("a", "B", type_accueil="occasionnel"),
        contrat("b", "B", type_accueil="urgence"),
        contrat("b", "B", contrat="autre", type_accueil="occasionnel"),
    )
    assert types(jeu, "A") == [1, 0, 0, 0]
    assert types(jeu, "B") == [0, 2, 0, 0]
    assert types(jeu, "99") == [1, 1, 0, 0]


def test_mutation_changer_le_type_change_de_case(tmp_path):
    jeu = avec_contrats(tmp_path, contrat("a", "A"))
    assert types(jeu) == [1, 0, 0, 0]
    jeu.ecrire("contrats", [contrat("a", "A", type_accueil="urgence")])
    assert types(jeu) == [0, 0, 1, 0]
