"""A1, surnombre simultané : jours où les présents dépassent la capacité admise."""

from datetime import timedelta

import polars as pl
import pytest

from rtpe_analyse.controles.surnombre import surnombre
from rtpe_analyse.reglementation import capacite_simultanee
from tests.specifications.conftest import Hasard
from tests.specifications.jeux_occupation import LE_JUIN, dates_de, ensemble, une_creche
from tests.specifications.outils import (
    LUNDI,
    SQL_T2,
    agrement,
    egal,
    ligne_de,
    pointage,
    valeur_de,
)


# Crech'n'do et arrêté du 8 octobre 2021 : 12 places, 14 enfants au plus (13,8) ;
# 20, 25, 40 et 60 places : 23, 29, 46 et 69.
@pytest.mark.parametrize(("places", "admis"), [(12, 14), (20, 23), (25, 29), (40, 46), (60, 69)])
def test_l_admis_juste_atteint_puis_depasse(tmp_path, places, admis):
    jeu = une_creche(tmp_path, places)
    jeu.ecrire("pointages", [*ensemble(admis, LUNDI), *ensemble(admis + 1, LUNDI + timedelta(1))])
    table = jeu.calculer("alertes", LE_JUIN)
    assert valeur_de(table, "A1", "A") == 1
    assert dates_de(table, "A1") == {"2026-06-02": admis + 1}
    assert dates_de(table, "A1", "admis") == {"2026-06-02": admis}


def test_chaque_plage_oppose_ses_places_et_les_zones_additionnent(tmp_path):
    jeu = une_creche(tmp_path, 20)
    # 2 places de 17 h à 18 h : 2,3 soit 3 enfants ; les 4 restent jusqu'à 17 h 01.
    jeu.ecrire("agrements", [*agrement("A", 20, 8, 17), *agrement("A", 2, 17, 18)])
    jeu.ecrire(
        "pointages",
        [*ensemble(4, LUNDI, 9, 17 + 1 / 60), *ensemble(4, LUNDI + timedelta(1), 9, 17)],
    )
    table = jeu.calculer("alertes", LE_JUIN)
    assert dates_de(table, "A1") == {"2026-06-01": 4}
    for maille, zone in (("territoire", "T1"), ("departement", "99"), ("commune", "99001")):
        assert valeur_de(table, "A1", zone, maille=maille) == 1


def test_un_enfant_pointe_deux_fois_ne_compte_qu_une_fois(tmp_path):
    jeu = une_creche(tmp_path, 2)
    # 2 places : 3 enfants admis. Trois enfants, dont un pointé deux fois aux mêmes heures.
    jeu.ecrire("pointages", [*ensemble(3, LUNDI), pointage("e0", "A", LUNDI, 9.25, 9.75)])
    assert valeur_de(jeu.calculer("alertes", LE_JUIN), "A1", "A") == 0


def test_sans_heures_non_calculable(tmp_path):
    jeu = une_creche(tmp_path, 2)
    sans = [{**p, "arrivee_min": None, "depart_min": None} for p in ensemble(9, LUNDI)]
    jeu.ecrire("pointages", sans)
    assert ligne_de(jeu.calculer("alertes", LE_JUIN), "A1", "A")["statut"] == "non_calculable"


def test_mutation_un_depart_avance_efface_l_alerte(tmp_path):
    jeu = une_creche(tmp_path, 12)
    jeu.ecrire("pointages", ensemble(15, LUNDI))
    assert valeur_de(jeu.calculer("alertes", LE_JUIN), "A1", "A") == 1
    lignes = ensemble(15, LUNDI)
    lignes[0]["depart_min"] = lignes[0]["arrivee_min"] + 1
    lignes[1]["arrivee_min"] += 1
    jeu.ecrire("pointages", lignes)
    assert valeur_de(jeu.calculer("alertes", LE_JUIN), "A1", "A") == 0


def test_le_constat_surnombre_dit_la_meme_chose(tmp_path):
    jeu = une_creche(tmp_path, 12)
    jeu.ecrire(
        "pointages",
        [p for i in range(5) for p in ensemble(12 + i, LUNDI + timedelta(i))],
    )
    constats = surnombre(jeu.lire("pointages"), jeu.lire("agrements"))
    dates = {jour.isoformat() for jour in constats["date"]}
    assert dates == set(dates_de(jeu.calculer("alertes", LE_JUIN), "A1"))
    assert dates == {"2026-06-04", "2026-06-05"}


def test_egale_une_requete_minute_par_minute(hasard: Hasard):
    """Le jeu aléatoire n'a que quelques présents : la règle y est opposée à une place."""
    plus_grand = hasard.sql(
        "with minutes as (select unnest(range(0, 1440)) as m), dedans as ("
        "select p.etablissement, p.date, m, count(distinct coalesce(e.appariement, p.enfant)) n "
        "from pointages p left join enfants e using (enfant) join minutes "
        f"on m >= p.arrivee_min and m < p.depart_min where p.date {SQL_T2} group by all) "
        "select count(*) from (select d.etablissement, d.date from dedans d join agrements a "
        "on a.etablissement = d.etablissement and a.jour_semaine = isodow(d.date) "
        "and d.m >= a.debut_min and d.m < a.fin_min "
        "where d.n > ceil(a.places * 1.15) group by all)"
    )
    assert valeur_de(hasard.famille("alertes"), "A1", "99", periode="2026-T2") == egal(plus_grand)


def test_les_paliers_de_2015_suivent_la_taille():
    # R. 2324-27, version de 2015 : 10 % à 20 places, 15 % à 21 et 40, 20 % à 41.
    avant = LUNDI.replace(year=2021, month=8)
    attendus = {20: 22, 21: 24, 40: 46, 41: 49}
    assert {n: capacite_simultanee(n, avant) for n in attendus} == attendus


def test_le_compte_est_celui_des_dates(hasard: Hasard):
    table = hasard.lignes("alertes", "A1").filter(pl.col("maille") == "etablissement")
    comptes = table.filter(pl.col("ventilation") == "")["valeur"].sum()
    assert comptes == len(table.filter(pl.col("ventilation") == "date"))
