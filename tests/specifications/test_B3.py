"""B3, places accessibles : E2SFCA entre les enfants et les creches, à vol d'oiseau ou au temps.

Un degré de latitude vaut 111,195 km : des communes se placent à 1 km les unes des autres.
Rayon 3 km, paliers 1 / 0,68 / 0,22 au tiers, aux deux tiers (33 %, 67 %) et au bout du rayon :
une crèche à 0 km pèse 1, à 1 km 0,68 (au-delà de 0,99), à 2 km 0,68 (sous 2,01), à 2,5 km 0,22.
"""

from datetime import date

import duckdb
import polars as pl
import pytest

from rtpe_analyse.nomenclatures.communes import SCHEMA_COMMUNES
from rtpe_analyse.nomenclatures.iris import SCHEMA_IRIS
from rtpe_analyse.nomenclatures.publiques import FICHIERS_REFERENTIEL
from tests.specifications.outils import (
    LE,
    Jeu,
    agrement,
    egal,
    etablissement,
    ligne_de,
    territoire,
    valeur_de,
)

KM = 1 / 111.1951
ANNEE = {"periode": "2022", "ventilation": ""}


def monde(
    dossier,
    communes: dict[str, tuple[float, float | None, float | None]],
    creches: dict[str, tuple[str, float, int]],
    iris: dict[str, tuple[str, float, float | None, float | None]] | None = None,
    naissances: dict[str, float] | None = None,
) -> Jeu:
    """Communes : code → (km au nord, enfants, places) ; crèches : code → (commune, km, places)."""
    jeu = Jeu(dossier)
    jeu.ecrire(
        "etablissements",
        [
            etablissement(c, commune, latitude=48 + km * KM, longitude=2.0)
            for c, (commune, km, _) in creches.items()
        ],
    )
    jeu.ecrire("territoires", [territoire(c, "T1") for c in creches])
    jeu.ecrire("agrements", [a for c, (*_, n) in creches.items() for a in agrement(c, n)])
    ref = jeu.lieux.referentiel
    ref.mkdir(parents=True)
    pl.DataFrame(
        [
            {
                "code": c,
                "nom": c,
                "departement": c[:2],
                "latitude": 48 + km * KM,
                "longitude": 2.0,
                "valide_du": date(1943, 1, 1),
            }
            for c, (km, *_) in communes.items()
        ],
        schema=SCHEMA_COMMUNES,
    ).write_csv(ref / "communes.csv")
    pl.DataFrame(
        [
            {
                "commune": c,
                "annee": 2022,
                "enfants_moins_3_estimes": enfants,
                "places_eaje": places,
                "naissances": (naissances or {}).get(c),
            }
            for c, (_, enfants, places) in communes.items()
        ],
        schema=FICHIERS_REFERENTIEL["communes_annee"].schema,
    ).write_csv(ref / "communes_annee.csv")
    pl.DataFrame(
        [
            {
                "iris": i,
                "commune": commune,
                "nom": i,
                "latitude": 48 + km * KM,
                "longitude": 2.0,
            }
            for i, (commune, km, *_) in (iris or {}).items()
        ],
        schema=SCHEMA_IRIS,
    ).write_csv(ref / "iris.csv")
    pl.DataFrame(
        [
            {
                "iris": i,
                "commune": commune,
                "annee": 2020,
                "allocataires_enfants_moins_3": allocataires,
                "population": habitants,
                "population_moins_15_pct": 20,
            }
            for i, (commune, _, allocataires, habitants) in (iris or {}).items()
        ],
        schema=FICHIERS_REFERENTIEL["iris_annee"].schema,
    ).write_csv(ref / "iris_annee.csv")
    return jeu


def test_deux_communes_une_creche_a_la_main(tmp_path):
    # 30 places pour 100 × 1 + 50 × 0,68 = 134 enfants pondérés.
    jeu = monde(tmp_path, {"99001": (0, 100, 30), "99002": (1, 50, 0)}, {"A": ("99001", 0, 30)})
    table = jeu.calculer("acces")
    assert valeur_de(table, "B3", "99001", **ANNEE) == egal(30 / 134)
    assert valeur_de(table, "B3", "99002", **ANNEE) == egal(0.68 * 30 / 134)
    # Le département : toutes les places sont à portée, 30 pour 150 enfants.
    assert valeur_de(table, "B3", "99", **ANNEE) == egal(30 / 150)
    ligne = ligne_de(table, "B3", "99", **ANNEE)
    assert (ligne["pas"], ligne["millesime"], ligne["statut"]) == ("annee", "2022", "diffusable")


