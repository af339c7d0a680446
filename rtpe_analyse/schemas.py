"""Les tables propres : grain, colonnes, types, unités. Seul endroit où elles se déclarent.

Conventions des noms de colonnes : `_min` minutes (depuis minuit pour un instant de la
journée), `_h` heures, `_eur` euros, `_pct` pour cent, `mois` premier jour du mois. Toute
table propre porte en plus `_fichier` (empreinte courte du brut) et `_ligne` (sa ligne).
"""

from rtpe_analyse.schema_modele import TYPES_POLARS, Colonne, Table, TypeColonne
from rtpe_analyse.schemas_publics import TABLES_PUBLIQUES

__all__ = ["PROVENANCE", "TABLES", "TYPES_POLARS", "Colonne", "Table", "TypeColonne"]


# Ce qu'une personne écrit à la main dans un registre : ni courriel, ni numéro de téléphone.
_CODE = r"[0-9]{0,9}(?:[A-Za-z_.-]+[0-9]{0,9}){0,3}"
_LIBELLE = r"[^@0-9]*(?:[0-9]{1,5}[^@0-9]+){0,2}[0-9]{0,5}[^@0-9]*"
_IRIS = r"[0-9][0-9AB][0-9]{7}"
_COMMUNE_OU_IRIS = r"[0-9][0-9AB][0-9]{3}(?:[0-9]{4})?"


def _texte(
    description: str,
    *,
    obligatoire: bool = False,
    nomenclature: str | None = None,
    forme: str = "",
    longueur: int = 0,
) -> Colonne:
    return Colonne("texte", description, obligatoire, nomenclature, forme=forme, longueur=longueur)


def _entier(description: str, *, obligatoire: bool = False) -> Colonne:
    return Colonne("entier", description, obligatoire)


def _reel(description: str, *, obligatoire: bool = False) -> Colonne:
    return Colonne("reel", description, obligatoire)


def _date(description: str, *, obligatoire: bool = False, futur: bool = False) -> Colonne:
    return Colonne("date", description, obligatoire, futur=futur)


def _booleen(description: str, *, obligatoire: bool = False) -> Colonne:
    return Colonne("booleen", description, obligatoire)


_ETABLISSEMENT = _texte("code de l'établissement", obligatoire=True, nomenclature="etablissements")
_ENFANT = _texte("pseudonyme de l'enfant (logiciel d'origine)", obligatoire=True)
_VALIDITE = {
    "valide_du": _date("premier jour de validité", obligatoire=True, futur=True),
    "valide_au": _date("dernier jour de validité, inclus ; vide si en cours", futur=True),
}

