"""F4, part des jours où le quart d'heure est saturé : présence ≥ places ouvertes."""

from datetime import timedelta

import pytest

from tests.specifications.conftest import Hasard
from tests.specifications.jeux_occupation import ensemble, une_creche
from tests.specifications.outils import (
    LUNDI,
    SQL_COMPTE,
    SQL_PLAGES,
    SQL_T2,
    egal,
    ligne_de,
    ouvertures,
)

SEMAINE = timedelta(7)


def f4(table, zone, modalite, code="F4"):
    return ligne_de(table, code, zone, periode="2026-T2", modalite=modalite)


def test_deux_lundis_satures_sur_quatre(tmp_path):
    jeu = une_creche(tmp_path, 3, jours=20)
    # 3 places ouvertes ; 3, 2, 4 puis 1 enfants de 9 h à 10 h, quatre lundis de suite.
    jeu.ecrire(
        "pointages",
        [p for s, n in enumerate((3, 2, 4, 1)) for p in ensemble(n, LUNDI + s * SEMAINE)],
    )
    ligne = f4(jeu.calculer("profil"), "A", "1-09:30")
    assert (ligne["numerateur"], ligne["denominateur"], ligne["valeur"]) == (2, 4, 0.5)


def test_une_minute_de_moins_et_le_quart_n_est_pas_sature(tmp_path):
    jeu = une_creche(tmp_path, 3, jours=5)
    lignes = ensemble(3, LUNDI)
    lignes[0]["depart_min"] -= 1
    jeu.ecrire("pointages", lignes)
    table = jeu.calculer("profil")
    assert (f4(table, "A", "1-09:30")["valeur"], f4(table, "A", "1-09:45")["valeur"]) == (1, 0)


def test_ce_sont_les_places_ouvertes_qui_comptent(tmp_path):
    jeu = une_creche(tmp_path, 20, jours=5)
    jeu.ecrire("ouvertures", ouvertures("A", LUNDI, 5, 2))
    jeu.ecrire("pointages", ensemble(2, LUNDI))
    assert f4(jeu.calculer("profil"), "A", "1-09:00")["valeur"] == 1


def test_un_jour_sans_aucun_pointage_ne_se_juge_pas(tmp_path):
    jeu = une_creche(tmp_path, 3, jours=10)
    jeu.ecrire("pointages", ensemble(3, LUNDI))
    ligne = f4(jeu.calculer("profil"), "A", "1-09:00")
    assert (ligne["denominateur"], ligne["valeur"]) == (1, 1)


def test_mutation_retirer_un_enfant(tmp_path):
    jeu = une_creche(tmp_path, 3, jours=5)
    jeu.ecrire("pointages", ensemble(3, LUNDI))
    assert f4(jeu.calculer("profil"), "A", "1-09:00")["valeur"] == 1
    jeu.ecrire("pointages", ensemble(2, LUNDI))
    assert f4(jeu.calculer("profil"), "A", "1-09:00")["valeur"] == 0


def jours_du_creneau(debut: int, fin: int, jour: int, condition: str) -> str:
    """SQL : (jours qui remplissent la condition, jours ouverts et pointés) d'un créneau."""
    venues = (
        f"coalesce((select sum(greatest(0, least(p.depart_min, {fin}) "
        f"- greatest(p.arrivee_min, {debut})))"
        " from pointages p where p.etablissement = o.etablissement and p.date = o.date), 0)"
    )
    return (
        f"select count(*) filter ({condition})::double / count(*) from (select o.etablissement, "
        f"o.date, {venues} venues, sum(least(a.places, o.places_ouvertes) * greatest(0, "
        f"least(a.fin_min, coalesce(o.fin_min, a.fin_min), {fin}) - greatest(a.debut_min, "
        f"coalesce(o.debut_min, a.debut_min), {debut}))) offertes from {SQL_PLAGES} "
        f"where {SQL_COMPTE} and o.ouvert and o.date {SQL_T2} and isodow(o.date) = {jour} "
        "and exists (select 1 from pointages p where p.etablissement = o.etablissement "
        "and p.date = o.date) group by all) where offertes > 0"
    )


@pytest.mark.parametrize(("debut", "modalite"), [(600, "10:00"), (1035, "17:15")])
def test_egale_une_requete_independante(hasard: Hasard, debut, modalite):
    attendu = hasard.sql(jours_du_creneau(debut, debut + 15, 3, "venues >= offertes"))
    obtenu = f4(hasard.famille("profil"), "99", f"3-{modalite}")["valeur"]
    assert obtenu == egal(attendu)
