-- La cascade refaite en SQL sur les tables propres, après les vues de `recalcul.sql` (calendrier,
-- passages, rattachement, périodes). Minutes entières ; les heures n'apparaissent qu'à la fin.
create or replace macro attente() as 60;

create or replace temp view c_vie as
select etablissement, coalesce(min(ouverture), min(valide_du)) as debut,
    coalesce(max(fermeture), case when count(*) = count(valide_au) then max(valide_au) end) as fin
from etablissements group by 1;

create or replace temp view c_date as
select m.etablissement, unnest(generate_series(
        greatest(m.mois, v.debut)::timestamp,
        least(last_day(m.mois), coalesce(v.fin, le()), le())::timestamp, interval 1 day))::date as date
from (select distinct etablissement, mois from jour) m left join c_vie v using (etablissement)
union select etablissement, date from jour;

-- Un jour agréé × une plage : durée de la plage, durée offerte, places offertes.
create or replace temp table c_plage as
select d.etablissement, d.date, a.places, a.fin_min - a.debut_min as duree,
    j.date is not null as ecrit, coalesce(j.compte, false) as compte,
    coalesce(j.ouvert, false) as ouvert, j.places_ouvertes,
    greatest(0, least(a.fin_min, coalesce(j.fin_min, a.fin_min))
        - greatest(a.debut_min, coalesce(j.debut_min, a.debut_min))) as offerte
from c_date d join agrements a on a.etablissement = d.etablissement
    and a.jour_semaine = isodow(d.date)
    and d.date between a.valide_du and coalesce(a.valide_au, date '9999-01-01')
left join jour j on j.etablissement = d.etablissement and j.date = d.date
qualify a.valide_du = max(a.valide_du) over (partition by d.etablissement, d.date);

create or replace temp table c_jour as
with cause as (
    select etablissement, date, last(cause order by _ligne) as cause from ouvertures
    where cause is not null group by all
)
select p.etablissement, p.date, any_value(ecrit) as ecrit, any_value(compte) as compte,
    any_value(ouvert) as ouvert, any_value(c.cause) as cause,
    sum(places * duree) as agree, sum(duree) as place,
    sum(case when ouvert then least(places, places_ouvertes) * offerte else 0 end) as offert,
    bool_or(ouvert and places_ouvertes is null) as non_declare
from c_plage p left join cause c on c.etablissement = p.etablissement and c.date = p.date
group by p.etablissement, p.date;

create or replace temp table c_contrat as
select c.contrat, c.etablissement, coalesce(e.appariement, c.enfant) as enfant, c.debut,
    coalesce(c.fin, date '9000-01-01') as fin, c.heures_hebdo_h as hebdo,
    c.contrat in (select contrat from plannings) as planifie,
    heures_hebdo_h is null and coalesce(type_accueil, '') not in ('occasionnel', 'urgence')
        and c.contrat not in (select contrat from plannings) as sans_heures
from contrats c
left join (select enfant, min(appariement) as appariement from enfants group by 1) e using (enfant)
where c.debut <= coalesce(c.fin, date '9000-01-01');

-- Contrats en vigueur chaque jour ouvert.
create or replace temp table c_vigueur as
select j.etablissement, j.date, c.* exclude (etablissement)
from c_jour j join c_contrat c on c.etablissement = j.etablissement
    and j.date between c.debut and c.fin
where j.ouvert;

-- Plages réunies d'un enfant : chaque minute d'une plage au-delà de ce qui est déjà couvert.
create or replace temp table c_planifie as
with p as (
    select v.etablissement, v.date, v.enfant, p.debut_min as du, p.fin_min as au,
        max(p.fin_min) over (partition by v.etablissement, v.date, v.enfant
            order by p.debut_min, p.fin_min, p.contrat
            rows between unbounded preceding and 1 preceding) as deja
    from c_vigueur v join plannings p on p.contrat = v.contrat
        and p.jour_semaine = isodow(v.date) and p.debut_min < p.fin_min
)
select etablissement, date, enfant, sum(greatest(0, au - greatest(du, coalesce(deja, 0)))) as prevu
from p group by all;

create or replace temp table c_agrees as
select j.etablissement, j.date, count(distinct a.jour_semaine) as jours
from c_jour j join agrements a on a.etablissement = j.etablissement
    and j.date between a.valide_du and coalesce(a.valide_au, date '9999-01-01')
group by all;