def test_les_autres_places_de_la_commune_sont_a_son_centre(tmp_path):
    # 50 places publiées, dont 30 du réseau à 2,5 km : 20 au centre, poids 1 ; 30 à 0,22.
    jeu = monde(tmp_path, {"99001": (0, 100, 50)}, {"A": ("99001", 2.5, 30)})
    # Seuls demandeurs : toutes les places leur reviennent, quel que soit leur poids.
    assert valeur_de(jeu.calculer("acces"), "B3", "99001", **ANNEE) == egal(50 / 100)


def test_le_reseau_qui_depasse_le_chiffre_publie_n_enleve_rien(tmp_path):
    jeu = monde(tmp_path, {"99001": (0, 100, 20)}, {"A": ("99001", 0, 30)})
    assert valeur_de(jeu.calculer("acces"), "B3", "99001", **ANNEE) == egal(30 / 100)


def test_une_creche_fermee_depuis_ne_compte_plus(tmp_path):
    jeu = monde(tmp_path, {"99001": (0, 100, 50)}, {"A": ("99001", 0, 30), "B": ("99001", 0, 5)})
    lignes = jeu.lire("etablissements").drop("_fichier", "_ligne").to_dicts()
    lignes[0]["fermeture"] = date(2025, 7, 31)
    jeu.ecrire("etablissements", lignes)
    # 50 − 30 − 5 = 15 places d'autres gestionnaires, et les 5 de B ; les 30 de A sont parties.
    assert valeur_de(jeu.calculer("acces"), "B3", "99001", **ANNEE) == egal(20 / 100)


def test_les_enfants_se_partagent_entre_les_iris(tmp_path):
    iris = {
        "990010101": ("99001", 0, 30, 900),
        "990010102": ("99001", 2.5, 10, 100),
    }
    jeu = monde(tmp_path, {"99001": (0, 100, 40)}, {"A": ("99001", 0, 40)}, iris)
    # 75 enfants sur place, 25 à 2,5 km : 75 + 25 × 0,22 = 80,5 enfants pondérés.
    table = jeu.calculer("acces")
    assert valeur_de(table, "B3", "990010101", **ANNEE, maille="iris") == egal(40 / 80.5)
    assert valeur_de(table, "B3", "990010102", **ANNEE, maille="iris") == egal(0.22 * 40 / 80.5)
    assert valeur_de(table, "B3", "99001", **ANNEE) == egal(40 / 100)


def test_un_iris_secret_fait_prendre_les_moins_de_15_ans_pour_toute_la_commune(tmp_path):
    iris = {
        "990010101": ("99001", 0, None, 900),
        "990010102": ("99001", 2.5, 10, 100),
    }
    jeu = monde(tmp_path, {"99001": (0, 100, 40)}, {"A": ("99001", 0, 40)}, iris)
    table = jeu.calculer("acces")
    assert ligne_de(table, "B3", "990010101", **ANNEE)["denominateur"] == egal(90)


def test_une_commune_que_la_source_ne_nomme_pas_vaut_ses_naissances_et_le_dit(tmp_path):
    communes = {"99001": (0, 100, 30), "99002": (1, None, None), "99003": (2, None, None)}
    jeu = monde(tmp_path, communes, {"A": ("99001", 0, 30)}, naissances={"99002": 10})
    table = jeu.calculer("acces")
    # 99002 : 3 × 10 = 30 enfants ; 100 + 30 × 0,68 = 120,4.
    assert valeur_de(table, "B3", "99001", **ANNEE) == egal(30 / 120.4)
    assert ligne_de(table, "B3", "99002", **ANNEE)["statut"] == "a_verifier"
    assert ligne_de(table, "B3", "99003", **ANNEE)["statut"] == "non_calculable"
    assert ligne_de(table, "B3", "99", **ANNEE)["statut"] == "a_verifier"


def test_la_commune_voisine_d_un_autre_departement_compte_des_deux_cotes(tmp_path):
    communes = {"99001": (0, 100, 30), "98001": (1, 50, 20)}
    jeu = monde(tmp_path, communes, {"A": ("99001", 0, 30)})
    table = jeu.calculer("acces")
    ici = 30 / (100 + 0.68 * 50) + 0.68 * 20 / (50 + 0.68 * 100)
    assert valeur_de(table, "B3", "99001", **ANNEE) == egal(ici)
    seul = {"periode": "2022", "ventilation": "bord", "modalite": "departement_seul"}
    assert valeur_de(table, "B3", "99001", **seul) == egal(30 / 100)
    assert set(table["zone"]) == {"99001", "T1", "99"}
    # Elle partage les places, elle n'entre dans aucun total : 100 enfants ici, pas 150.
    assert ligne_de(table, "B3", "99", **ANNEE)["denominateur"] == egal(100)


