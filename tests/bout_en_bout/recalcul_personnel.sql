-- L'encadrement refait en SQL, par établissement et jour, sans sommes cumulées : on compte les
-- enfants à chaque arrivée et à chaque début de quart. Règles écrites en clair : 1 pour 5 et 1
-- pour 8, ou 1 pour 6 ; jamais moins de 2 ; 3 enfants au plus pour un seul en micro-crèche.
create or replace temp view identite_agents as
select enfant, min(appariement) as appariement from enfants group by enfant;

create or replace temp table jour_ouvert as
select etablissement, date, arg_max(debut_min, _ligne) as ouvre, arg_max(fin_min, _ligne) as ferme
from ouvertures
where prevu and ouvert
group by all;

create or replace temp table transmis as
select etablissement, date, quart, sum(agents) filter (qualification = 'diplome') as diplomes,
    sum(agents) filter (qualification in ('diplome', 'autre_qualifie')) as encadrants
from presences_agents where date <= le() group by all;

create or replace temp table suivi_jour as
select j.*, (select e.mode_encadrement from etablissements e
        where e.etablissement = j.etablissement and j.date >= e.valide_du
        and (e.valide_au is null or j.date <= e.valide_au) order by e.valide_du desc limit 1) as mode,
    (select max(a.places) from agrements a where a.etablissement = j.etablissement
        and a.jour_semaine = isodow(j.date) and j.date >= a.valide_du
        and (a.valide_au is null or j.date <= a.valide_au)) <= 12 as micro
from jour_ouvert j
where exists (select 1 from transmis t where t.etablissement = j.etablissement and t.date = j.date)
and exists (select 1 from pointages p where p.etablissement = j.etablissement and p.date = j.date);

create or replace temp table venue as
select p.etablissement, p.date, coalesce(i.appariement, p.enfant) as suivi, p.arrivee_min as du,
    p.depart_min as au, (select s.part_marcheurs_pct from sections s
        where s.etablissement = p.etablissement and s.section = p.section and p.date >= s.valide_du
        and (s.valide_au is null or p.date <= s.valide_au)
        order by s.valide_du desc limit 1) as part
from pointages p left join identite_agents i using (enfant)
semi join suivi_jour j on j.etablissement = p.etablissement and j.date = p.date
where p.arrivee_min < p.depart_min;

create or replace temp table exigence as
with instant as (
    select etablissement, date, du as t from venue
    union select etablissement, date, 15 * q.q from suivi_jour, range(96) q(q)
), par_enfant as (
    select i.etablissement, i.date, i.t, v.suivi, arg_min(v.part, v.du * 2000 + v.au) as part,
        bool_and(v.part is not null) as dit
    from instant i join venue v on v.etablissement = i.etablissement and v.date = i.date
    and v.du <= i.t and i.t < v.au group by all
), compte as (
    select etablissement, date, t, count(*) as n, bool_and(dit) as dit,
        sum(round(part * 100)::bigint) // 10000 as m from par_enfant group by all
)
select c.etablissement, c.date, c.t // 15 as quart,
    max(case when j.micro and n <= 3 then 0 else 2 end) as minimum,
    max(case when j.mode = '6' then greatest(ceil(n / 6.0), case when j.micro and n <= 3 then 0 else 2 end)
        when j.mode = '5_8' and dit then greatest(ceil(((n - m) * 8 + m * 5) / 40.0),
            case when j.micro and n <= 3 then 0 else 2 end) end) as requis,
    bool_or(j.mode is null or (j.mode = '5_8' and not dit)) as inconnu
from compte c join suivi_jour j on j.etablissement = c.etablissement and j.date = c.date
group by all;

create or replace temp table quart_ouvert as
select distinct j.etablissement, j.date, q.q as quart
from suivi_jour j join agrements a on a.etablissement = j.etablissement
    and a.jour_semaine = isodow(j.date) and j.date >= a.valide_du
    and (a.valide_au is null or j.date <= a.valide_au)
    and a.valide_du = (select max(b.valide_du) from agrements b where b.etablissement = j.etablissement
        and b.jour_semaine = isodow(j.date) and j.date >= b.valide_du
        and (b.valide_au is null or j.date <= b.valide_au)),
    range(96) q(q)
where least(a.fin_min, coalesce(j.ferme, 1440), 15 * q.q + 15)
    > greatest(a.debut_min, coalesce(j.ouvre, 0), 15 * q.q);

create or replace temp view r1_r2 as
select etablissement, date, count(*) as quarts,
    sum((coalesce(t.encadrants, 0) < coalesce(x.requis, 0))::int) as sous_taux,
    sum((coalesce(t.encadrants, 0) < coalesce(x.minimum, 0))::int) as sous_minimum
from quart_ouvert left join exigence x using (etablissement, date, quart)
left join transmis t using (etablissement, date, quart)
group by all having not coalesce(bool_or(x.inconnu), false);

create or replace temp view r3 as
select etablissement, date, sum(coalesce(diplomes, 0)) as diplomes,
    sum(coalesce(encadrants, 0)) as encadrants from transmis group by all;

-- R4 et R4p : ce que l'agrément prévoit moins ce qui est ouvert, cause « personnel ».
create or replace temp view r4 as
with plage as (
    select o.etablissement, o.date, o.ouvert, o.places_ouvertes, a.places,
        a.fin_min - a.debut_min as duree, greatest(0, least(a.fin_min, coalesce(o.fin_min, 1440))
            - greatest(a.debut_min, coalesce(o.debut_min, 0))) as offerte
    from ouvertures o join agrements a on a.etablissement = o.etablissement
        and a.jour_semaine = isodow(o.date) and o.date >= a.valide_du
        and (a.valide_au is null or o.date <= a.valide_au)
        and a.valide_du = (select max(b.valide_du) from agrements b
            where b.etablissement = o.etablissement and b.jour_semaine = isodow(o.date)
            and o.date >= b.valide_du and (b.valide_au is null or o.date <= b.valide_au))
    where o.prevu and o.cause = 'personnel' and o.date <= le()
)
select etablissement, date, sum(duree - case when ouvert then offerte else 0 end) / 60.0 as heures,
    sum(places * duree - case when ouvert then least(places, places_ouvertes) * offerte else 0 end)
        / 60.0 as places
from plage group by all;
