"""Les registres du réseau : établissements, territoires, agréments, ouvertures, sections."""

from datetime import date

import polars as pl

from rtpe_analyse.exemple.calendrier import Calendrier, en_table
from rtpe_analyse.exemple.contrats import LIBELLES_SECTIONS, SECTIONS
from rtpe_analyse.exemple.depot import Depot, ecrire_registre
from rtpe_analyse.exemple.fautes import SAMEDI, acte_concurrent
from rtpe_analyse.exemple.reseau import JOUR, Etablissement
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.exemple.textes import date_fr, heure, oui_non
from rtpe_analyse.nomenclatures import liste_fermee

_ARRONDIS = {1: "minute", 15: "quart_heure", 30: "demi_heure"}
_AGES = {"B": (2, 13, 15), "M": (13, 24, 85), "G": (24, 40, 100), "U": (2, 40, 65)}


def ecrire_reseau(
    scenario: Scenario, depot: Depot, reseau: list[Etablissement], calendrier: Calendrier
) -> None:
    """Écrit les registres qui décrivent le réseau et son calendrier."""
    ecrire_registre(depot, "etablissements.csv", _etablissements(scenario, reseau))
    ecrire_registre(depot, "territoires.csv", _territoires(scenario, reseau))
    ecrire_registre(depot, "zonages.csv", _zonages(scenario))
    agrements = _agrements(scenario, reseau)
    ecrire_registre(depot, "agrements.csv", agrements)
    fautif, _ = acte_concurrent(scenario, reseau)
    for rang in (agrements["Code établissement"] == fautif).arg_true():
        depot.noter("agrements.csv", rang + 2, "agrements", "agrement_concurrent")
    ecrire_registre(depot, "sections.csv", _sections(reseau), encodage="utf-16")
    depot.noter("sections.csv", 0, "sections", "bom")
    ouvertures = _ouvertures(en_table(calendrier, reseau))
    for annee in ouvertures["annee"].unique().sort():
        table = ouvertures.filter(pl.col("annee") == annee).drop("annee")
        ecrire_registre(depot, f"ouvertures_{annee}.csv", table)


def _fr(jour: date | None) -> str | None:
    return f"{jour:%d/%m/%Y}" if jour else None


def _etablissements(scenario: Scenario, reseau: list[Etablissement]) -> pl.DataFrame:
    noms = dict(scenario.communes.select("code", "nom").iter_rows())
    renommage = scenario.reglages["evenements"]["changement_de_nom"]
    lignes = []
    for e in reseau:
        periodes = [(e.nom, e.ouverture, None)]
        if e.ancien_nom:
            periodes = [(e.ancien_nom, e.ouverture, renommage - JOUR), (e.nom, renommage, None)]
        lignes += [
            {
                "Code": e.code,
                "Nom": nom,
                "Commune": noms[e.commune],
                "Code Insee": e.commune,
                "Type": e.type_accueil,
                "Gestion": e.gestion,
                "Latitude": str(e.latitude).replace(".", ","),
                "Longitude": str(e.longitude).replace(".", ","),
                "Mode encadrement": e.mode_encadrement,
                "Arrondi des heures": _ARRONDIS[e.pas_saisie],
                "Ouverture": _fr(e.ouverture),
                "Fermeture": _fr(e.fermeture),
                "Fusion vers": e.fusion_vers,
                "Dossier AFC": e.dossier_afc,
                "Valide du": _fr(du),
                "Valide au": _fr(au or e.fermeture),
            }
            for nom, du, au in periodes
        ]
    return pl.DataFrame(lignes, infer_schema_length=None)


def _territoires(scenario: Scenario, reseau: list[Etablissement]) -> pl.DataFrame:
    territoires = scenario.reglages["territoires"]
    change = scenario.reglages["evenements"]["changement_de_territoire"]
    lignes = []
    for e in reseau:
        periodes = [(e.territoire, e.ouverture, e.fermeture)]
        if e.territoire_suivant:
            periodes = [
                (e.territoire, e.ouverture, change - JOUR),
                (e.territoire_suivant, change, None),
            ]
        lignes += [
            {
                "Code établissement": e.code,
                "Territoire": code,
                "Nom du territoire": territoires[code]["nom"],
                "Valide du": _fr(du),
                "Valide au": _fr(au),
            }
            for code, du, au in periodes
        ]
    return pl.DataFrame(lignes, infer_schema_length=None)


