"""Contrats et Psu du jeu d'exemple entier, refaits en SQL sur les tables propres."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs import calculer_famille
from tests.bout_en_bout.test_recalcul_sql import LE, MAILLES, VUES
from tests.conftest import Chaine

SUITE = (Path(__file__).parent / "recalcul_contrats.sql").read_text(encoding="utf-8")
CLE = ["maille", "zone", "pas", "periode", "ventilation", "modalite"]
FINS = "join periode p on p.mois = e.mois and p.fin = e.d"
_JOURS = "len(list_distinct(flatten(list(jours) filter (jours is not null))))"
_ESTIMES = "coalesce(ceil(sum(h) filter (jours is null) / 10), 0)"


def _ventiler(ventilation: str, modalite: str, mesure: str, source: str) -> str:
    """Une ventilation ne se lit qu'au trimestre ; l'ensemble, au mois aussi."""
    au_trimestre = "where pas = 'trimestre'" if ventilation else ""
    return (
        f"select {{z}} as zone, pas, periode, '{ventilation}' as ventilation, {modalite} as "
        f"modalite, {mesure} as haut, null::double as bas from {source} {au_trimestre} group by all"
    )


def _par_enfant(description: str) -> str:
    """Chaque enfant une fois par zone et période, avec ce qui le décrit."""
    return (
        f"(select e.{{z}}, p.pas, p.periode, e.enfant, {description} as c from en_cours e {FINS} "
        "group by all)"
    )


def _mouvements(jour: str, garde: str, jour_autre: str, premier: str) -> str:
    return (
        "(select l.{z}, p.pas, p.periode, s.enfant, "
        f"{premier}(tranche(s.ne, s.{jour}), s.{jour}) as c "
        f"from sejour s join lieu l on l.etablissement = s.etablissement "
        f"and l.mois = date_trunc('month', s.{jour}) join periode p on p.mois = l.mois "
        "where p.fin <= le() and l.mois >= (select min(mois) from mensuel) and not exists ("
        "select 1 from sejour o join lieu k on k.etablissement = o.etablissement "
        f"and k.mois = date_trunc('month', {jour_autre}) where o.enfant = s.enfant "
        f"and o.etablissement <> s.etablissement and k.{{z}} = l.{{z}} and {garde}) group by all)"
    )


def _cumul(haut: str, bas: str, inconnu: str) -> str:
    return (
        f"select e.{{z}} as zone, p.pas, p.periode, 'cumul' as ventilation, 'annee' as modalite, "
        f"sum({haut})::double as haut, sum({bas})::double as bas from cumul e "
        "join periode p using (mois) where p.fin = last_day(mois) and p.fin <= le() "
        f"and not ({inconnu}) group by all"
    )


def _ecart(notre: str, leur: str, grandeur: str) -> str:
    """Filoué : l'année civile entière, structures connues des deux côtés."""
    return (
        f"select l.{{z}} as zone, 'annee' as pas, f.annee::varchar as periode, 'grandeur' as "
        f"ventilation, '{grandeur}' as modalite, sum({notre} - f.leur)::double as haut, "
        f"null::double as bas from annuel n join (select etablissement, annee, {leur} as leur "
        "from usagers_filoue group by all) f on f.etablissement = n.etablissement "
        "and f.annee = n.an join lieu l on l.etablissement = n.etablissement and l.mois = "
        "(select max(mois) from mensuel m where m.etablissement = n.etablissement "
        "and year(m.mois) = n.an) where not (sans_h1 or sans_h2) group by all"
    )


