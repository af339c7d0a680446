"""Pour chaque attente, la faute qui la fait rougir, posée sur les données elles-mêmes."""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.validations.monde import Monde

Mutation = Callable[[Monde], None]


def _mettre(nom: str, colonne: str, valeur: Any, rang: int | None = 0) -> Mutation:
    return lambda m: m.mettre(nom, colonne, valeur, rang)


def _lu(fichier: str, colonne: str, valeur: Any, rang: int | None = 0) -> Mutation:
    return lambda m: m.mettre_lu(fichier, colonne, valeur, rang)


def _vider(nom: str) -> Mutation:
    return lambda m: m.vider(nom)


def _vider_lu(fichier: str) -> Mutation:
    return lambda m: m.vider_lu(fichier)


def _compter(fichier: str, **valeurs: int) -> Mutation:
    return lambda m: m.compter(fichier, **valeurs)


def _ajouter(table: str, modele: int = 0, **valeurs: Any) -> Mutation:
    return lambda m: m.ajouter(table, modele, **valeurs)


def _reperes_recus(prefixe: str, fichier: str) -> dict[str, Mutation]:
    return {
        f"{prefixe}-lignes": _vider_lu(fichier),
        f"{prefixe}-enfant": _lu(fichier, "enfant", None),
        f"{prefixe}-etablissement": _lu(fichier, "etablissement", None),
        f"{prefixe}-date": _lu(fichier, "date", None),
    }


def _heures_recues(prefixe: str, fichier: str) -> dict[str, Mutation]:
    return {
        f"{prefixe}-arrivee-plausible": _lu(fichier, "arrivee_min", 299),
        f"{prefixe}-depart-plausible": _lu(fichier, "depart_min", 1321),
        f"{prefixe}-depart-apres-arrivee": _lu(fichier, "depart_min", 510),
    }


def _durees_recues(prefixe: str, fichier: str) -> dict[str, Mutation]:
    return {
        f"{prefixe}-heures-presentes": _lu(fichier, "arrivee_min", None, None),
        f"{prefixe}-reserve-plausible": _lu(fichier, "reserve_min", 841),
        f"{prefixe}-realise-plausible": _lu(fichier, "realise_min", 841),
    }


def _factures_recues(prefixe: str, fichier: str) -> dict[str, Mutation]:
    return {
        f"{prefixe}-lignes": _vider_lu(fichier),
        f"{prefixe}-enfant": _lu(fichier, "enfant", None),
        f"{prefixe}-mois": _lu(fichier, "mois", None),
        f"{prefixe}-heures": _lu(fichier, "heures_facturees_h", None),
        f"{prefixe}-heures-plausibles": _lu(fichier, "heures_facturees_h", 350.5),
        f"{prefixe}-tarif-present": _lu(fichier, "tarif_eur", None),
    }


