"""J1 : la cible d'un objectif, telle que le registre la dit."""

from tests.specifications.outils import LE, Jeu, egal, ligne_de, reseau


def objectif(cible: float, **reste):
    return {"indicateur": "T1", "annee": 2026, "trimestre": 2, "cible": cible, **reste}


def avec(dossier, *objectifs) -> Jeu:
    jeu = reseau(dossier)
    jeu.ecrire("objectifs", objectifs)
    return jeu


def lire(jeu, zone, periode="2026-T2", code="T1"):
    precisions = {"ventilation": "objectif", "modalite": code}
    return ligne_de(jeu.calculer("pilotage", LE), "J1", zone, periode, **precisions)


def test_un_etablissement_et_un_territoire(tmp_path):
    jeu = avec(tmp_path, objectif(68.5, etablissement="A"), objectif(70, territoire="T1"))
    assert lire(jeu, "A")["valeur"] == egal(68.5)
    assert lire(jeu, "A")["maille"] == "etablissement"
    assert (lire(jeu, "T1")["valeur"], lire(jeu, "T1")["maille"]) == (egal(70), "territoire")
    assert lire(jeu, "A")["statut"] == "diffusable"


def test_un_trimestre_a_venir_se_lit_aussi(tmp_path):
    """Un objectif précède ce qu'il vise : la date d'arrêté ne l'efface pas."""
    jeu = avec(tmp_path, objectif(72, territoire="T1", annee=2027, trimestre=1))
    assert lire(jeu, "T1", "2027-T1")["valeur"] == egal(72)


def test_deux_indicateurs_deux_lignes(tmp_path):
    jeu = avec(
        tmp_path,
        objectif(68, territoire="T1"),
        objectif(110, territoire="T1", indicateur="T3"),
    )
    assert lire(jeu, "T1", code="T3")["valeur"] == egal(110)
    assert lire(jeu, "T1")["valeur"] == egal(68)


def test_sans_registre_rien(tmp_path):
    assert reseau(tmp_path).calculer("pilotage").is_empty()


def test_recalcul_sql(tmp_path):
    jeu = avec(tmp_path, objectif(68, territoire="T1"), objectif(62, territoire="T2"))
    somme = jeu.sql("select sum(cible) from objectifs where annee = 2026 and trimestre = 2")
    assert lire(jeu, "T1")["valeur"] + lire(jeu, "T2")["valeur"] == egal(somme)


def test_mutation_une_autre_cible(tmp_path):
    assert lire(avec(tmp_path, objectif(69, territoire="T1")), "T1")["valeur"] != egal(68)
