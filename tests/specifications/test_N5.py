"""N5, enfants de moins de 3 ans projetés : cohortes de naissances, trois scénarios."""

import duckdb
import polars as pl

from tests.specifications.outils import Jeu, egal, ligne_de, valeur_de
from tests.specifications.publics import avec_referentiel, ecrire_valeurs

# Naissances en baisse de 10 % par an ; les enfants valent 95 % de leurs trois cohortes.
NAISSANCES = {2018: 1000, 2019: 900, 2020: 810}
ENFANTS = {2020: 0.95 * (1000 + 900 + 810)}


def annees(commune, naissances, enfants):
    return [
        {
            "commune": commune,
            "annee": a,
            "naissances": naissances.get(a),
            "enfants_moins_3_estimes": enfants.get(a),
        }
        for a in sorted(naissances.keys() | enfants.keys())
    ]


def monde(dossier, *communes) -> Jeu:
    jeu = avec_referentiel(dossier)
    ecrire_valeurs(jeu, [ligne for commune in communes for ligne in annees(*commune)])
    return jeu


def n5(table, modalite, annee, zone="99001", ventilation="scenario"):
    return valeur_de(
        table, "N5", zone, periode=str(annee), modalite=modalite, ventilation=ventilation
    )


def test_les_cohortes_a_la_main(tmp_path):
    table = monde(tmp_path, ("99001", NAISSANCES, ENFANTS)).calculer("scenarios")
    # 2021 : 900 + 810 + 729 ; 2022 : 810 + 729 + 656,1.
    assert n5(table, "central", 2021) == egal(0.95 * (900 + 810 + 729))
    assert n5(table, "central", 2022) == egal(0.95 * (810 + 729 + 656.1))
    # Écart de 2,5 points : −12,5 % et −7,5 % par an.
    assert n5(table, "bas", 2021) == egal(0.95 * (900 + 810 + 810 * 0.875))
    assert n5(table, "haut", 2021) == egal(0.95 * (900 + 810 + 810 * 0.925))


def test_cinq_ans_apres_la_date_d_arrete_et_toujours_trois_scenarios(tmp_path):
    table = monde(tmp_path, ("99001", NAISSANCES, ENFANTS)).calculer("scenarios")
    siennes = table.filter(
        pl.col("indicateur") == "N5",
        pl.col("zone") == "99001",
        pl.col("ventilation") == "scenario",
    )
    # Arrêté fin 2026 : de 2021 à 2031.
    assert sorted(siennes["periode"].unique()) == [str(a) for a in range(2021, 2032)]
    par_annee = siennes.group_by("periode").agg(pl.col("modalite").sort())
    assert all(m == ["bas", "central", "haut"] for m in par_annee["modalite"].to_list())


def test_le_territoire_est_projete_sur_la_somme_de_ses_communes(tmp_path):
    jeu = monde(
        tmp_path,
        ("99001", NAISSANCES, ENFANTS),
        ("99002", dict.fromkeys(NAISSANCES, 100), {2020: 330}),
    )
    # Cohortes : 1 100, 1 000, 910 ; enfants 2 574,5 + 330 ; évolution (910 / 1 100)^(1/2).
    evolution = (910 / 1100) ** 0.5
    rapport = (ENFANTS[2020] + 330) / (1100 + 1000 + 910)
    attendu = rapport * (1000 + 910 + 910 * evolution)
    assert n5(jeu.calculer("scenarios"), "central", 2021, "T1") == egal(attendu)


def test_une_annee_manquante_est_comblee_et_la_valeur_a_verifier(tmp_path):
    trouees = {2017: 100, 2018: 100, 2019: 100, 2020: 100, 2022: 80}
    enfants = {2019: 300, 2022: 270}
    table = monde(tmp_path, ("99001", trouees, enfants)).calculer("scenarios")
    ligne = ligne_de(table, "N5", "99001", periode="2023", modalite="central")
    assert ligne["statut"] == "a_verifier"
    # 2021 : 90, entre 100 et 80 ; rapports 300 / 300 et 270 / 270 ; −4,36 % par an sur cinq ans.
    evolution = (80 / 100) ** (1 / 5)
    assert ligne["valeur"] == egal(90 + 80 + 80 * evolution)


def test_une_commune_sans_chiffre_n_est_pas_a_zero(tmp_path):
    table = monde(tmp_path, ("99001", NAISSANCES, ENFANTS)).calculer("scenarios")
    seule = ligne_de(table, "N5", "99001", periode="2021", modalite="central")
    tout = ligne_de(table, "N5", "99", periode="2021", modalite="central")
    assert (seule["statut"], tout["statut"]) == ("diffusable", "a_verifier")
    assert tout["valeur"] == egal(seule["valeur"])
    assert "99002" not in table["zone"].to_list()


def test_le_retrospectif_ne_sait_que_ce_qu_on_savait(tmp_path):
    naissances = {2017: 100, 2018: 100, 2019: 100, 2020: 50}
    jeu = monde(tmp_path, ("99001", naissances, {2019: 300, 2020: 260}))
    table = jeu.calculer("scenarios")
    # Fin 2019, trois naissances stables : 300 attendus en 2020 ; il y en eut 260.
    assert n5(table, "central", 2020, ventilation="retrospectif") == egal(300)
    assert n5(table, "observe", 2020, ventilation="retrospectif") == 260


def test_sans_referentiel_rien(tmp_path):
    jeu = avec_referentiel(tmp_path)
    (jeu.lieux.referentiel / "communes_annee.csv").unlink()
    assert jeu.calculer("scenarios").is_empty()


def test_mutation_une_naissance_de_plus_change_la_projection(tmp_path):
    avant = monde(tmp_path / "a", ("99001", NAISSANCES, ENFANTS)).calculer("scenarios")
    plus = NAISSANCES | {2020: 811}
    apres = monde(tmp_path / "b", ("99001", plus, ENFANTS)).calculer("scenarios")
    assert n5(apres, "central", 2022) > n5(avant, "central", 2022)


def test_egale_une_requete_independante(tmp_path):
    """Rapport observé et cohortes de 2021, recalculés en SQL sur le fichier public."""
    jeu = monde(tmp_path, ("99001", NAISSANCES, ENFANTS))
    fichier = jeu.lieux.referentiel / "communes_annee.csv"
    requete = (
        f"with c as (select annee, naissances as n, enfants_moins_3_estimes as e from '{fichier}' "
        "where commune = '99001'), t as (select sqrt(max(n) filter (annee = 2020) / "
        "max(n) filter (annee = 2018)) as g, sum(e) / sum(n) as r, sum(n) filter (annee >= 2019) "
        "as s, max(n) filter (annee = 2020) as d from c) select r * (s + d * g) from t"
    )
    ((attendu,),) = duckdb.sql(requete).fetchall()
    assert n5(jeu.calculer("scenarios"), "central", 2021) == egal(attendu)