def _declare(notre: str, leur: str, grandeur: str, inconnu: str) -> str:
    """Caf : la réelle, sinon la dernière actualisée ; nos mois jusqu'à sa date d'arrêté."""
    return (
        "select l.{z} as zone, 'annee' as pas, t.annee::varchar as periode, 'grandeur' as "
        f"ventilation, '{grandeur}' as modalite, sum(notre - leur)::double as haut, "
        "null::double as bas from (select d.etablissement, d.annee, d.au, "
        f"any_value(d.{leur}) as leur, {notre} as notre, max(m.mois) as dernier from ("
        "select *, coalesce(arrete_au, make_date(annee, 12, 31)) as au from declarations_caf "
        "where nature = 'reel' or (nature = 'actualise' and arrete_au is not null) "
        "qualify row_number() over (partition by etablissement, annee "
        "order by nature = 'reel' desc, au desc) = 1) d "
        "join mensuel m on m.etablissement = d.etablissement and year(m.mois) = d.annee "
        "and last_day(m.mois) <= d.au where d.au <= le() "
        "and date_trunc('month', d.au) <= (select max(mois) from mensuel) group by all "
        f"having not bool_or({inconnu})) t join lieu l on l.etablissement = t.etablissement "
        "and l.mois = t.dernier where leur is not null group by all"
    )


_VUS = (
    "(select count(distinct enfant) from (select enfant, etablissement, mois from venu "
    "union all select coalesce(i.suivi, f.enfant), etablissement, mois from factures f "
    "left join identite i using (enfant) where heures_facturees_h > 0) v "
    "where v.etablissement = d.etablissement and year(v.mois) = d.annee "
    "and last_day(v.mois) <= d.au)"
)
ENTREES = _mouvements(
    "debut", "o.debut < s.debut and o.fin + 45 >= s.debut - 1", "least(o.fin, s.debut)", "arg_min"
)
SORTIES = _mouvements(
    "fin", "o.fin > s.fin and o.debut <= s.fin + 46", "greatest(o.debut, s.fin)", "arg_max"
)
DISTINCTS = "count(distinct enfant)::double"
PARTANTS = f"partant e {FINS}"
ATTENDUS = f"attendu e {FINS}"
HAUT = "sum(case when part then h else 0 end + taux * h) / 50"
USAGERS = "count(distinct coalesce(appariement_caf, _fichier || '/' || _ligne))"
ZONE = "greatest(0, least(h2, 1.2 * h1) - 1.07 * h1)"
REQUETES = {
    "E4": (
        "contrats",
        [
            _ventiler("", "''", DISTINCTS, _par_enfant("1")),
            _ventiler("age", "c", DISTINCTS, _par_enfant("tranche(any_value(ne), any_value(e.d))")),
        ],
    ),
    "E5": (
        "contrats",
        [
            _ventiler(
                "jours",
                "case when c = 0 then 'inconnu' when c > 5 then '6 ou 7' else c::int::varchar end",
                DISTINCTS,
                _par_enfant(f"coalesce({_JOURS}, 0) + {_ESTIMES}"),
            )
        ],
    ),
    "E6": (
        "contrats",
        [
            _ventiler(
                "type_accueil",
                "['regulier', 'occasionnel', 'urgence', 'inconnu'][c]",
                DISTINCTS,
                _par_enfant(
                    "min(list_position(['regulier', 'occasionnel', 'urgence', 'inconnu'], genre))"
                ),
            )
        ],
    ),
    "E7": (
        "contrats",
        [
            _ventiler("", "''", DISTINCTS, ENTREES),
            _ventiler("age", "c", DISTINCTS, ENTREES),
        ],
    ),
    "E8": (
        "contrats",
        [
            _ventiler("", "''", DISTINCTS, SORTIES),
            _ventiler("age", "c", DISTINCTS, SORTIES),
        ],
    ),
    "E9": (
        "contrats",
        [
            _ventiler("", "''", "sum(h) filter (part) / 50", PARTANTS),
            _ventiler("age", "tranche(ne, e.d)", "sum(h) filter (part) / 50", PARTANTS),
        ],
    ),
    "E9h": (
        "contrats",
        [
            _ventiler("", "''", HAUT, ATTENDUS),
            _ventiler("age", "tranche(ne, e.d)", HAUT, ATTENDUS),
        ],
    ),
    "G1": ("psu", [_cumul(ZONE, "null", "sans_h1 or sans_h2")]),
    "G2": ("psu", [_cumul(ZONE, "h2", "sans_h1 or sans_h2")]),
    "G3": ("psu", [_cumul("h2", "h1", "sans_h1 or sans_h2")]),
    "G3f": ("psu", [_cumul("h2", "null", "sans_h2")]),
    "G3r": ("psu", [_cumul("h1", "null", "sans_h1")]),
    "G5": (
        "psu",
        [
            _declare(
                "sum(coalesce(m.h2, 0))", "heures_facturees_h", "heures_facturees", "h2_inconnu"
            ),
            _declare(
                "sum(coalesce(m.h1, 0))", "heures_realisees_h", "heures_realisees", "h1_inconnu"
            ),
            _declare(_VUS, "enfants", "enfants", "h1_inconnu and h2_inconnu"),
        ],
    ),
    "G6": (
        "psu",
        [
            _ecart("n.h2", "sum(heures_facturees_h)", "heures_facturees"),
            _ecart("n.h1", "sum(heures_realisees_h)", "heures_realisees"),
            _ecart("n.enfants", USAGERS, "enfants"),
        ],
    ),
}