def test_une_commune_sans_position_n_est_pas_hors_de_portee(tmp_path):
    jeu = monde(tmp_path, {"99001": (0, 100, 30), "99002": (1, 50, 0)}, {"A": ("99001", 0, 30)})
    fichier = jeu.lieux.referentiel / "communes.csv"
    communes = pl.read_csv(fichier, schema_overrides=SCHEMA_COMMUNES)
    perdue = pl.col("code") != "99002"
    communes.with_columns(latitude=pl.when(perdue).then("latitude")).write_csv(fichier)
    table = jeu.calculer("acces")
    absente = ligne_de(table, "B3", "99002", **ANNEE)
    assert (absente["valeur"], absente["statut"]) == (None, "non_calculable")
    assert valeur_de(table, "B3", "99001", **ANNEE) == egal(30 / 100)
    assert ligne_de(table, "B3", "99", **ANNEE)["statut"] == "a_verifier"


def test_une_creche_sans_position_est_au_centre_de_sa_commune(tmp_path):
    jeu = monde(tmp_path, {"99001": (0, 100, 30), "99002": (1, 50, 0)}, {"A": ("99001", 0, 30)})
    sans = {"latitude": None, "longitude": None}
    lignes = jeu.lire("etablissements").drop("_fichier", "_ligne").to_dicts()
    jeu.ecrire("etablissements", [{**ligne, **sans} for ligne in lignes])
    assert valeur_de(jeu.calculer("acces"), "B3", "99001", **ANNEE) == egal(30 / 134)


def test_un_zonage_reunit_communes_et_iris(tmp_path):
    iris = {"990010101": ("99001", 0, 30, 900), "990010102": ("99001", 2.5, 10, 100)}
    communes = {"99001": (0, 100, 40), "99002": (9, 60, 0)}
    jeu = monde(tmp_path, communes, {"A": ("99001", 0, 40)}, iris)
    jeu.ecrire(
        "zonages",
        [
            {"zonage": "Z", "nom_zonage": "Essai", "valide_du": date(2020, 1, 1), **lieu}
            for lieu in ({"commune": "99002"}, {"iris": "990010102"})
        ],
    )
    # 25 enfants de l'IRIS (0,22 × 40 / 80,5 chacun) et 60 de 99002, sans rien à portée.
    attendu = 25 * 0.22 * 40 / 80.5 / 85
    assert valeur_de(jeu.calculer("acces"), "B3", "Z", maille="zonage", **ANNEE) == egal(attendu)


def test_sans_voisine_connue_le_bord_n_a_pas_de_ligne(tmp_path):
    jeu = monde(tmp_path, {"99001": (0, 100, 30)}, {"A": ("99001", 0, 30)})
    assert "bord" not in set(jeu.calculer("acces")["ventilation"])


def test_plus_loin_un_autre_rayon_change_le_partage(tmp_path):
    jeu = monde(tmp_path, {"99001": (0, 100, 30), "99002": (2.5, 50, 0)}, {"A": ("99001", 0, 30)})
    table = jeu.calculer("acces")
    rayon = {"periode": "2022", "ventilation": "rayon"}
    assert valeur_de(table, "B3", "99002", modalite="1,5 km", **rayon) == 0
    # À 5 km, 2,5 km est dans le deuxième palier (1,65 à 3,35 km).
    attendu = 0.68 * 30 / (100 + 0.68 * 50)
    assert valeur_de(table, "B3", "99002", modalite="5 km", **rayon) == egal(attendu)
    assert valeur_de(table, "B3", "99002", modalite="3 km", **rayon) == valeur_de(
        table, "B3", "99002", **ANNEE
    )


def test_les_temps_de_trajet_donnes_remplacent_les_distances(tmp_path):
    communes = {"99001": (0, 100, 40), "99002": (40, 50, 0)}
    jeu = monde(tmp_path, communes, {"A": ("99001", 0, 30)})
    minutes = [("99001", "A", 2), ("99001", "99001", 0), ("99002", "99001", 12)]
    jeu.ecrire("trajets", [{"zone": z, "lieu": li, "minutes": m} for z, li, m in minutes])
    # 10 autres places au centre de 99001. A n'a pas de temps depuis 99002 : hors de portée.
    # À 12 minutes sur 15, 99002 pèse 0,22.
    table = jeu.calculer("acces")
    autres = 10 / (100 + 0.22 * 50)
    assert valeur_de(table, "B3", "99001", **ANNEE) == egal(30 / 100 + autres)
    assert valeur_de(table, "B3", "99002", **ANNEE) == egal(0.22 * autres)
    assert set(table["modalite"]) == {"", "10 min", "15 min", "20 min"}