def _hors_mois(monde: Monde) -> None:
    for rang in range(len(monde.lus["f_pointages"]) // 4):
        monde.mettre_lu("f_pointages", "date", date(2026, 6, 15), rang)


def _surnombre(monde: Monde) -> None:
    # 3 enfants étaient là, ce que 2 places admettent ; le quatrième est de trop.
    monde.ajouter("pointages", enfant="e4", arrivee_min=520)


def _deux_lieux(monde: Monde) -> None:
    monde.ajouter("pointages", etablissement="E002")


def _quasi_doublon(monde: Monde) -> None:
    monde.ajouter("pointages", arrivee_min=520)


def _signaler(nom: str) -> Mutation:
    def signaler(monde: Monde) -> None:
        ligne = monde.propres[nom].row(0, named=True)
        monde.signalements.append(
            {
                "fichier": ligne["_fichier"],
                "table": nom,
                "ligne": ligne["_ligne"],
                "lieu": "",
                "colonne": "commune",
                "code": "commune_inconnue",
            }
        )

    return signaler


def _actualiser_sans_date(monde: Monde) -> None:
    monde.mettre("declarations_caf", "nature", "actualise")
    monde.mettre("declarations_caf", "arrete_au", None)


def _publier_un_autre_iris(monde: Monde) -> None:
    monde.iris = ["990020102"]


ANCIEN = date(2025, 6, 1)

MUTATIONS: dict[str, Mutation] = {
    "reception-lignes": _compter("f_registre", lues=0),
    "reception-rejets-massifs": _compter("f_registre", rejetees=21),
    "reception-rejets": _compter("f_registre", rejetees=3),
    "reception-ecarts": _compter("f_registre", ecartees=51),
    "reception-corrections": _compter("f_registre", corrigees=21),
    "reception-hors-mois": _hors_mois,
    **_reperes_recus("pointages-recus", "f_pointages"),
    **_heures_recues("pointages-recus", "f_pointages"),
    **_durees_recues("pointages-recus", "f_pointages"),
    **_reperes_recus("presences-recues", "f_presences"),
    **_heures_recues("presences-recues", "f_presences"),
    **_reperes_recus("presences-sans-heures", "f_sans_heures"),
    **_factures_recues("factures-recues", "f_factures"),
    "filoue-recu-lignes": _vider_lu("f_filoue"),
    "filoue-recu-structure": _lu("f_filoue", "etablissement", None),
    "filoue-recu-heures": _lu("f_filoue", "heures_facturees_h", None),
    "filoue-recu-matricule": _lu("f_filoue", "appariement_caf", None, None),
    "filoue-recu-annee": _lu("f_filoue", "annee", 26),
    "declarations-recues-lignes": _vider_lu("f_declarations"),
    "declarations-recues-etablissement": _lu("f_declarations", "etablissement", None),
    "declarations-recues-nature": _lu("f_declarations", "nature", None),
    "declarations-recues-annee": _lu("f_declarations", "annee", 26),
    "declarations-recues-heures": _lu("f_declarations", "heures_facturees_h", None, None),
    "demandes-recues-lignes": _vider_lu("f_demandes"),
    "demandes-recues-numero": _lu("f_demandes", "demande", None),
    "demandes-recues-depot": _lu("f_demandes", "depot", None),
    "demandes-recues-naissance": _lu("f_demandes", "mois_naissance", None),
    "etablissements-lignes": _vider("etablissements"),
    "etablissements-code": _mettre("etablissements", "etablissement", None),
    "etablissements-commune": _mettre("etablissements", "commune", None),
    "etablissements-unique": _ajouter("etablissements", nom="Autre"),
    "etablissements-periodes": _ajouter("etablissements", valide_du=ANCIEN),
    "etablissements-fermeture": _mettre("etablissements", "fermeture", date(2024, 12, 31)),
    "etablissements-latitude": _mettre("etablissements", "latitude", 52.1),
    "etablissements-longitude": _mettre("etablissements", "longitude", -63.1),
    "etablissements-encadrement": _mettre("etablissements", "mode_encadrement", "7"),
    "etablissements-commune-connue": _signaler("etablissements"),
    "territoires-lignes": _vider("territoires"),
    "territoires-code": _mettre("territoires", "territoire", None),
    "territoires-unique": _ajouter("territoires", territoire="T2"),
    "territoires-periodes": _ajouter("territoires", valide_du=ANCIEN, territoire="T2"),
    "zonages-lignes": _vider("zonages"),
    "zonages-code": _mettre("zonages", "zonage", None),
    "zonages-unite": _mettre("zonages", "commune", None),
    "zonages-unique": _ajouter("zonages", nom_zonage="Autre"),
    "zonages-periodes": _ajouter("zonages", valide_du=ANCIEN),
    "zonages-commune-connue": _signaler("zonages"),
    "zonages-iris-connu": _publier_un_autre_iris,
    "passages-lignes": _vider("passages"),
    "passages-effet": _mettre("passages", "effet", None),
    "passages-part": _mettre("passages", "part", 40.0),
    "passages-somme": _mettre("passages", "part", 0.5),
    "passages-unique": _ajouter("passages", part=0.0),
    "agrements-lignes": _vider("agrements"),
    "agrements-places": _mettre("agrements", "places", None),
    "agrements-places-plausibles": _mettre("agrements", "places", 301),
    "agrements-jour": _mettre("agrements", "jour_semaine", 8),
    "agrements-plage": _mettre("agrements", "fin_min", 450),
    "agrements-unique": _ajouter("agrements", places=3),
    "agrements-recouvrement": _ajouter("agrements", debut_min=1109, fin_min=1200),
    # Le soir seulement : aucune plage commune, mais deux actes.
    "agrements-concurrents": _ajouter(
        "agrements", valide_du=date(2026, 2, 1), debut_min=1260, fin_min=1320
    ),
    "agrements-places-nulles": _mettre("agrements", "places", 0),
    "ouvertures-lignes": _vider("ouvertures"),
    "ouvertures-date": _mettre("ouvertures", "date", None),
    "ouvertures-ouvert": _mettre("ouvertures", "ouvert", None),
    "ouvertures-unique": _ajouter("ouvertures", places_ouvertes=1),
    "ouvertures-places": _mettre("ouvertures", "places_ouvertes", -1),
    "ouvertures-heures": _mettre("ouvertures", "fin_min", 450),
    "ouvertures-cause": _mettre("ouvertures", "ouvert", False),
    "ouvertures-agrement": _mettre("agrements", "valide_au", date(2026, 6, 30)),
    "sections-lignes": _vider("sections"),
    "sections-code": _mettre("sections", "section", None),
    "sections-unique": _ajouter("sections", libelle="Autre"),
    "sections-periodes": _ajouter("sections", valide_du=ANCIEN),
    "sections-ages": _mettre("sections", "age_max_mois", 3),
    "sections-marcheurs": _mettre("sections", "part_marcheurs_pct", 100.1),
    "enfants-lignes": _vider("enfants"),
    "enfants-pseudonyme": _mettre("enfants", "enfant", None),
    "enfants-unique": _ajouter("enfants", famille="fe2"),
    "enfants-naissance": _mettre("enfants", "mois_naissance", None),
    "enfants-appariement": _mettre("enfants", "appariement", None),
    "enfants-famille": _mettre("enfants", "famille", "inconnue"),
    "familles-lignes": _vider("familles"),
    "familles-pseudonyme": _mettre("familles", "famille", None),
    "familles-periodes": _ajouter("familles", valide_du=ANCIEN),
    "familles-commune": _mettre("familles", "commune", None),
    "familles-enfants": _mettre("familles", "enfants_a_charge", 0),
    "familles-commune-connue": _signaler("familles"),
    "contrats-lignes": _vider("contrats"),
    "contrats-numero": _mettre("contrats", "contrat", None),
    "contrats-debut": _mettre("contrats", "debut", None),
    "contrats-unique": _ajouter("contrats", semaines_an=40.0),
    "contrats-fin": _mettre("contrats", "fin", date(2024, 12, 31)),
    "contrats-semaines": _mettre("contrats", "semaines_an", 53.5),
    "contrats-heures": _mettre("contrats", "heures_hebdo_h", 0.0),
    "contrats-enfant": _mettre("contrats", "enfant", "inconnu"),
    "contrats-recouvrement": _ajouter("contrats", contrat="c9", debut=date(2026, 12, 31)),
    "plannings-lignes": _vider("plannings"),
    "plannings-numero": _mettre("plannings", "contrat", None),
    "plannings-contrat": _mettre("plannings", "contrat", "inconnu"),
    "plannings-jour": _mettre("plannings", "jour_semaine", 0),
    "plannings-plage": _mettre("plannings", "fin_min", 510),
    "plannings-ouverture": _mettre("plannings", "debut_min", 60),
    "pointages-lignes": _vider("pointages"),
    "pointages-enfant": _mettre("pointages", "enfant", None),
    "pointages-etablissement": _mettre("pointages", "etablissement", None),
    "pointages-date": _mettre("pointages", "date", None),
    "pointages-unique": _ajouter("pointages", depart_min=1000),
    "pointages-depart-apres-arrivee": _mettre("pointages", "depart_min", 510),
    "pointages-depart-manquant": _mettre("pointages", "depart_min", None),
    "pointages-realise": _mettre("pointages", "realise_min", 841),
    "pointages-duree": _mettre("pointages", "realise_min", 541),
    "pointages-absent-present": _mettre("pointages", "motif_absence", "maladie"),
    # 2026-07 moins 73 mois : six ans révolus au plus tard le 30 juin.
    "pointages-age": _mettre("enfants", "mois_naissance", date(2020, 6, 1)),
    "pointages-enfant-connu": _mettre("pointages", "enfant", "inconnu"),
    "pointages-surnombre": _surnombre,
    "pointages-jour-ferme": _mettre("ouvertures", "ouvert", False),
    "pointages-deux-lieux": _deux_lieux,
    "pointages-quasi-doublon": _quasi_doublon,
    "pointages-mois-recopie": Monde.recopier_le_mois_precedent,
    "pointages-champ-libre": _mettre("pointages", "noms_libres", 1),
    "pointages-hors-activite": _mettre("etablissements", "fermeture", date(2026, 7, 30)),
    "pointages-sans-contrat": _mettre("contrats", "fin", date(2026, 7, 30)),
    "factures-lignes": _vider("factures"),
    "factures-enfant": _mettre("factures", "enfant", None),
    "factures-heures": _mettre("factures", "heures_facturees_h", None),
    "factures-heures-positives": _mettre("factures", "heures_facturees_h", -1.0),
    "factures-unique": _ajouter("factures", montant_eur=1.0),
    # 8 500 € × 0,0619 % = 5,2615 €, arrondi au centime supérieur : 5,27 €.
    "factures-tarif": _mettre("factures", "tarif_eur", 5.28),
    "factures-taux-effort": _mettre("factures", "taux_effort_pct", 0.062),
    "factures-ressources": _mettre("factures", "ressources_eur", 814.61),
    "factures-montant": _mettre("factures", "montant_eur", 235.6 + 1.6),
    "factures-enfant-connu": _mettre("factures", "enfant", "inconnu"),
    # 23 jours × 8 h = 184 h réalisées.
    "factures-moins-que-realise": _mettre("factures", "heures_facturees_h", 183.9),
    # 2 000 € × 0,0619 % = 1,238 € : 1,25 € s'en écarte de 0,012 €.
    "factures-tarif-bareme": _mettre("factures", "tarif_eur", 1.25),
    "factures-tarif-recalculable": _mettre("factures", "ressources_eur", None),
    "demandes-lignes": _vider("demandes"),
    "demandes-depot": _mettre("demandes", "depot", None),
    "demandes-unique": _ajouter("demandes", jours_semaine=5),
    "demandes-decision-apres-depot": _mettre("demandes", "date_decision", date(2026, 2, 28)),
    "demandes-entree-apres-depot": _mettre("demandes", "entree_souhaitee", date(2026, 2, 28)),
    "demandes-jours": _mettre("demandes", "jours_semaine", 8),
    "demandes-heures": _mettre("demandes", "heures_hebdo_h", 70.5),
    "demandes-decision-datee": _mettre("demandes", "date_decision", None),
    "demandes-motif": _mettre("demandes", "motif_refus", "hors_secteur"),
    "demandes-commune-connue": _signaler("demandes"),
    "filoue-lignes": _vider("usagers_filoue"),
    "filoue-structure": _mettre("usagers_filoue", "etablissement", None),
    "filoue-heures": _mettre("usagers_filoue", "heures_realisees_h", None),
    "filoue-unique": _ajouter("usagers_filoue", montant_eur=1.0),
    "filoue-facture-realise": _mettre("usagers_filoue", "heures_realisees_h", 1000.5),
    "filoue-jours": _mettre("usagers_filoue", "dernier_jour", date(2026, 1, 1)),
    "filoue-annee": _mettre("usagers_filoue", "premier_jour", date(2025, 12, 31)),
    "filoue-regime": _mettre("usagers_filoue", "regime", "4"),
    "filoue-code-postal": _mettre("usagers_filoue", "code_postal", "9910"),
    "filoue-taux-effort": _mettre("usagers_filoue", "taux_effort_pct", 0.063),
    "filoue-montant-horaire": _mettre("usagers_filoue", "montant_horaire_eur", 5.28),
    "declarations-lignes": _vider("declarations_caf"),
    "declarations-etablissement": _mettre("declarations_caf", "etablissement", None),
    "declarations-unique": _ajouter("declarations_caf", enfants=54),
    "declarations-arrete": _actualiser_sans_date,
    "declarations-annee": _mettre("declarations_caf", "arrete_au", date(2026, 1, 1)),
    "declarations-heures-facturees": _mettre("declarations_caf", "heures_facturees_h", 0.0),
    "declarations-heures-realisees": _mettre("declarations_caf", "heures_realisees_h", 0.0),
    "declarations-facture-realise": _mettre("declarations_caf", "heures_realisees_h", 60_000.5),
    "declarations-montant": _mettre("declarations_caf", "montant_eur", -0.01),
    "declarations-enfants": _mettre("declarations_caf", "enfants", 1001),
    "declarations-jours": _mettre("declarations_caf", "jours_ouverture", 367),
    "directions-recues-lignes": _vider_lu("f_directions"),
    "directions-recues-etablissement": _lu("f_directions", "etablissement", None),
    "directions-recues-reponse": _lu("f_directions", "direction", None),
    "directions-lignes": _vider("directions"),
    "directions-reponse": _mettre("directions", "direction", None),
    "directions-unique": _ajouter("directions", direction=False),
    "objectifs-recus-lignes": _vider_lu("f_objectifs"),
    "objectifs-recus-indicateur": _lu("f_objectifs", "indicateur", None),
    "objectifs-recus-cible": _lu("f_objectifs", "cible", None),
    "objectifs-lignes": _vider("objectifs"),
    "objectifs-cible": _mettre("objectifs", "cible", None),
    "objectifs-zone": _mettre("objectifs", "territoire", "T1"),
    "objectifs-territoire": _mettre("objectifs", "territoire", "T9", 1),
    "objectifs-trimestre": _mettre("objectifs", "trimestre", 5),
    "objectifs-annee": _mettre("objectifs", "annee", 26),
    "objectifs-cible-positive": _mettre("objectifs", "cible", -1.0),
    "objectifs-part": _mettre("objectifs", "cible", 0.65),
    "objectifs-unique": _ajouter("objectifs", cible=70.0),
    "actions-recues-lignes": _vider_lu("f_actions"),
    "actions-recues-etablissement": _lu("f_actions", "etablissement", None),
    "actions-recues-action": _lu("f_actions", "action", None),
    "actions-lignes": _vider("actions"),
    "actions-debut": _mettre("actions", "debut", None),
    "actions-fin": _mettre("actions", "fin", date(2026, 3, 1)),
    "actions-unique": _ajouter("actions", fin=None),
    "agents-lignes": _vider("presences_agents"),
    "agents-qualification": _mettre("presences_agents", "qualification", None),
    "agents-quart": _mettre("presences_agents", "quart", 96),
    "agents-effectif": _mettre("presences_agents", "agents", 81),
    "agents-unique": _ajouter("presences_agents", agents=3),
    "historique-lignes": _vider("historique_mensuel"),
    "historique-mois": _mettre("historique_mensuel", "mois", None),
    "historique-unique": _ajouter("historique_mensuel", enfants=31),
    "historique-jours": _mettre("historique_mensuel", "jours_ouverture", 32),
    "historique-occupation": _mettre("historique_mensuel", "capacite_h", 3199.0),
    "historique-facture-realise": _mettre("historique_mensuel", "heures_facturees_h", 3199.0),
    "historique-enfants": _mettre("historique_mensuel", "enfants", 1001),
}
