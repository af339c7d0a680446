"""Alertes, états et profil du jeu d'exemple, refaits en SQL par établissement."""

from collections.abc import Callable

import duckdb
import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.controles.surnombre import surnombre
from rtpe_analyse.indicateurs import calculer_famille
from rtpe_analyse.propres import lire_admis
from tests.bout_en_bout.test_recalcul_sql import LE
from tests.conftest import Chaine

# L'acte le plus récent en vigueur, jour de semaine par jour de semaine.
VUES = """
create view suivi as select enfant, coalesce(min(appariement), enfant) qui from enfants group by 1;
create view jour as select distinct on (etablissement, date) *, prevu and (ouvert or
    coalesce(cause, '') not in ('annuelle', 'ferie', 'pedagogique', 'pont')) compte
    from ouvertures where date <= date '{le}' order by _ligne desc;
create view plage as select j.etablissement, j.date, a.debut_min d, a.fin_min f, a.places
    from jour j join agrements a on a.etablissement = j.etablissement
    and a.jour_semaine = isodow(j.date) and j.date between a.valide_du
    and coalesce(a.valide_au, j.date) qualify a.valide_du = max(a.valide_du)
    over (partition by j.etablissement, j.date);
create view venu as select p.*, coalesce(s.qui, p.enfant) qui, coalesce(p.realise_min,
    p.depart_min - p.arrivee_min, case when p.motif_absence is not null then 0 end) duree
    from pointages p left join suivi s using (enfant) where p.date <= date '{le}';
"""
# Les minutes où quelqu'un arrive suffisent : le nombre de présents n'y monte qu'alors.
A1 = """
with instants as (select distinct etablissement, date, arrivee_min m from venu
    where arrivee_min < depart_min union select etablissement, date, d from plage),
dedans as (select i.etablissement, i.date, i.m, count(distinct v.qui) n from instants i
    join venu v on v.etablissement = i.etablissement and v.date = i.date
    and v.arrivee_min <= i.m and i.m < v.depart_min group by all)
select e.etablissement zone, strftime(e.date, '%Y-%m') periode, count(distinct e.date) n
from dedans e join plage p on p.etablissement = e.etablissement and p.date = e.date
    and p.d <= e.m and e.m < p.f where e.n > ceil(p.places * 1.15 - 1e-9) group by all
"""
A2 = """
with venues as (select etablissement, date_trunc('week', date) s, sum(duree) h
    from venu group by all),
offertes as (select p.etablissement, date_trunc('week', p.date) s, sum(places * greatest(0,
    least(f, coalesce(j.fin_min, f)) - greatest(d, coalesce(j.debut_min, d)))) h
    from plage p join jour j using (etablissement, date) where j.ouvert group by all)
select etablissement zone, strftime(s, '%Y-%m') periode, count(*) n from venues v
join offertes o using (etablissement, s) where {condition}
    and s + interval 6 day <= date '{le}' group by all
"""
# Le planning de cinq minutes en cinq minutes : les plages d'un même enfant se réunissent.
O3 = """
with pas as (select distinct j.etablissement, j.date, coalesce(s.qui, k.enfant) qui, m
    from jour j join contrats k on k.etablissement = j.etablissement
    and j.date between k.debut and coalesce(k.fin, j.date) left join suivi s using (enfant)
    join plannings p on p.contrat = k.contrat and p.jour_semaine = isodow(j.date),
    range(0, 1440, 5) t(m) where j.compte and p.debut_min <= m and m < p.fin_min),
semaine as (select j.etablissement, j.date, sum(k.heures_hebdo_h) / 5 h from jour j
    join contrats k on k.etablissement = j.etablissement
    and j.date between k.debut and coalesce(k.fin, j.date)
    where j.compte and k.contrat not in (select contrat from plannings) group by all)
select zone, periode, sum(h) n from (
    select etablissement zone, strftime(date, '%Y-%m') periode, count(*) / 12.0 h from pas
    group by all union all select etablissement, strftime(date, '%Y-%m'), sum(h) from semaine
    where h is not null group by all) group by all
"""
F1 = """
select etablissement zone, year(date) || '-T' || quarter(date) periode,
    isodow(date) || '-09:15' modalite, sum(greatest(0, least(depart_min, 570)
    - greatest(arrivee_min, 555))) / 60.0 n from venu where arrivee_min < depart_min group by all
"""

