-- Les indicateurs refaits en SQL sur les tables propres, sans rien lire du programme.
-- Résultat : indicateur, maille, zone, pas, periode, haut, bas (bas vide s'il n'y en a pas).
create or replace macro le() as date '2026-09-30';

create or replace temp view jour as
with o as (
    select * from ouvertures where date <= le()
    qualify row_number() over (partition by etablissement, date order by _ligne desc) = 1
)
select etablissement, date, date_trunc('month', date)::date as mois, ouvert, places_ouvertes,
    debut_min, fin_min,
    prevu and not (not ouvert and coalesce(cause, '') in ('annuelle', 'ferie', 'pedagogique', 'pont'))
        as compte
from o;

create or replace temp view plage as
select j.etablissement, j.date, a.debut_min as du, a.fin_min as au, a.places
from jour j join agrements a on a.etablissement = j.etablissement
    and a.jour_semaine = isodow(j.date)
    and j.date between a.valide_du and coalesce(a.valide_au, date '9999-01-01')
qualify a.valide_du = max(a.valide_du) over (partition by j.etablissement, j.date);

create or replace temp view capacite as
select j.etablissement, j.mois, j.date, j.compte, j.ouvert, count(p.places) = 0 as sans_acte,
    max(p.places) as capacite, sum(p.places * (p.au - p.du)) / 60.0 as agrees,
    case when not j.ouvert then 0 when j.places_ouvertes is null then null
        else least(j.places_ouvertes, max(p.places)) end as ouvertes,
    case when not j.ouvert then 0 when j.places_ouvertes is null then null else
        sum(least(p.places, j.places_ouvertes) * greatest(0, least(p.au, coalesce(j.fin_min, p.au))
            - greatest(p.du, coalesce(j.debut_min, p.du)))) / 60.0 end as offertes
from jour j left join plage p using (etablissement, date)
group by j.etablissement, j.mois, j.date, j.compte, j.ouvert, j.places_ouvertes;

create or replace temp view passage as
select p.etablissement, p.date, date_trunc('month', p.date)::date as mois,
    coalesce(e.appariement, p.enfant) as enfant,
    coalesce(p.realise_min, p.depart_min - p.arrivee_min,
        case when p.motif_absence is not null then 0 end) as duree
from pointages p
left join (select enfant, min(appariement) as appariement from enfants group by 1) e using (enfant)
where p.date <= le();

create or replace temp view activite as
with bornes as (
    select min(m) as du from (select min(date) as m from ouvertures union all
        select min(date) from pointages union all select min(mois) from factures)
), vie as (
    select etablissement, coalesce(min(ouverture), min(valide_du)) as debut, max(fermeture) as fin
    from etablissements group by 1
)
select etablissement, unnest(generate_series(
    date_trunc('month', greatest(debut, du)), least(coalesce(fin, le()), le())::timestamp,
    interval 1 month))::date as mois
from vie, bornes;

create or replace temp view mensuel as
with cap as (
    select etablissement, mois,
        sum(compte::int) as jours, sum((compte and ouvert)::int) as attendus,
        bool_or((compte or ouvert) and sans_acte) as sans_acte,
        bool_or(compte and ouvertes is null) as non_declare,
        sum(case when compte then agrees end) as h0, sum(case when ouvert then agrees end) as h0c,
        sum(case when compte then capacite end) as capacite,
        sum(case when compte then ouvertes end) as ouvertes,
        sum(case when compte then offertes end) as offertes
    from capacite group by all
), venue as (
    select p.etablissement, p.mois, sum(duree) / 60.0 as h1,
        sum(case when c.compte and c.ouvert then duree end) / 60.0 as h1o,
        count(*) filter (duree is null or duree > 0) as presents,
        count(*) filter (duree is null) as manquants
    from passage p left join capacite c using (etablissement, date) group by 1, 2
), recu as (
    select c.etablissement, c.mois, count(*) as recus from capacite c
    where c.compte and c.ouvert and exists (select 1 from passage p
        where p.etablissement = c.etablissement and p.date = c.date) group by 1, 2
), fact as (
    select etablissement, mois, sum(heures_facturees_h) as h2 from factures
    where mois <= le() group by 1, 2
), cadre as (
    select etablissement, mois from activite union select etablissement, mois from cap
    union select etablissement, mois from venue union select etablissement, mois from fact
)
select c.etablissement, c.mois, a.mois is not null and cap.mois is null as sans_calendrier,
    cap.* exclude (etablissement, mois), v.* exclude (etablissement, mois),
    coalesce(r.recus, 0) as recus, f.h2,
    case when v.mois is null then coalesce(cap.attendus, 1) > 0 when v.presents = 0 then false
        else v.manquants > 0.1 * v.presents end as h1_inconnu,
    f.mois is null and coalesce(cap.attendus, 1) > 0 as h2_inconnu
