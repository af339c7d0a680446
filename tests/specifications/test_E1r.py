"""E1r, recouvrement : somme des établissements rapportée au total sans double compte."""

from tests.specifications.conftest import Hasard
from tests.specifications.outils import (
    LUNDI,
    SQL_DUREE,
    SQL_SUIVI,
    SQL_T2,
    avec_presences,
    egal,
    ligne_de,
    pointage,
    valeur_de,
)


def test_sans_enfant_partage_vaut_un(tmp_path):
    table = avec_presences(tmp_path).calculer("enfants")
    assert valeur_de(table, "E1r", "99") == 7 / 7


def test_le_recouvrement_se_lit_dans_ses_deux_termes(tmp_path):
    jeu = avec_presences(tmp_path)
    jeu.ajouter("pointages", *(pointage(f"a{n}", "B", LUNDI, 17, 18.5) for n in range(2)))
    ligne = ligne_de(jeu.calculer("enfants"), "E1r", "99")
    assert (ligne["numerateur"], ligne["denominateur"]) == (5 + 4, 7)
    assert ligne["valeur"] == egal(9 / 7)


def test_mutation_partager_un_enfant_de_plus(tmp_path):
    jeu = avec_presences(tmp_path)
    avant = ligne_de(jeu.calculer("enfants"), "E1r", "99")
    jeu.ajouter("pointages", pointage("b0", "A", LUNDI, 8, 9))
    apres = ligne_de(jeu.calculer("enfants"), "E1r", "99")
    assert apres["numerateur"] - avant["numerateur"] == 1
    assert apres["denominateur"] == avant["denominateur"]


def test_egale_une_requete_independante(hasard: Hasard):
    attendu = hasard.sql(
        "select count(*)::double / count(distinct suivi) from (select suivi from "
        f"{SQL_SUIVI.format(table='pointages')} p where p.date {SQL_T2} "
        f"group by p.etablissement, suivi having sum({SQL_DUREE}) >= 60)"
    )
    assert valeur_de(hasard.famille("enfants"), "E1r", "99", periode="2026-T2") == egal(attendu)
