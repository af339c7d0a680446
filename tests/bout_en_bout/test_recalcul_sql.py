"""Les chiffres du jeu d'exemple entier, refaits en SQL sur les tables propres."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs import calculer_famille
from rtpe_analyse.propres import lire_propre
from tests.conftest import Chaine

LE = date(2026, 9, 30)
VUES = (Path(__file__).parent / "recalcul.sql").read_text(encoding="utf-8")
MAILLES = ("territoire", "departement")
CLE = ["maille", "zone", "pas", "periode"]


def _ratio(haut: str, bas: str, inconnu: str) -> str:
    return (
        f"select maille, zone, pas, periode, sum({haut}) as haut, sum({bas}) as bas "
        f"from zone_part where not ({inconnu}) group by all"
    )


def _somme(haut: str, inconnu: str) -> str:
    return (
        f"select maille, zone, pas, periode, sum(coalesce({haut}, 0)) as haut, "
        f"null::double as bas from zone_part where not ({inconnu}) group by all"
    )


def _par_zone(requete: str) -> str:
    """La même requête pour chaque maille : `{z}` y nomme sa colonne."""
    return " union all ".join(
        f"select '{m}' as maille, * from (" + requete.format(z=m) + ")" for m in MAILLES
    )


ACCUEILLIS = (
    "select p.{z} as zone, p.pas, p.periode, count(distinct v.enfant)::double as haut, "
    "null::double as bas from part p left join (select v.*, a.pas, a.periode from venu v "
    "join periode q using (mois) join accueilli a on a.etablissement = v.etablissement "
    "and a.enfant = v.enfant and a.pas = q.pas and a.periode = q.periode) v "
    "on v.etablissement = p.etablissement and v.mois = p.mois "
    "and v.pas = p.pas and v.periode = p.periode where not p.sans_h1 group by all"
)
CONTRATS = (
    "select l.{z} as zone, p.pas, p.periode, sum(c.h) as haut, "
    "count(distinct c.enfant)::double as bas from contrat c "
    "join lieu l using (etablissement, mois) "
    "join periode p using (mois) where p.fin = last_day(c.mois) and p.fin <= le() group by all"
)
ACTIVES = (
    "select {z} as zone, pas, periode, count(distinct famille_enfant)::double as haut, "
    "null::double as bas from situee where last_day(mois) = fin and depot <= fin "
    "and (decision is null or date_decision > fin) "
    "group by all"
)
EXAMINEES = (
    "select {z} as zone, pas, periode, "
    "count(distinct demande) filter (decision = 'acceptee')::double as haut, "
    "count(distinct demande)::double as bas from situee "
    "where decision in ('acceptee', 'refusee') and date_trunc('month', date_decision) = mois "
    "and date_decision <= le() group by all"
)
REQUETES = {
    "P1": ("places", _somme("capacite / nullif(jours_e, 0)", "cap_inconnue or jours_e = 0")),
    "P2": ("places", _somme("ouvertes / nullif(jours_e, 0)", "ouv_inconnue or jours_e = 0")),
    "P3": ("places", _ratio("offertes", "h0", "ouv_inconnue")),
    "H0": ("places", _somme("h0", "cap_inconnue")),
    "H0c": ("places", _somme("h0c", "cap_inconnue")),
    "H1": ("occupation", _somme("h1", "sans_h1")),
    "H2": ("occupation", _somme("h2", "sans_h2")),
    "T1": ("occupation", _ratio("h1", "h0", "cap_inconnue or sans_h1")),
    "T2": ("occupation", _ratio("h2", "h0", "cap_inconnue or sans_h2")),
    "T3": ("occupation", _ratio("h2", "h1", "sans_h1 or sans_h2")),
    "T4": ("occupation", _ratio("h1o", "offertes", "ouv_inconnue or sans_h1")),
    "E1": ("enfants", _par_zone(ACCUEILLIS)),
    "E3": ("contrats", _par_zone(CONTRATS)),
    "D1": ("demandes", _par_zone(ACTIVES)),
    "D2": ("demandes", _par_zone(EXAMINEES)),
    "Q1": ("qualite", _ratio("recus", "attendus", "cal_inconnu")),
}


def refaire(lieux: Lieux, requete: str) -> pl.DataFrame:
    """`maille, zone, pas, periode, haut, bas`, par DuckDB."""
    with duckdb.connect() as base:
        for dossier in sorted(lieux.propre.iterdir()):
            base.execute(f"create view {dossier.name} as select * from '{dossier}/*.parquet'")
        base.execute(VUES)
        resultat = base.execute(f"select {', '.join(CLE)}, haut, bas from ({requete})")
        schema = {**dict.fromkeys(CLE, pl.String), "haut": pl.Float64, "bas": pl.Float64}
        return pl.DataFrame(resultat.fetchall(), schema=schema, orient="row")


@pytest.fixture(scope="module")
def familles(chaine: Chaine) -> dict[str, pl.DataFrame]:
    noms = sorted({famille for famille, _ in REQUETES.values()})
    return {nom: calculer_famille(chaine.lieux, nom, LE) for nom in noms}


def periodes_des_agregats(lieux: Lieux) -> list[str]:
    """Mois et trimestres d'avant le détail : leur source et leur preuve sont ailleurs.

    Voir `tests/specifications/test_historique.py`.
    """
    mois = lire_propre(lieux, "historique_mensuel").select("mois").unique().collect()["mois"]
    trimestres = {f"{m.year}-T{(m.month + 2) // 3}" for m in mois}
    return sorted({f"{m:%Y-%m}" for m in mois} | trimestres)


def ecarts(calcule: pl.DataFrame, sql: pl.DataFrame) -> pl.DataFrame:
    """Zones et périodes où les deux calculs ne disent pas la même chose."""
    haut, bas = pl.col("numerateur").fill_null(0), pl.col("denominateur").fill_null(0)
    confronte = calcule.join(sql, on=CLE, how="full", coalesce=True).with_columns(
        pl.col("haut", "bas").fill_null(0)
    )
    return confronte.filter(
        ((haut - pl.col("haut")).abs() > 1e-9 * pl.max_horizontal(1, pl.col("haut")))
        | ((bas - pl.col("bas")).abs() > 1e-9 * pl.max_horizontal(1, pl.col("bas")))
    )


@pytest.mark.parametrize("code", REQUETES)
def test_recalcul_sur_tout_le_jeu(
    chaine: Chaine, familles: dict[str, pl.DataFrame], code: str
) -> None:
    famille, requete = REQUETES[code]
    calcule = familles[famille].filter(
        pl.col("indicateur") == code,
        pl.col("maille").is_in(MAILLES),
        pl.col("ventilation") == "",
        ~pl.col("periode").is_in(periodes_des_agregats(chaine.lieux)),
    )
    assert calcule["valeur"].drop_nulls().len() > 20
    differents = ecarts(calcule, refaire(chaine.lieux, requete))
    assert differents.is_empty(), differents.select(
        *CLE, "numerateur", "haut", "denominateur", "bas", "statut"
    )