from cadre c left join activite a using (etablissement, mois)
    left join cap using (etablissement, mois) left join venue v using (etablissement, mois)
    left join recu r using (etablissement, mois) left join fact f using (etablissement, mois);

create or replace temp view calendrier as
select unnest(generate_series(
    date_trunc('month', least((select min(mois) from mensuel), (select min(depot) from demandes))),
    le()::timestamp, interval 1 month))::date as mois;

create or replace temp view lieu as
select m.etablissement, m.mois, coalesce(t.territoire, 'hors_territoire') as territoire,
    left(e.commune, 2) as departement
from (select distinct e.etablissement, c.mois from etablissements e, calendrier c) m
left join lateral (
    select territoire from territoires t where t.etablissement = m.etablissement
        and t.valide_du <= last_day(m.mois) and coalesce(t.valide_au, date '9999-01-01') >= m.mois
    order by t.valide_du <= m.mois desc,
        case when t.valide_du <= m.mois then -epoch(t.valide_du) else epoch(t.valide_du) end limit 1
) t on true
left join (select etablissement, min(commune) as commune from etablissements group by 1) e
    on e.etablissement = m.etablissement;

create or replace temp view periode as
select mois, 'mois' as pas, strftime(mois, '%Y-%m') as periode, last_day(mois) as fin
from calendrier
union all
select mois, 'trimestre', year(mois) || '-T' || quarter(mois),
    last_day((date_trunc('quarter', mois) + interval 2 month)::date)
from calendrier;

create or replace temp view part as
select p.pas, p.periode, m.*, l.territoire, l.departement,
    bool_or(sans_calendrier or coalesce(sans_acte, false)) over e as cap_inconnue,
    bool_or(sans_calendrier or coalesce(sans_acte or non_declare, false)) over e as ouv_inconnue,
    bool_or(sans_calendrier) over e as cal_inconnu,
    bool_or(h1_inconnu) over e as sans_h1, bool_or(h2_inconnu) over e as sans_h2,
    sum(jours) over e as jours_e
from mensuel m join periode p using (mois) join lieu l using (etablissement, mois)
where p.fin <= le()
window e as (partition by p.pas, p.periode, m.etablissement);

create or replace temp view zone_part as
select 'territoire' as maille, territoire as zone, * from part
union all select 'departement', departement, * from part;

create or replace temp view accueilli as
select pas, periode, etablissement, enfant from passage join periode using (mois)
where duree > 0 and fin <= le() group by all having sum(duree) >= 60;

create or replace temp view venu as
select distinct etablissement, mois, enfant from passage where duree is null or duree > 0;

create or replace temp view contrat as
select c.etablissement, m.mois, coalesce(e.appariement, c.enfant) as enfant, heures_hebdo_h as h
from contrats c join (select distinct mois from mensuel) m
    on c.debut <= last_day(m.mois) and coalesce(c.fin, date '9999-01-01') >= last_day(m.mois)
left join (select enfant, min(appariement) as appariement from enfants group by 1) e using (enfant)
where heures_hebdo_h is not null and c.debut <= le();

create or replace temp view demande as
select *, coalesce(appariement, demande) as famille_enfant
from demandes where depot <= le();

create or replace temp view situee as
select d.*, p.pas, p.periode, p.mois, p.fin, coalesce(l.territoire, 'hors_territoire') as territoire,
    coalesce(l.departement, (select min(departement) from lieu)) as departement
from demande d cross join periode p
left join lieu l on l.etablissement = d.etablissement and l.mois = p.mois
where p.fin <= le();