def refaire(lieux: Lieux, requetes: list[str]) -> pl.DataFrame:
    """`CLE`, `haut`, `bas`, par DuckDB, aux mailles territoire et département."""
    toutes = " union all ".join(
        f"select '{maille}' as maille, * from (" + requete.format(z=maille) + ")"
        for requete in requetes
        for maille in MAILLES
    )
    with duckdb.connect() as base:
        for dossier in sorted(lieux.propre.iterdir()):
            base.execute(f"create view {dossier.name} as select * from '{dossier}/*.parquet'")
        base.execute(VUES)
        base.execute(SUITE)
        resultat = base.execute(f"select {', '.join(CLE)}, haut, bas from ({toutes})")
        schema = {**dict.fromkeys(CLE, pl.String), "haut": pl.Float64, "bas": pl.Float64}
        return pl.DataFrame(resultat.fetchall(), schema=schema, orient="row")


@pytest.fixture(scope="module")
def familles(chaine: Chaine) -> dict[str, pl.DataFrame]:
    return {nom: calculer_famille(chaine.lieux, nom, LE) for nom in ("contrats", "psu")}


def ecarts(calcule: pl.DataFrame, sql: pl.DataFrame) -> pl.DataFrame:
    """Zones, périodes et modalités où les deux calculs ne disent pas la même chose."""
    confronte = calcule.join(sql, on=CLE, how="full", coalesce=True).with_columns(
        pl.col("numerateur", "denominateur", "haut", "bas").fill_null(0)
    )
    return confronte.filter(
        pl.any_horizontal(
            (pl.col(a) - pl.col(b)).abs() > 1e-9 * pl.max_horizontal(1, pl.col(b).abs())
            for a, b in (("numerateur", "haut"), ("denominateur", "bas"))
        )
    )


@pytest.mark.parametrize("code", REQUETES)
def test_recalcul_sur_tout_le_jeu(
    chaine: Chaine, familles: dict[str, pl.DataFrame], code: str
) -> None:
    if code == "G5" and not (chaine.lieux.propre / "declarations_caf").exists():
        pytest.skip("le jeu n'a pas de déclarations")
    famille, requetes = REQUETES[code]
    calcule = familles[famille].filter(
        pl.col("indicateur") == code, pl.col("maille").is_in(MAILLES)
    )
    assert calcule.filter(pl.col("valeur") != 0).height >= 3
    differents = ecarts(calcule, refaire(chaine.lieux, requetes))
    assert differents.is_empty(), differents.select(
        *CLE, "numerateur", "haut", "denominateur", "bas", "statut"
    )