TABLES: dict[str, Table] = {
    "etablissements": Table(
        ("etablissement", "valide_du"),
        {
            "etablissement": _texte("code de l'établissement", obligatoire=True),
            **_VALIDITE,
            "nom": _texte("nom d'usage", obligatoire=True),
            "commune": _texte(
                "code Insee de la commune", obligatoire=True, nomenclature="communes"
            ),
            "type_accueil": _texte("collectif, familial, multi-accueil…"),
            "gestion": _texte("gestionnaire : departement, commune, association, prive"),
            "latitude": _reel("degrés, WGS84"),
            "longitude": _reel("degrés, WGS84"),
            "mode_encadrement": _texte("5_8 ou 6 (R. 2324-43 du code de la santé publique)"),
            "arrondi_heures": _texte("arrondi de la saisie : minute, quart_heure, demi_heure"),
            "ouverture": _date("ouverture de l'établissement"),
            "fermeture": _date("dernier jour d'activité ; vide si en activité", futur=True),
            "fusion_vers": _texte("établissement qui reprend les places"),
            "dossier_afc": _texte("numéro de dossier Caf de la structure (Filoué)"),
        },
        description="Établissement × période de validité.",
    ),
    "territoires": Table(
        ("etablissement", "valide_du"),
        {
            "etablissement": _ETABLISSEMENT,
            "territoire": _texte("code du territoire", obligatoire=True),
            "nom_territoire": _texte("nom du territoire", obligatoire=True),
            **_VALIDITE,
        },
        description="Rattachement daté d'un établissement à un territoire.",
    ),
    "zonages": Table(
        ("zonage", "commune", "iris", "valide_du"),
        {
            "zonage": _texte("code du zonage", obligatoire=True, forme=_CODE),
            "nom_zonage": _texte("nom du zonage", obligatoire=True, forme=_LIBELLE),
            "commune": _texte("code Insee de la commune", nomenclature="communes"),
            "iris": _texte(
                "code IRIS ; renseigné, il désigne cet IRIS et non toute la commune",
                forme=_IRIS,
                longueur=9,
            ),
            **_VALIDITE,
        },
        description="Communes et IRIS d'un zonage défini par l'utilisateur, à dates de validité.",
        ensemble=("zonage",),
    ),
    "passages": Table(
        ("ancien", "nouveau", "effet"),
        {
            "ancien": _texte(
                "code Insee ou IRIS d'avant", obligatoire=True, forme=_COMMUNE_OU_IRIS
            ),
            "nouveau": _texte(
                "code Insee ou IRIS qui le remplace", obligatoire=True, forme=_COMMUNE_OU_IRIS
            ),
            "effet": _date("premier jour du nouveau code", obligatoire=True),
            "part": _reel("part de l'ancien code reprise, de 0 à 1 ; vide : sa totalité"),
        },
        description="Changements de géographie : fusions de communes, IRIS redécoupés.",
    ),
    "agrements": Table(
        ("etablissement", "valide_du", "jour_semaine", "debut_min"),
        {
            "etablissement": _ETABLISSEMENT,
            **_VALIDITE,
            "jour_semaine": _entier("1 = lundi … 7 = dimanche", obligatoire=True),
            "debut_min": _entier("début de la plage, minutes depuis minuit", obligatoire=True),
            "fin_min": _entier("fin de la plage, exclue", obligatoire=True),
            "places": _entier("places autorisées sur la plage", obligatoire=True),
        },
        description="Agrément modulé : établissement × validité × jour de semaine × plage.",
        ensemble=("etablissement", "valide_du"),
    ),
    "ouvertures": Table(
        ("etablissement", "date"),
        {
            "etablissement": _ETABLISSEMENT,
            "date": _date("jour", obligatoire=True, futur=True),
            "prevu": _booleen("ouvert au calendrier annoncé", obligatoire=True),
            "ouvert": _booleen("réellement ouvert", obligatoire=True),
            "places_ouvertes": _entier("places réellement offertes ce jour"),
            "debut_min": _entier("heure d'ouverture réelle ; vide : celle de l'agrément"),
            "fin_min": _entier("heure de fermeture réelle ; vide : celle de l'agrément"),
            "cause": _texte("cause de fermeture", nomenclature="causes_fermeture"),
        },
        partition="date",
        description="Calendrier annoncé et réalisé : établissement × date.",
    ),
    "sections": Table(
        ("etablissement", "section", "valide_du"),
        {
            "etablissement": _ETABLISSEMENT,
            "section": _texte("code de la section", obligatoire=True),
            **_VALIDITE,
            "libelle": _texte("nom de la section"),
            "age_min_mois": _entier("âge d'entrée usuel, en mois"),
            "age_max_mois": _entier("âge de sortie usuel, en mois"),
            "part_marcheurs_pct": _reel("part d'enfants qui marchent, déclarée"),
        },
        description="Sections d'un établissement.",
    ),
    "enfants": Table(
        ("enfant",),
        {
            "enfant": _ENFANT,
            "appariement": _texte("pseudonyme d'appariement (nom, prénom, naissance)"),
            "appariement_caf": _texte("pseudonyme d'appariement Filoué (matricule, naissance)"),
            "famille": _texte("pseudonyme de la famille"),
            "mois_naissance": _date("premier jour du mois de naissance"),
            "besoin_particulier": _booleen("situation de handicap ou besoin particulier"),
        },
        description="Enfant (pseudonyme du logiciel).",
    ),
    "familles": Table(
        ("famille", "valide_du"),
        {
            "famille": _texte("pseudonyme de la famille", obligatoire=True),
            **_VALIDITE,
            "commune": _texte("code Insee de résidence", nomenclature="communes"),
            "iris": _texte("code IRIS, s'il a été géocodé en amont"),
            "qpv": _booleen("réside en quartier prioritaire, si connu"),
            "enfants_a_charge": _entier("nombre d'enfants à charge"),
            "tranche_ressources": _texte("tranche de ressources mensuelles"),
            "monoparentale": _booleen("famille monoparentale"),
            "parents_actifs": _booleen("tous les parents présents ont un emploi"),
        },
        description="Famille × période de validité.",
    ),
    "contrats": Table(
        ("contrat",),
        {
            "contrat": _texte("numéro de contrat", obligatoire=True),
            "enfant": _ENFANT,
            "etablissement": _ETABLISSEMENT,
            "section": _texte("code de la section"),
            "type_accueil": _texte("regulier, occasionnel, urgence", nomenclature="types_accueil"),
            "debut": _date("premier jour", obligatoire=True, futur=True),
            "fin": _date("dernier jour, inclus", futur=True),
            "semaines_an": _reel("semaines d'accueil par an"),
            "heures_hebdo_h": _reel("heures contractuelles par semaine"),
        },
        description="Contrat d'accueil.",
    ),
    "plannings": Table(
        ("contrat", "jour_semaine", "debut_min"),
        {
            "contrat": _texte("numéro de contrat", obligatoire=True),
            "jour_semaine": _entier("1 = lundi … 7 = dimanche", obligatoire=True),
            "debut_min": _entier("arrivée prévue", obligatoire=True),
            "fin_min": _entier("départ prévu", obligatoire=True),
        },
        description="Planning hebdomadaire d'un contrat : contrat × jour de semaine × plage.",
        ensemble=("contrat",),
    ),
    "pointages": Table(
        ("enfant", "etablissement", "date", "arrivee_min"),
        {
            "enfant": _ENFANT,
            "etablissement": _ETABLISSEMENT,
            "date": _date("jour de présence ou d'absence", obligatoire=True),
            "section": _texte("code de la section"),
            "arrivee_min": _entier("arrivée, minutes depuis minuit ; vide si absent ou non saisie"),
            "depart_min": _entier("départ, minutes depuis minuit"),
            "reserve_min": _entier("durée réservée, minutes"),
            "realise_min": _entier("durée réalisée, minutes"),
            "motif_absence": _texte("motif d'absence", nomenclature="motifs_absence"),
            "noms_libres": _entier("noms de personnes trouvés dans les champs libres"),
            "numeros_libres": _entier("téléphones, courriels ou matricules trouvés"),
        },
        partition="date",
        description="Enfant × établissement × date × passage.",
        remplacable=False,
    ),
    "factures": Table(
        ("enfant", "etablissement", "mois"),
        {
            "enfant": _ENFANT,
            "etablissement": _ETABLISSEMENT,
            "mois": _date("premier jour du mois facturé", obligatoire=True),
            "heures_facturees_h": _reel("heures facturées", obligatoire=True),
            "tarif_eur": _reel("tarif horaire"),
            "taux_effort_pct": _reel("taux d'effort, en % par heure"),
            "montant_eur": _reel("montant facturé"),
            "ressources_eur": _reel("ressources mensuelles retenues"),
        },
        partition="mois",
        description="Enfant × établissement × mois ; jamais lue par un carnet.",
    ),
    "demandes": Table(
        ("demande",),
        {
            "demande": _texte("numéro de la demande (pseudonyme)", obligatoire=True),
            "appariement": _texte("pseudonyme d'appariement de l'enfant"),
            "depot": _date("dépôt de la demande", obligatoire=True),
            "entree_souhaitee": _date("entrée souhaitée", futur=True),
            "mois_naissance": _date(
                "premier jour du mois de naissance (prévu au besoin)", futur=True
            ),
            "commune": _texte("code Insee de résidence", nomenclature="communes"),
            "etablissement": _texte(
                "premier vœu ou établissement attribué", nomenclature="etablissements"
            ),
            "jours_semaine": _entier("jours demandés par semaine"),
            "heures_hebdo_h": _reel("heures demandées par semaine"),
            "horaires_atypiques": _booleen("besoin avant 7 h 30 ou après 18 h 30"),
            "monoparentale": _booleen("famille monoparentale"),
            "decision": _texte(
                "acceptee, refusee, desistement ; vide : en attente", nomenclature="decisions"
            ),
            "date_decision": _date("date de la décision"),
            "motif_refus": _texte("motif de refus", nomenclature="motifs_refus"),
        },
        description="Demande de place.",
    ),
    "usagers_filoue": Table(
        ("appariement_caf", "etablissement", "annee"),
        {
            "appariement_caf": _texte("pseudonyme d'appariement (matricule, naissance)"),
            "etablissement": _ETABLISSEMENT,
            "annee": _entier("année civile", obligatoire=True),
            "allocataire": _booleen("la famille est allocataire"),
            "regime": _texte("1 général, 2 MSA, 3 autre"),
            "mois_naissance": _date("premier jour du mois de naissance"),
            "code_postal": _texte("code postal de la famille"),
            "heures_facturees_h": _reel("total annuel", obligatoire=True),
            "heures_realisees_h": _reel("total annuel", obligatoire=True),
            "montant_eur": _reel("total annuel facturé"),
            "montant_horaire_eur": _reel("moyenne : montant / heures facturées"),
            "taux_effort_pct": _reel("taux d'effort, en % par heure"),
            "premier_jour": _date("borné au 1er janvier"),
            "dernier_jour": _date("borné au 31 décembre", futur=True),
        },
        partition="annee",
        description="Fichier localisé des usagers (Filoué) : enfant × établissement × année.",
    ),
    "declarations_caf": Table(
        ("etablissement", "annee", "nature", "arrete_au"),
        {
            "etablissement": _ETABLISSEMENT,
            "annee": _entier("année civile", obligatoire=True),
            "nature": _texte(
                "previsionnel, actualise, reel",
                obligatoire=True,
                nomenclature="natures_declaration",
            ),
            "arrete_au": _date("dernier jour que la déclaration couvre", futur=True),
            "heures_facturees_h": _reel("heures facturées déclarées"),
            "heures_realisees_h": _reel("heures réalisées déclarées"),
            "montant_eur": _reel("participations familiales déclarées"),
            "enfants": _entier("enfants accueillis déclarés"),
            "jours_ouverture": _entier("jours d'ouverture déclarés"),
        },
        description="Déclarations faites à la Caf : établissement × année × nature × arrêté.",
    ),
    "presences_agents": Table(
        ("etablissement", "date", "quart", "qualification"),
        {
            "etablissement": _ETABLISSEMENT,
            "date": _date("jour", obligatoire=True),
            "quart": _entier("quart d'heure de la journée, 0 à 95", obligatoire=True),
            "qualification": _texte("qualification", nomenclature="qualifications"),
            "agents": _entier("agents présents (jamais par agent)", obligatoire=True),
        },
        partition="date",
        description="Établissement × date × quart d'heure × qualification, en agrégé.",
    ),
    "directions": Table(
        ("etablissement", "date"),
        {
            "etablissement": _ETABLISSEMENT,
            "date": _date("jour", obligatoire=True),
            "direction": _booleen(
                "une direction, ou sa continuité, est désignée ce jour", obligatoire=True
            ),
        },
        partition="date",
        description="Direction ou continuité désignée : établissement × date ; ni nom, ni motif.",
    ),
    "historique_mensuel": Table(
        ("etablissement", "mois"),
        {
            "etablissement": _ETABLISSEMENT,
            "mois": _date("premier jour du mois", obligatoire=True),
            "places": _reel("places agréées moyennes"),
            "jours_ouverture": _entier("jours d'ouverture"),
            "capacite_h": _reel("capacité théorique"),
            "heures_realisees_h": _reel("heures réalisées"),
            "heures_facturees_h": _reel("heures facturées"),
            "enfants": _entier("enfants accueillis"),
        },
        description="Agrégats anciens sans détail : établissement × mois.",
    ),
    "objectifs": Table(
        ("indicateur", "annee", "trimestre", "etablissement", "territoire"),
        {
            "etablissement": _texte(
                "code de l'établissement visé ; vide si c'est un territoire",
                nomenclature="etablissements",
            ),
            "territoire": _texte(
                "code du territoire visé ; vide si c'est un établissement", forme=_CODE
            ),
            "indicateur": _texte(
                "code de l'indicateur", obligatoire=True, nomenclature="indicateurs_pilotes"
            ),
            "annee": _entier("année civile de l'échéance", obligatoire=True),
            "trimestre": _entier("trimestre de l'échéance, 1 à 4", obligatoire=True),
            "cible": _reel("valeur visée, dans l'unité affichée (65 pour 65 %)", obligatoire=True),
        },
        description="Objectif : un établissement ou un territoire × indicateur × trimestre.",
    ),
    "actions": Table(
        ("etablissement", "action", "debut"),
        {
            "etablissement": _ETABLISSEMENT,
            "action": _texte("code fermé de l'action", obligatoire=True, nomenclature="actions"),
            "debut": _date("premier jour", obligatoire=True, futur=True),
            "fin": _date("dernier jour, inclus ; vide si en cours", futur=True),
            "indicateur": _texte(
                "code de l'indicateur visé", obligatoire=True, nomenclature="indicateurs_pilotes"
            ),
        },
        description="Action menée dans un établissement ; aucun texte libre.",
    ),
    "trajets": Table(
        ("zone", "lieu"),
        {
            "zone": _texte(
                "code Insee de commune ou code IRIS de départ",
                obligatoire=True,
                forme=_COMMUNE_OU_IRIS,
            ),
            "lieu": _texte(
                "code d'établissement, ou code Insee de commune", obligatoire=True, forme=_CODE
            ),
            "minutes": _reel("temps de trajet", obligatoire=True),
        },
        description="Temps de trajet d'une zone à un lieu, s'ils sont connus.",
    ),
    **TABLES_PUBLIQUES,
}

PROVENANCE = ("_fichier", "_ligne")
