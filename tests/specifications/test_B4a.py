"""B4a, public accueilli : enfants de ce public / enfants accueillis dont on le sait."""

from datetime import date

import pytest

from rtpe_analyse.indicateurs.familles_accueillies import borne_haute
from tests.specifications.jeux_publics import TRIMESTRE, avec_familles, familles
from tests.specifications.outils import LUNDI, egal, ligne_de, pointage, valeur_de


@pytest.mark.parametrize(
    ("public", "attendu"), [("monoparentaux", 4 / 9), ("bas_revenus", 2 / 10), ("qpv", 3 / 6)]
)
def test_la_part_porte_sur_les_situations_connues(tmp_path, public, attendu):
    table = avec_familles(tmp_path).calculer("publics")
    assert valeur_de(table, "B4a", "T1", modalite=public, **TRIMESTRE) == egal(attendu)
    assert valeur_de(table, "B4a", "99", modalite=public, **TRIMESTRE) == egal(attendu)


def test_la_famille_est_celle_du_dernier_jour_du_trimestre(tmp_path):
    lignes = familles()
    lignes[0] |= {"valide_au": date(2026, 6, 20)}
    lignes.append({**lignes[0], "valide_du": date(2026, 6, 21), "monoparentale": False})
    lignes[-1] |= {"valide_au": None}
    table = avec_familles(tmp_path, lignes).calculer("publics")
    assert valeur_de(table, "B4a", "T1", modalite="monoparentaux", **TRIMESTRE) == egal(3 / 9)


def test_un_enfant_de_deux_logiciels_compte_une_fois(tmp_path):
    jeu = avec_familles(tmp_path)
    jeu.ecrire(
        "enfants",
        [{"enfant": f"e{n}", "famille": f"f{n}", "appariement": f"p{n}"} for n in range(10)]
        + [{"enfant": "autre", "famille": None, "appariement": "p0"}],
    )
    jeu.ajouter("pointages", pointage("autre", "A", LUNDI))
    ligne = ligne_de(jeu.calculer("publics"), "B4a", "T1", modalite="bas_revenus", **TRIMESTRE)
    assert (ligne["numerateur"], ligne["denominateur"]) == (2, 10)


def test_le_secret_compte_le_public_et_son_complement(tmp_path):
    table = avec_familles(tmp_path).calculer("publics")
    ligne = ligne_de(table, "B4a", "T1", modalite="bas_revenus", **TRIMESTRE)
    assert ligne["effectif"] == 2
    lignes = familles()
    for famille in lignes[:9]:
        famille["monoparentale"] = True
    table = avec_familles(tmp_path / "autre", lignes).calculer("publics")
    # 9 sur 9 : le complément est vide, le plus petit groupe non nul est le tout.
    assert ligne_de(table, "B4a", "T1", modalite="monoparentaux", **TRIMESTRE)["effectif"] == 9


def test_sans_famille_decrite_la_part_n_est_pas_calculable(tmp_path):
    table = avec_familles(tmp_path, []).calculer("publics")
    ligne = ligne_de(table, "B4a", "T1", modalite="qpv", **TRIMESTRE)
    assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")


def test_pas_de_part_a_l_etablissement_ni_a_la_commune(tmp_path):
    assert set(avec_familles(tmp_path).calculer("publics")["maille"]) == {
        "territoire",
        "departement",
    }


@pytest.mark.parametrize(
    ("tranche", "attendu"),
    [
        ("<1000", 1000),
        ("1000-1999", 1999),
        ("1 000 à 1 999 €", 1999),
        (">=6000", float("inf")),
        ("≥ 6 000", float("inf")),
        ("inconnue", None),
        (None, None),
    ],
)
def test_borne_haute_d_une_tranche(tranche, attendu):
    import polars as pl

    table = pl.DataFrame({"t": [tranche]}, schema={"t": pl.String})
    assert table.select(borne_haute(pl.col("t"))).item() == attendu


def test_mutation_une_famille_qui_change_deplace_la_part(tmp_path):
    lignes = familles()
    lignes[4]["monoparentale"] = True
    table = avec_familles(tmp_path, lignes).calculer("publics")
    assert valeur_de(table, "B4a", "T1", modalite="monoparentaux", **TRIMESTRE) == egal(5 / 9)


def test_egale_une_requete_independante(tmp_path):
    jeu = avec_familles(tmp_path)
    attendu = jeu.sql(
        "select avg(case when f.monoparentale then 1.0 else 0 end) from pointages p "
        "join enfants e using (enfant) join familles f using (famille) "
        "where f.monoparentale is not null"
    )
    table = jeu.calculer("publics")
    assert valeur_de(table, "B4a", "T1", modalite="monoparentaux", **TRIMESTRE) == egal(
        float(attendu)
    )
