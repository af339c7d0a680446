"""Constat `tarif_ecart` : le tarif facturé contre le barème daté."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from rtpe_analyse.controles.tarifs import avec_recalcul, bareme_date, tarif_ecart
from rtpe_analyse.reglementation import participation_horaire
from rtpe_analyse.schemas import TABLES

EN_2026 = date(2026, 7, 1)


def table(nom: str, *lignes: dict[str, Any]) -> pl.DataFrame:
    completes = [{"_fichier": "f", "_ligne": n, **ligne} for n, ligne in enumerate(lignes, 1)]
    return pl.DataFrame(completes, schema=TABLES[nom].schema)


def facture(tarif: float | None, ressources: float | None, **autres: Any) -> dict[str, Any]:
    return {
        "enfant": "e1",
        "etablissement": "E001",
        "mois": EN_2026,
        "heures_facturees_h": 100.0,
        "tarif_eur": tarif,
        "ressources_eur": ressources,
        **autres,
    }


def constates(
    *factures: dict[str, Any], charge: int | None = None, accueil: str | None = "collectif"
) -> list[int]:
    depuis = {"valide_du": date(2018, 1, 1), "valide_au": None}
    trouves = tarif_ecart(
        table("factures", *factures),
        table("enfants", {"enfant": "e1", "famille": "f1"}),
        table("familles", {"famille": "f1", "enfants_a_charge": charge, **depuis}),
        table("etablissements", {"etablissement": "E001", "type_accueil": accueil, **depuis}),
    )
    return trouves["ligne"].to_list()


@pytest.mark.parametrize(
    ("tarif", "constate"),
    # 3 000 × 0,0516 % = 1,548 : 1,54 (troncature) et 1,55 (au plus proche) conviennent.
    [(1.53, True), (1.54, False), (1.55, False), (1.56, True)],
)
def test_la_tolerance_est_d_un_centime(tarif: float, constate: bool) -> None:
    lignes = constates(facture(tarif, 3000.0, taux_effort_pct=0.0516), charge=2)
    assert lignes == ([1] if constate else [])


def test_les_ressources_sont_bornees_par_le_bareme_du_mois() -> None:
    # 9 000 € : 7 000 × 0,0619 % = 4,333 en août 2025, 8 500 × 0,0619 % = 5,2615 en septembre.
    aout, septembre = date(2025, 8, 1), date(2025, 9, 1)
    lignes = constates(
        facture(4.33, 9000.0, mois=aout),
        facture(4.33, 9000.0, mois=septembre),
        facture(5.26, 9000.0, mois=septembre),
        facture(0.50, 500.0),
        facture(0.31, 500.0),
        charge=1,
    )
    # 500 × 0,0619 % = 0,31 : le plancher de 814,62 s'impose (0,504).
    assert lignes == [2, 5]


def test_le_nombre_d_enfants_borne_les_tranches_aeeh_admise() -> None:
    # 2 000 € : 1,238 à un enfant ; 1,032 si l'enfant ouvre droit à l'AEEH ; 0,826 à trois.
    lignes = constates(
        facture(1.24, 2000.0), facture(1.03, 2000.0), facture(0.83, 2000.0), charge=1
    )
    assert lignes == [3]
    # Le tarif d'un seul enfant n'est pas dû par une famille qui en a deux.
    assert constates(facture(1.24, 2000.0), charge=2) == [1]
    # Sans nombre d'enfants, toutes les tranches sont admises, mais rien d'autre.
    assert constates(facture(1.24, 2000.0), facture(1.15, 2000.0)) == [2]


def test_un_taux_facture_hors_du_bareme_est_constate() -> None:
    # 0,06 %, taux d'avant septembre 2019 : 2 000 × 0,06 % = 1,20.
    ancien = facture(1.20, 2000.0, taux_effort_pct=0.06)
    assert constates(ancien) == [1]
    assert constates({**ancien, "mois": date(2019, 8, 1)}) == []


def test_le_bareme_est_celui_de_l_accueil() -> None:
    # Familial, un enfant : 3 000 × 0,0516 % = 1,548 ; collectif : 1,857.
    assert constates(facture(1.86, 3000.0), charge=1, accueil="familial") == [1]
    assert constates(facture(1.55, 3000.0), charge=1, accueil="familial") == []
    assert constates(facture(1.86, 3000.0), charge=1, accueil=None) == []


def test_sans_recalcul_possible_aucun_constat_mais_c_est_compte() -> None:
    factures = (
        facture(None, 2000.0),
        facture(9.0, None),
        facture(9.0, 2000.0, mois=date(2017, 12, 1)),
        facture(9.0, 2000.0),
    )
    assert constates(*factures, charge=1) == [4]
    jugees = avec_recalcul(table("factures", *factures))["tarif_recalculable"]
    assert jugees.to_list() == [False, False, False, True]


def test_le_bareme_deplie_dit_les_memes_tarifs_que_le_calcul_exact() -> None:
    for du, nom, rang, _, taux, plancher, plafond in bareme_date().iter_rows():
        for ressources in (0, 1234, 99999):
            attendu = participation_horaire(ressources, rang, du, accueil=nom, arrondi="aucun")
            assiette = min(max(ressources, plancher), plafond)
            assert assiette * taux / 100 == pytest.approx(float(attendu))