Requete = Callable[[str], pl.DataFrame]


@pytest.fixture(scope="module")
def lieux(chaine: Chaine) -> Lieux:
    return chaine.lieux


@pytest.fixture(scope="module")
def requete(lieux: Lieux) -> Requete:
    base = duckdb.connect()
    for dossier in lieux.propre.iterdir():
        base.execute(f"create view {dossier.name} as select * from '{dossier}/*.parquet'")
    base.execute(VUES.format(le=LE))
    return lambda sql: base.sql(sql.replace("{le}", str(LE))).pl()


def _comparer(
    table: pl.DataFrame, code: str, attendus: pl.DataFrame, pas: str = "mois"
) -> pl.DataFrame:
    cle = ["zone", "periode", *(["modalite"] if "modalite" in attendus.columns else [])]
    lignes = table.filter(
        pl.col("indicateur") == code,
        pl.col("maille") == "etablissement",
        pl.col("pas") == pas,
        pl.col("numerateur").is_not_null(),
        pl.col("ventilation").is_in(["", "jour_heure"]),
    )
    if "modalite" in attendus.columns:
        lignes = lignes.filter(pl.col("modalite").is_in(attendus["modalite"].unique().to_list()))
    ensemble = lignes.join(attendus, on=cle, how="left").with_columns(
        pl.col("n").cast(pl.Float64).fill_null(0)
    )
    assert len(ensemble) >= 30
    assert ensemble["n"].sum() > 0
    ecarts = ensemble.filter((pl.col("numerateur") - pl.col("n")).abs() > 1e-6)
    assert ecarts.is_empty(), ecarts
    return ensemble


def test_les_jours_de_surnombre(lieux: Lieux, requete: Requete) -> None:
    _comparer(calculer_famille(lieux, "alertes", LE), "A1", requete(A1))


def test_le_constat_et_l_indicateur_disent_les_memes_jours(lieux: Lieux) -> None:
    constats = surnombre(
        lire_admis(lieux, "pointages").filter(pl.col("date") <= LE).collect(),
        lire_admis(lieux, "agrements").collect(),
    )
    table = calculer_famille(lieux, "alertes", LE)
    connus = table.filter(
        pl.col("indicateur") == "A1", pl.col("pas") == "mois", pl.col("ventilation") == "date"
    )
    dits = set(connus.select("zone", "modalite").iter_rows())
    constates = set(constats.select("etablissement", pl.col("date").cast(pl.String)).iter_rows())
    assert dits and dits == constates


@pytest.mark.parametrize(
    ("code", "condition"),
    [("A2", "v.h > o.h"), ("A2o", "v.h * 100 > o.h * 95 and v.h <= o.h")],
)
def test_les_semaines(lieux: Lieux, requete: Requete, code: str, condition: str) -> None:
    attendus = requete(A2.replace("{condition}", condition))
    table = calculer_famille(lieux, "alertes", LE)
    if attendus.is_empty():
        lignes = table.filter(pl.col("indicateur") == code, pl.col("numerateur") > 0)
        assert lignes.is_empty()
    else:
        _comparer(table, code, attendus)


def test_les_heures_confirmees(lieux: Lieux, requete: Requete) -> None:
    table = calculer_famille(lieux, "etats", LE).filter(pl.col("periode") <= str(LE)[:7])
    _comparer(table, "O3", requete(O3))


def test_le_profil_a_neuf_heures_et_quart(lieux: Lieux, requete: Requete) -> None:
    _comparer(calculer_famille(lieux, "profil", LE), "F1", requete(F1), "trimestre")