def test_une_table_de_trajets_trop_courte_ne_sert_pas(tmp_path):
    """Une ligne pour une commune sur deux : les distances restent, et rien ne tombe à zéro."""
    communes = {"99001": (0, 100, 40), "99002": (1, 50, 10)}
    jeu = monde(tmp_path, communes, {"A": ("99001", 0, 30)})
    jeu.ecrire("trajets", [{"zone": "99001", "lieu": "A", "minutes": 2}])
    table = jeu.calculer("acces")
    assert set(table["modalite"]) == {"", "1,5 km", "3 km", "5 km"}
    # Une commune et ses voisines à 1 km : 30 + 10 places, 10 places, poids 1 et 0,68.
    attendu = 40 / (100 + 0.68 * 50) + 0.68 * 10 / (50 + 0.68 * 100)
    assert valeur_de(table, "B3", "99001", **ANNEE) == egal(attendu)


def test_ce_qu_une_table_de_trajets_ignore_est_inconnu_jamais_zero(tmp_path):
    """Neuf enfants sur dix cités : la table sert ; les autres n'ont pas d'accès connu."""
    communes = {"99001": (0, 95, 30), "99002": (1, 5, 0)}
    jeu = monde(tmp_path, communes, {"A": ("99001", 0, 30)})
    trajets = [("99001", "A", 2.0), ("99001", "99001", 0.0), ("99002", "A", -4.0)]
    jeu.ecrire("trajets", [{"zone": z, "lieu": li, "minutes": m} for z, li, m in trajets])
    table = jeu.calculer("acces")
    assert valeur_de(table, "B3", "99001", **ANNEE) == egal(30 / 95)
    assert valeur_de(table, "B3", "99002", **ANNEE) is None
    assert ligne_de(table, "B3", "99", **ANNEE)["statut"] == "a_verifier"


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(None, None), (0.0, 0.0), (948.5, 2.0), (2.0, 48.0), (44.0, 2.0)]
)
def test_un_etablissement_mal_place_est_au_centre_de_sa_commune(tmp_path, latitude, longitude):
    """Sans coordonnées, en (0, 0), hors des degrés, échangées ou à 444 km : pareil."""
    jeu = monde(tmp_path, {"99001": (0, 100, 30), "99002": (1, 50, 0)}, {"A": ("99001", 0, 30)})
    attendu = valeur_de(jeu.calculer("acces"), "B3", "99002", **ANNEE)
    (ligne,) = jeu.lire("etablissements").drop("_fichier", "_ligne").to_dicts()
    jeu.ecrire("etablissements", [ligne | {"latitude": latitude, "longitude": longitude}])
    assert attendu == egal(0.68 * 30 / 134)
    assert valeur_de(jeu.calculer("acces"), "B3", "99002", **ANNEE) == egal(attendu)


def test_sans_referentiel_ni_annee_commune_rien_n_est_calcule(tmp_path):
    jeu = monde(tmp_path, {"99001": (0, None, 30)}, {"A": ("99001", 0, 30)})
    assert jeu.calculer("acces").is_empty()
    (jeu.lieux.referentiel / "communes_annee.csv").unlink()
    assert jeu.calculer("acces").is_empty()


@pytest.mark.parametrize(("places", "attendu"), [(30, 0.3), (60, 0.6)])
def test_mutation_doubler_les_places_double_l_acces(tmp_path, places, attendu):
    jeu = monde(tmp_path, {"99001": (0, 100, 0)}, {"A": ("99001", 0, places)})
    assert valeur_de(jeu.calculer("acces"), "B3", "99001", **ANNEE) == egal(attendu)


def test_egale_une_requete_independante(tmp_path):
    communes = {f"9900{i}": (1.7 * i, 100 + 13 * i, 20 + 7 * (i % 3)) for i in range(1, 6)}
    jeu = monde(tmp_path, communes, {"A": ("99001", 1.7, 10), "B": ("99004", 6.8, 12)})
    requete = """
        with d as (select * from demande), o as (select * from offre),
        c as (select d.zone, d.enfants, o.lieu, o.places, abs(d.km - o.km) as km from d, o),
        p as (select *, case when km <= .99 then 1 when km <= 2.01 then .68
              when km <= 3 then .22 else 0 end as w from c),
        r as (select lieu, any_value(places) / sum(w * enfants) as ratio from p group by lieu)
        select sum(w * ratio) from p join r using (lieu) where zone = '99003'
    """
    demande = pl.DataFrame(
        [(c, km, e) for c, (km, e, _) in communes.items()], ["zone", "km", "enfants"], orient="row"
    )
    deja = {"99001": 10, "99004": 12}
    offre = pl.DataFrame(
        [(c, km, p - deja.get(c, 0)) for c, (km, _, p) in communes.items()]
        + [("A", 1.7, 10), ("B", 6.8, 12)],
        ["lieu", "km", "places"],
        orient="row",
    )
    with duckdb.connect() as base:
        base.register("demande", demande)
        base.register("offre", offre)
        attendu = base.execute(requete).fetchone()[0]
    assert valeur_de(jeu.calculer("acces", LE), "B3", "99003", **ANNEE) == egal(attendu)
