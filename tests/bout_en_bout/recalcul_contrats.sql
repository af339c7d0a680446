-- Contrats et Psu refaits en SQL, à la suite de recalcul.sql (dont il lit jour, mensuel, lieu,
-- periode). Bornes et conventions écrites en clair : 107 et 120 %, 45 jours d'interruption,
-- rentrée en septembre, école l'année des trois ans, été de 62 jours, temps plein de 50 h.
create or replace temp view identite as
select enfant, coalesce(min(appariement), enfant) as suivi from enfants group by enfant;

create or replace temp view naissance as
select i.suivi, min(e.mois_naissance) as ne from enfants e join identite i using (enfant) group by 1;

create or replace temp view accord as
select c.etablissement, coalesce(i.suivi, c.enfant) as enfant, c.debut,
    coalesce(c.fin, date '9000-01-01') as fin, coalesce(c.type_accueil, 'inconnu') as genre, n.ne,
    p.jours, coalesce(c.heures_hebdo_h, p.heures) as h
from contrats c left join identite i using (enfant)
left join naissance n on n.suivi = coalesce(i.suivi, c.enfant)
left join (
    select contrat, list(distinct jour_semaine) as jours, sum(fin_min - debut_min) / 60.0 as heures
    from plannings where fin_min > debut_min group by 1
) p using (contrat)
where coalesce(c.fin, date '9000-01-01') >= c.debut;

create or replace macro tranche(ne, jour) as case
    when ne is null or jour is null then 'inconnu'
    when date_diff('month', ne, jour) < 12 then '0 an'
    when date_diff('month', ne, jour) < 24 then '1 an'
    when date_diff('month', ne, jour) < 36 then '2 ans' else '3 ans et plus' end;

create or replace temp view fin_de_mois as
select *, last_day(mois) as d from lieu
where mois >= (select min(mois) from mensuel) and last_day(mois) <= le();

create or replace temp view en_cours as
select a.*, f.mois, f.d, f.territoire, f.departement from accord a
join fin_de_mois f on f.etablissement = a.etablissement and a.debut <= f.d and a.fin >= f.d;

create or replace temp view sejour as
with suites as (
    select *, max(fin) over (partition by etablissement, enfant order by debut, fin
        rows between unbounded preceding and 1 preceding) as avant from accord
), numerotes as (
    select *, sum((avant is null or debut > avant + 46)::int) over (
        partition by etablissement, enfant order by debut, fin) as rang from suites
)
select etablissement, enfant, rang, min(debut) as debut, max(fin) as fin, any_value(ne) as ne
from numerotes group by all;

create or replace temp view partant as
with tenus as (
    select etablissement, enfant, mois, d, territoire, departement, any_value(ne) as ne,
        sum(h) as h, make_date(year(d) + (month(d) >= 9)::int, 9, 1) as s
    from en_cours where h is not null group by all
), sus as (
    select t.*, j.fin, year(t.ne) <= year(t.s) - 3 and not exists (
        select 1 from accord n where n.etablissement = t.etablissement and n.enfant = t.enfant
        and n.debut > t.d and n.debut <= t.s + 45 and n.fin >= t.s) as ecole
    from tenus t join sejour j on j.etablissement = t.etablissement and j.enfant = t.enfant
        and j.debut <= t.d and j.fin >= t.d
)
select *, coalesce(ecole, false) or fin < s - 62 as part from sus;

-- Le jeu ne connaît qu'une rentrée passée : le taux de départs vient d'un an plus tôt.
create or replace temp view depart as
select last_day(d + interval 1 year) as d, tranche(ne, d) as age, sum(h) as h,
    coalesce(sum(h) filter (fin < s and not coalesce(ecole, false)), 0) as partis
from partant where s <= le() group by all;

create or replace temp view attendu as
select p.*, coalesce(
    (select partis / h from depart x where x.d = p.d and x.age = tranche(p.ne, p.d)),
    (select sum(partis) / sum(h) from depart x where x.d = p.d)) as taux
from partant p where p.d in (select d from depart);

create or replace temp view cumul as
with bornes as (
    select etablissement, year(mois) as an, min(mois) as du, max(mois) as au from mensuel group by all
), limite as (select max(mois) as fin from mensuel), dense as (
    select b.etablissement, b.an, m.mois, least(m.mois, b.au) as ou
    from bornes b, limite l, calendrier m
    where m.mois between b.du and least(make_date(b.an, 12, 1), l.fin)
)
select d.etablissement, d.mois, l.territoire, l.departement,
    sum(coalesce(m.h1, 0)) as h1, sum(coalesce(m.h2, 0)) as h2,
    bool_or(m.h1_inconnu) as sans_h1, bool_or(m.h2_inconnu) as sans_h2
from dense d join mensuel m on m.etablissement = d.etablissement and year(m.mois) = d.an
    and m.mois <= d.mois
join lieu l on l.etablissement = d.etablissement and l.mois = d.ou
group by all;

create or replace temp view annuel as
with notre as (
    select etablissement, year(mois) as an, sum(coalesce(h2, 0)) as h2, sum(coalesce(h1, 0)) as h1,
        bool_or(h1_inconnu) as sans_h1, bool_or(h2_inconnu) as sans_h2
    from mensuel group by all
), vus as (
    select distinct etablissement, year(mois) as an, enfant from venu
    union select etablissement, year(mois), coalesce(i.suivi, f.enfant) from factures f
    left join identite i using (enfant) where heures_facturees_h > 0 and mois <= le()
)
select n.*, (select count(distinct enfant) from vus v
    where v.etablissement = n.etablissement and v.an = n.an) as enfants
from notre n;