def _zonages(scenario: Scenario) -> pl.DataFrame:
    lignes = [
        {
            "Code zonage": code,
            "Nom du zonage": zonage["nom"],
            "Commune": commune,
            "IRIS": iris,
            "Valide du": _fr(zonage["valide_du"]),
            "Valide au": None,
        }
        for code, zonage in scenario.reglages["zonages"].items()
        for commune, iris in (
            *((commune, None) for commune in zonage.get("communes", [])),
            *((None, iris) for iris in zonage.get("iris", [])),
        )
    ]
    return pl.DataFrame(lignes, infer_schema_length=None)


def _agrements(scenario: Scenario, reseau: list[Etablissement]) -> pl.DataFrame:
    reprise = scenario.reglages["evenements"]["reprise"]
    fautif, dimanche = acte_concurrent(scenario, reseau)
    lignes = []
    for e in reseau:
        periodes = [(e.places, e.ouverture, e.fermeture)]
        if e.places_reprise is not None:
            periodes = [
                (e.places, e.ouverture, reprise - JOUR),
                (e.places_reprise, reprise, None),
            ]
        for places, du, au in periodes:
            for jour in range(1, 6):
                matin, plein, soir = e.places_par_plage(places, jour)
                b = e.bornes
                plages = [(b[0], b[3], plein)]
                if e.module:
                    plages = [(b[0], b[1], matin), (b[1], b[2], plein), (b[2], b[3], soir)]
                lignes += [
                    {
                        "Code établissement": e.code,
                        "Valide du": _fr(du),
                        "Valide au": _fr(au),
                        "Jour": jour,
                        "debut": debut,
                        "fin": fin,
                        "Places": autorisees,
                    }
                    for debut, fin, autorisees in plages
                ]
        if e.code == fautif:
            lignes.append(
                {
                    "Code établissement": e.code,
                    "Valide du": _fr(dimanche),
                    "Valide au": _fr(dimanche),
                    "Jour": SAMEDI,
                    "debut": e.bornes[0],
                    "fin": e.bornes[3],
                    "Places": 1,
                }
            )
    table = pl.DataFrame(lignes, infer_schema_length=None)
    return table.select(
        "Code établissement",
        "Valide du",
        "Valide au",
        "Jour",
        heure(table["debut"]).alias("Début"),
        heure(table["fin"]).alias("Fin"),
        "Places",
    )


def _sections(reseau: list[Etablissement]) -> pl.DataFrame:
    lignes = []
    for e in reseau:
        for code in SECTIONS[3:] if e.multi_age else SECTIONS[:3]:
            age_min, age_max, marcheurs = _AGES[code]
            lignes.append(
                {
                    "Code établissement": e.code,
                    "Section": code,
                    "Libellé": LIBELLES_SECTIONS[code],
                    "Âge minimum (mois)": age_min,
                    "Âge maximum (mois)": age_max,
                    "Part de marcheurs": marcheurs,
                    "Valide du": _fr(e.ouverture),
                    "Valide au": _fr(e.fermeture),
                }
            )
    return pl.DataFrame(lignes, infer_schema_length=None)


def _ouvertures(table: pl.DataFrame) -> pl.DataFrame:
    causes = {"": None, **liste_fermee("causes_fermeture")}
    fin = table["fin_min"].cast(pl.Int64).replace(0, None)
    return table.select(
        pl.col("date").dt.year().alias("annee"),
        pl.col("etablissement").alias("Code établissement"),
        date_fr("date").alias("Date"),
        oui_non("prevu").alias("Prévu"),
        oui_non("ouvert").alias("Ouvert"),
        pl.col("places").alias("Places ouvertes"),
        pl.lit(None, pl.String).alias("Ouverture"),
        heure(fin).alias("Fermeture"),
        pl.col("cause").replace_strict(causes, return_dtype=pl.String).alias("Cause"),
    )
