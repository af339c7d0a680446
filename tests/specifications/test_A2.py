"""A2, semaines au-delà de la capacité horaire (R. 2324-27), du lundi au dimanche."""

from datetime import date, timedelta

from tests.specifications.conftest import Hasard
from tests.specifications.jeux_occupation import (
    LE_JUIN,
    dates_de,
    ensemble,
    semaine_pleine,
    une_creche,
)
from tests.specifications.outils import (
    LUNDI,
    SQL_DUREE,
    agrement,
    egal,
    ligne_de,
    ouvertures,
    pointage,
    valeur_de,
)


def test_2200_heures_conformes_et_un_quart_d_heure_de_trop(tmp_path):
    # 40 places, 5 jours de 11 h : 40 × 55 = 2 200 h.
    jeu = une_creche(tmp_path, 40, amplitude_h=11)
    pleine = semaine_pleine(40, 8, 19)
    jeu.ecrire("pointages", pleine)
    assert valeur_de(jeu.calculer("alertes", LE_JUIN), "A2", "A") == 0
    jeu.ecrire("pointages", [*pleine, pointage("autre", "A", LUNDI, 9, 9.25)])
    table = jeu.calculer("alertes", LE_JUIN)
    assert valeur_de(table, "A2", "A") == 1
    ligne = ligne_de(table, "A2", "A", modalite="2026-06-01")
    assert (ligne["numerateur"], ligne["denominateur"]) == (2200.25, 2200)
    assert ligne["valeur"] == egal(2200.25 / 2200)


def test_la_modulation_s_additionne_plage_par_plage(tmp_path):
    jeu = une_creche(tmp_path, 4)
    # 2 places de 8 h à 9 h, 4 de 9 h à 18 h : 5 × (2 + 36) = 190 h.
    jeu.ecrire("agrements", [*agrement("A", 2, 8, 9), *agrement("A", 4, 9, 18)])
    # 4 enfants de 8 h à 18 h : 5 × 40 = 200 h.
    jeu.ecrire("pointages", semaine_pleine(4, 8, 18))
    assert dates_de(jeu.calculer("alertes", LE_JUIN), "A2") == {"2026-06-01": egal(200 / 190)}


def test_un_jour_ferme_n_offre_pas_d_heures(tmp_path):
    jeu = une_creche(tmp_path, 4)
    jours = ouvertures("A", LUNDI, 22, 4)
    jours[4] |= {"ouvert": False, "cause": "personnel"}
    jeu.ecrire("ouvertures", jours)
    # 4 jours × 40 h = 160 h offertes ; 5 enfants, 4 jours × 10 h = 200 h venues.
    jeu.ecrire("pointages", semaine_pleine(5, 8, 18)[:20])
    assert dates_de(jeu.calculer("alertes", LE_JUIN), "A2") == {"2026-06-01": egal(200 / 160)}


def test_une_semaine_a_cheval_est_celle_de_son_lundi(tmp_path):
    jeu = une_creche(tmp_path, 4, jours=30)
    # Lundi 29 juin au vendredi 3 juillet : 4 × 50 = 200 h offertes, 5 × 50 = 250 h venues.
    jeu.ecrire("pointages", semaine_pleine(5, 8, 18, date(2026, 6, 29)))
    table = jeu.calculer("alertes", date(2026, 7, 31))
    assert valeur_de(table, "A2", "A", periode="2026-06") == 1
    assert valeur_de(table, "A2", "A", periode="2026-07") == 0
    # Arrêtée au 30 juin, la semaine n'est pas finie : elle n'est pas jugée.
    assert valeur_de(jeu.calculer("alertes", LE_JUIN), "A2", "A") == 0


def test_sans_aucune_heure_d_ouverture_pas_de_taux(tmp_path):
    jeu = une_creche(tmp_path, 4)
    jours = ouvertures("A", LUNDI, 22, 4)
    for jour in jours[:5]:
        jour |= {"ouvert": False, "cause": "travaux"}
    jeu.ecrire("ouvertures", jours)
    jeu.ecrire("pointages", ensemble(5, LUNDI))
    ligne = ligne_de(jeu.calculer("alertes", LE_JUIN), "A2", "A")
    assert (ligne["valeur"], ligne["statut"]) == (0, "a_verifier")


def test_mutation_une_place_de_plus_efface_l_alerte(tmp_path):
    jeu = une_creche(tmp_path, 4)
    jeu.ecrire("pointages", semaine_pleine(5, 8, 18))
    assert valeur_de(jeu.calculer("alertes", LE_JUIN), "A2", "A") == 1
    jeu.ecrire("agrements", agrement("A", 5))
    assert valeur_de(jeu.calculer("alertes", LE_JUIN), "A2", "A") == 0


def test_egale_une_requete_independante(tmp_path):
    jeu = une_creche(tmp_path, 3, jours=22)
    jeu.ecrire(
        "pointages",
        [
            pointage(f"e{k}", "A", LUNDI + timedelta(7 * s + j), 8, 10 + (s + k + j) % 8)
            for s in range(4)
            for j in range(5)
            for k in range(3 + s)
        ],
    )
    attendu = jeu.sql(
        "select count(*) from (select date_trunc('week', p.date) lundi, "
        f"sum({SQL_DUREE}) venues from pointages p group by all) v join (select "
        "date_trunc('week', o.date) lundi, sum(a.places * (a.fin_min - a.debut_min)) offertes "
        "from ouvertures o join agrements a on a.etablissement = o.etablissement "
        "and a.jour_semaine = isodow(o.date) where o.ouvert group by all) c using (lundi) "
        "where venues > offertes and lundi + interval 6 day <= date '2026-06-30'"
    )
    assert valeur_de(jeu.calculer("alertes", LE_JUIN), "A2", "A") == attendu
    assert attendu > 0


def test_additif_d_une_maille_a_l_autre(hasard: Hasard):
    table = hasard.famille("alertes")
    territoires = [valeur_de(table, "A2", t, periode="2026-T2") or 0 for t in ("T1", "T2")]
    assert sum(territoires) == valeur_de(table, "A2", "99", periode="2026-T2")