create or replace temp table c_enfant as
with reparti as (
    select v.etablissement, v.date, enfant, sum(hebdo * 60 / a.jours) as prevu
    from c_vigueur v join c_agrees a on a.etablissement = v.etablissement and a.date = v.date
    where not planifie and hebdo is not null group by all
), sous as (
    select etablissement, date, enfant, bool_or(planifie or hebdo is not null) as tient
    from c_vigueur group by all
), vu as (
    select p.etablissement, p.date, p.enfant, coalesce(sum(duree), 0) as realise,
        bool_or(duree is null) as inconnue, bool_or(duree is null or duree > 0) as present
    from passage p group by all
), dit as (
    select p.etablissement, p.date, coalesce(e.appariement, p.enfant) as enfant,
        sum(reserve_min) as reserve, min(motif_absence) as motif
    from pointages p left join
        (select enfant, min(appariement) as appariement from enfants group by 1) e using (enfant)
    where p.date <= le() group by all
), tous as (
    select etablissement, date, enfant from c_planifie union
    select etablissement, date, enfant from reparti union
    select etablissement, date, enfant from vu
), situe as (
    select t.*, coalesce(j.ouvert, false) as ouvert, s.enfant is not null
        or exists (select 1 from c_contrat c where c.etablissement = t.etablissement
            and c.enfant = t.enfant and t.date between c.debut and c.fin) as sous_contrat,
        coalesce(s.tient, false) as tient, coalesce(v.realise, 0) as r,
        coalesce(v.inconnue, false) as inconnue, coalesce(v.present, false) as present, d.motif,
        case when coalesce(j.ouvert, false) then coalesce(p.prevu,
            case when s.enfant is not null then d.reserve end, h.prevu, 0) else 0 end as c
    from tous t
    left join c_jour j on j.etablissement = t.etablissement and j.date = t.date
    left join sous s on s.etablissement = t.etablissement and s.date = t.date
        and s.enfant = t.enfant
    left join c_planifie p on p.etablissement = t.etablissement and p.date = t.date
        and p.enfant = t.enfant
    left join reparti h on h.etablissement = t.etablissement and h.date = t.date
        and h.enfant = t.enfant
    left join vu v on v.etablissement = t.etablissement and v.date = t.date
        and v.enfant = t.enfant
    left join dit d on d.etablissement = t.etablissement and d.date = t.date
        and d.enfant = t.enfant
)
select *, date_trunc('month', date)::date as mois, case
    when r = c then null
    when not ouvert then 'jour_ferme'
    when c > 0 and not present then 'absence'
    when c > r and inconnue then 'duree_inconnue'
    when c > r then 'presence_ecourtee'
    when c > 0 then 'depassement'
    when sous_contrat then 'hors_planning'
    else 'sans_contrat' end as ligne
from situe;

-- Acceptations : une place promise jusqu'au contrat, ou jusqu'à l'échéance.
create or replace temp table c_promesse as
with a as (
    select demande, etablissement, coalesce(appariement, demande) as enfant,
        greatest(entree_souhaitee, date_decision) as debut, date_decision,
        lead(date_decision) over (partition by coalesce(appariement, demande)
            order by date_decision, demande) as suivante
    from demandes
    where decision = 'acceptee' and date_decision <= le() and depot <= le()
        and etablissement is not null
)
select j.etablissement, j.date, count(*) as promises
from c_jour j join a on a.etablissement = j.etablissement and j.date >= a.debut
    and j.date < a.debut + attente() and (a.suivante is null or j.date < a.suivante)
where j.ouvert and not exists (select 1 from c_contrat c where c.etablissement = a.etablissement
    and c.enfant = a.enfant and c.fin >= a.debut and c.debut <= j.date)
group by all;

create or replace temp table c_titulaire as
select j.etablissement, j.date, coalesce(n, 0) + coalesce(o, 0) + coalesce(promises, 0) as n
from c_jour j
left join (select etablissement, date, count(distinct enfant) as n from c_vigueur
    where planifie or hebdo is not null group by all) v
    on v.etablissement = j.etablissement and v.date = j.date
left join (select etablissement, date, count(*) as o from c_enfant
    where c > 0 and not tient group by all) e
    on e.etablissement = j.etablissement and e.date = j.date
left join c_promesse p on p.etablissement = j.etablissement and p.date = j.date
where j.ouvert;

