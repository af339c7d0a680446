"""N7 : professionnels nécessaires à la pointe de chaque semaine à venir."""

from datetime import date, timedelta

import polars as pl
import pytest

from rtpe_analyse.indicateurs.besoins_personnel import calculer_besoins_personnel
from rtpe_analyse.indicateurs.table import SCHEMA_CALCUL
from tests.specifications.jeux_personnel import creche, enfants, section
from tests.specifications.outils import LUNDI, egal, etablissement, ligne_de, ouvertures, territoire

LE = date(2026, 6, 30)
OCTOBRE = date(2026, 10, 5)


def prevues(zone="A", bas=8.0, centre=10.0, haut=12.0, lundi=OCTOBRE):
    """Les trois lignes de N4 d'une semaine."""
    return [
        {
            "indicateur": "N4",
            "maille": "etablissement",
            "zone": zone,
            "pas": "trimestre",
            "periode": "2026-T4",
            "ventilation": f"semaine_{borne}",
            "modalite": lundi.isoformat(),
            "numerateur": valeur,
            "valeur": valeur,
            "effectif": 20,
            "statut": "diffusable",
            "parents": ["territoire:T1"],
        }
        for borne, valeur in (("bas", bas), ("centre", centre), ("haut", haut))
    ]


def calculer(jeu, lignes):
    return calculer_besoins_personnel(jeu.lieux, LE, pl.DataFrame(lignes, schema=SCHEMA_CALCUL))


def lire(table, borne, zone="A", lundi=OCTOBRE):
    precisions = {"periode": "2026-T4", "modalite": lundi.isoformat()}
    return ligne_de(table, "N7", zone, ventilation=f"semaine_{borne}", **precisions)


def semaine_pleine(jeu, matin=8, apres_midi=0):
    """`matin` enfants présents ensemble chaque jour de la semaine ; `apres_midi` après eux."""
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, 5, 20))
    jours = [LUNDI + timedelta(n) for n in range(5)]
    jeu.ecrire(
        "pointages",
        [
            p
            for jour in jours
            for p in (
                *enfants(matin, 8, 13, jour=jour),
                *enfants(apres_midi, 13, 18, jour=jour, nom="s"),
            )
        ],
    )
    return jeu


def test_tous_ensemble_la_moyenne_est_la_pointe(tmp_path):
    """Huit enfants chaque jour, ensemble : pointe 8 / moyenne 8 = 1. 12 : 2,4 donc 3."""
    table = calculer(semaine_pleine(creche(tmp_path)), prevues())
    assert [lire(table, b)["valeur"] for b in ("bas", "centre", "haut")] == [2, 2, 3]
    assert lire(table, "haut")["statut"] == "diffusable"
    assert lire(table, "haut")["effectif"] == 20


def test_la_pointe_et_non_la_moyenne(tmp_path):
    """Quatre jours à 6 enfants, un à 16 : moyenne 40 / 5 = 8, pointe 16, rapport 2.

    10 attendus par jour en font 20 à la pointe : 4 professionnels, quand 10 n'en demandent que 2.
    """
    jeu = creche(tmp_path)
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, 5, 20))
    jours = [(LUNDI + timedelta(n), 16 if n == 2 else 6) for n in range(5)]
    jeu.ecrire("pointages", [p for jour, n in jours for p in enfants(n, jour=jour)])
    table = calculer(jeu, prevues())
    assert [lire(table, b)["valeur"] for b in ("bas", "centre", "haut")] == [4, 4, 5]


def test_les_deux_incertitudes_se_reunissent(tmp_path):
    """Pointe / moyenne : 1 une semaine, 1,5 l'autre ; quantiles 1,05, 1,25 et 1,45.

    Centre 10 × 1,25 = 12,5. Marge √((2 × 1,25)² + (10 × 0,2)²) = 3,2 : de 9,3 à 15,7, soit 10 et
    16 enfants, 2 et 4 professionnels.
    """
    jeu = creche(tmp_path)
    mardis = LUNDI + timedelta(8)
    jeu.ecrire("ouvertures", [*ouvertures("A", LUNDI, 1, 20), *ouvertures("A", mardis, 2, 20)])
    presents = ((LUNDI, 8), (mardis, 12), (mardis + timedelta(1), 4))
    jeu.ecrire("pointages", [p for jour, n in presents for p in enfants(n, jour=jour)])
    table = calculer(jeu, prevues())
    assert [lire(table, b)["valeur"] for b in ("bas", "centre", "haut")] == [2, 3, 4]
    # Sans l'incertitude de la pointe : 12 × 1,25 = 15, 3 professionnels.
    assert 12 * 1.25 / 5 == 3


def test_qui_se_succedent_ne_s_additionnent_pas(tmp_path):
    """Dix le matin, dix l'après-midi : moyenne 20, pointe 10. 20 attendus : 10, donc 2."""
    table = calculer(semaine_pleine(creche(tmp_path), 10, 10), prevues(centre=20.0, haut=20.0))
    assert lire(table, "centre")["valeur"] == 2