create or replace temp table c_ouvert as
with a as (
    select p.etablissement, p.date, sum(least(places, places_ouvertes, t.n) * offerte) as attribue
    from c_plage p join c_titulaire t on t.etablissement = p.etablissement and t.date = p.date
    group by all
), c as (select etablissement, date, sum(c) as contrat from c_enfant group by all)
select j.etablissement, date_trunc('month', j.date)::date as mois, j.offert as o, a.attribue as a,
    coalesce(c.contrat, 0) as c
from c_jour j join a on a.etablissement = j.etablissement and a.date = j.date
left join c on c.etablissement = j.etablissement and c.date = j.date;

create or replace temp table c_ligne as
with j as (select *, date_trunc('month', date)::date as mois from c_jour)
select etablissement, mois, 'K1' as indicateur, 'agree' as ligne, agree as minutes from j
union all select etablissement, mois, 'K1', 'calendrier_absent', -agree from j where not ecrit
union all select etablissement, mois, 'K1',
    case when cause in ('annuelle', 'ferie', 'pont', 'pedagogique') then cause
        else 'prevu_sans_cause' end, -agree from j where ecrit and not compte
union all select etablissement, mois, 'K1', 'prevu', agree from j where compte
union all select etablissement, mois, 'K1', 'ouverture_hors_calendrier', offert from j
    where ouvert and not compte
union all select etablissement, mois, 'K1',
    case when cause in ('personnel', 'travaux', 'autre') then cause
        else 'subie_sans_cause' end, offert - agree from j where compte
union all select etablissement, mois, 'K1', 'ouvert', offert from j where ouvert
union all select etablissement, mois, 'K2', 'non_attribue', a - o from c_ouvert
union all select etablissement, mois, 'K2', 'attribue', a from c_ouvert
union all select etablissement, mois, 'K2', 'temps_partiel', least(0, c - a) from c_ouvert
union all select etablissement, mois, 'K2', 'surcontractualisation', greatest(0, c - a)
    from c_ouvert
union all select etablissement, mois, 'K2', 'contractualise', c from c_ouvert
union all select etablissement, mois, 'K2', ligne, r - c from c_enfant where ligne is not null
union all select etablissement, mois, 'K2', 'present', r from c_enfant
union all select etablissement, mois, 'K3', coalesce(motif, 'non_precise'), c - r from c_enfant
    where ligne = 'absence'
union all select etablissement, mois, 'K3', '', c - r from c_enfant where ligne = 'absence';

-- Ce qu'on sait de chaque mois, et de toute la période pour un établissement.
create or replace temp table c_etat as
with cadre as (
    select etablissement, mois from activite union select etablissement, mois from jour
    union select etablissement, mois from passage
)
select c.etablissement, c.mois, m.sans_calendrier or coalesce(s.sans_acte, false)
        or coalesce(n.non_declare, false) as k1_inconnu,
    k1_inconnu or m.h1_inconnu or (coalesce(m.attendus, 0) > 0
        and c.etablissement not in (select etablissement from c_contrat)) as k2_inconnu
from cadre c join mensuel m on m.etablissement = c.etablissement and m.mois = c.mois
left join (select etablissement, mois, bool_or(compte and sans_acte) as sans_acte
    from capacite group by all) s on s.etablissement = c.etablissement and s.mois = c.mois
left join (select etablissement, date_trunc('month', date)::date as mois,
    bool_or(non_declare) as non_declare from c_jour group by all) n
    on n.etablissement = c.etablissement and n.mois = c.mois;

create or replace temp table c_zone as
with p as (
    select e.*, p.pas, p.periode, l.departement,
        bool_or(k1_inconnu) over w as sans_k1, bool_or(k2_inconnu) over w as sans_k2
    from c_etat e join periode p using (mois) left join lieu l using (etablissement, mois)
    where p.fin <= le()
    window w as (partition by p.pas, p.periode, e.etablissement)
)
select 'etablissement' as maille, etablissement as zone, * from p
union all select 'departement', departement, * from p;

-- Le résultat : heures de chaque ligne, pour les seuls établissements connus.
create or replace temp view cascade as
select l.indicateur, z.maille, z.zone, z.pas, z.periode, l.ligne, sum(l.minutes) / 60.0 as heures
from c_zone z join c_ligne l on l.etablissement = z.etablissement and l.mois = z.mois
where case when l.indicateur = 'K1' then not sans_k1 else not sans_k2 end
group by all;