def test_sans_heures_tous_sont_supposes_ensemble(tmp_path):
    """Le même jour sans heures : pointe 20 / moyenne 20 ; 20 enfants, 4 professionnels."""
    jeu = semaine_pleine(creche(tmp_path), 10, 10)
    sans = jeu.lire("pointages").with_columns(arrivee_min=None, depart_min=None)
    jeu.ecrire("pointages", sans.drop("_fichier", "_ligne").to_dicts())
    ligne = lire(calculer(jeu, prevues(centre=20.0, haut=20.0)), "centre")
    assert (ligne["valeur"], ligne["statut"]) == (4, "a_verifier")
    assert ligne["source"] == "heures d'arrivée ou de départ manquantes"


def test_marcheurs_inconnus_borne_haute_et_dite(tmp_path):
    """16 enfants sans part déclarée : 16/8 = 2 au mieux, 16/5 = 3,2 donc 4 au pire."""
    jeu = creche(tmp_path)
    jeu.ecrire("sections", [section(part=None)])
    table = calculer(semaine_pleine(jeu), prevues(bas=16.0, centre=16.0, haut=16.0))
    assert [lire(table, b)["valeur"] for b in ("bas", "centre", "haut")] == [2, 4, 4]
    assert lire(table, "centre")["statut"] == "a_verifier"
    assert lire(table, "centre")["source"] == "part de marcheurs non déclarée"


def test_un_pour_six_ne_demande_pas_les_marcheurs(tmp_path):
    jeu = creche(tmp_path, mode="6")
    jeu.ecrire("sections", [section(part=None)])
    ligne = lire(calculer(semaine_pleine(jeu), prevues(haut=13.0)), "haut")
    assert (ligne["valeur"], ligne["statut"]) == (3, "diffusable")


def test_semaine_fermee_aucun_professionnel(tmp_path):
    table = calculer(semaine_pleine(creche(tmp_path)), prevues(bas=0.0, centre=0.0, haut=0.0))
    assert lire(table, "haut")["valeur"] == 0


def test_sans_intervalle_le_centre_seul(tmp_path):
    table = calculer(semaine_pleine(creche(tmp_path)), prevues(bas=None, haut=None))
    assert lire(table, "centre")["valeur"] == 2
    assert lire(table, "haut")["statut"] == "non_calculable"


def test_un_territoire_additionne_des_personnes_et_non_des_enfants(tmp_path):
    """11 enfants ici, 11 là : 3 + 3 = 6 ; 22 enfants réunis n'en demanderaient que 5."""
    jeu = semaine_pleine(creche(tmp_path))
    jeu.ajouter("etablissements", etablissement("B", mode_encadrement="5_8"))
    jeu.ajouter("territoires", territoire("B", "T1"))
    jeu.ajouter("sections", section(etablissement="B"))
    agrements = jeu.lire("agrements").drop("_fichier", "_ligne").to_dicts()
    jeu.ajouter("agrements", *({**a, "etablissement": "B"} for a in agrements))
    jeu.ajouter("ouvertures", *ouvertures("B", LUNDI, 5, 20))
    jours = [LUNDI + timedelta(n) for n in range(5)]
    jeu.ajouter("pointages", *(p for j in jours for p in enfants(8, jour=j, code="B", nom="b")))
    table = calculer(jeu, [*prevues(haut=11.0), *prevues("B", haut=11.0)])
    ligne = lire(table, "haut", "T1")
    assert (ligne["valeur"], ligne["effectif"]) == (egal(6), 40)
    assert lire(table, "haut", "99")["valeur"] == egal(6)
    assert lire(table, "haut")["parents"] == ["commune:99001", "territoire:T1"]


def test_recalcul_sql(tmp_path):
    """Pointe / moyenne de la semaine passée × 12 enfants attendus, sur 5, arrondi deux fois."""
    jeu = creche(tmp_path)
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, 5, 20))
    jours = [(LUNDI + timedelta(n), nombre) for n, nombre in enumerate((7, 9, 14, 8, 6))]
    jeu.ecrire("pointages", [p for jour, n in jours for p in enfants(n, jour=jour)])
    attendu = jeu.sql(
        "select ceil(ceil(12 * max(n) / avg(n)) / 5.0) from "
        "(select count(*) n from pointages group by date)"
    )
    assert lire(calculer(jeu, prevues()), "haut")["valeur"] == attendu


def test_sans_prevision_aucune_ligne(tmp_path):
    assert calculer(creche(tmp_path), []).is_empty()


@pytest.mark.parametrize("lundi", [date(2026, 9, 28), date(2026, 12, 28)])
def test_une_semaine_est_au_trimestre_de_son_lundi(tmp_path, lundi):
    table = calculer(semaine_pleine(creche(tmp_path)), prevues(lundi=lundi))
    attendu = "2026-T3" if lundi.month == 9 else "2026-T4"
    assert set(table.filter(pl.col("indicateur") == "N7")["periode"]) == {attendu}


def test_mutation_un_enfant_de_plus_a_la_pointe(tmp_path):
    """10 enfants : 2 ; 10,1 : 11, donc 3."""
    jeu = semaine_pleine(creche(tmp_path))
    assert lire(calculer(jeu, prevues(haut=10.0)), "haut")["valeur"] == 2
    assert lire(calculer(jeu, prevues(haut=10.1)), "haut")["valeur"] == 3
