"""Un petit monde sain : tables propres, fichiers lus et bilan, écrits comme le nettoyage."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nomenclatures.publiques import FICHIERS_REFERENTIEL
from rtpe_analyse.schemas import TABLES
from rtpe_analyse.tableaux import ecrire_parquet

MOIS = date(2026, 7, 1)
JOURS = [MOIS + timedelta(days=n) for n in range(31) if (MOIS + timedelta(days=n)).weekday() < 5]
LIEUX = ("E001", "E002")
ENFANTS = ("e1", "e2", "e3", "e4")
LIEU_DE = dict(zip(ENFANTS, ("E001", "E001", "E001", "E002"), strict=True))
PLACES = 2  # ce qui admet 3 enfants : 2 × 1,15 = 2,3, arrondi à l'entier supérieur

FICHIERS = {
    "f_pointages": ("pointages_mensuels", "2026-07", "pointages"),
    "f_presences": ("presences_jour", "2026-07", "pointages"),
    "f_sans_heures": ("presences_sans_heures", "2026-07", "pointages"),
    "f_factures": ("factures_mensuelles", "2026-07", "factures"),
    "f_filoue": ("filoue", "2026", "usagers_filoue"),
    "f_declarations": ("declarations_caf", "2026-07", "declarations_caf"),
    "f_directions": ("directions", "2026-07", "directions"),
    "f_objectifs": ("registre_objectifs", "2026-07", "objectifs"),
    "f_actions": ("registre_actions", "2026-07", "actions"),
    "f_demandes": ("registre_demandes", "2026-07", "demandes"),
    "f_registre": ("registre_etablissements", "2026-07", "etablissements"),
}


def table(nom: str, lignes: list[dict[str, Any]], fichier: str = "f_registre") -> pl.DataFrame:
    """Table au schéma propre ; les colonnes non dites sont vides, les lignes numérotées."""
    completes = [
        {"_fichier": fichier, "_ligne": rang, **ligne} for rang, ligne in enumerate(lignes, 2)
    ]
    return pl.DataFrame(completes, schema=TABLES[nom].schema)


@dataclass
class Monde:
    """Des tables à écrire, que les mutations abîment une à une."""

    propres: dict[str, pl.DataFrame] = field(default_factory=dict)
    lus: dict[str, pl.DataFrame] = field(default_factory=dict)
    bilan: list[dict[str, Any]] = field(default_factory=list)
    signalements: list[dict[str, Any]] = field(default_factory=list)
    juin: pl.DataFrame | None = None
    iris: list[str] = field(default_factory=lambda: ["990020101"])

    def ecrire(self, racine: Path) -> Lieux:
        """Écrit tout sous `racine`."""
        lieux = Lieux(racine / "donnees", racine / "rapports", "exemple")
        for nom, lignes in self.propres.items():
            colonne = TABLES[nom].partition
            nom_partition = {"date": "2026-07", "mois": "2026-07", "annee": "2026"}
            partition = nom_partition[colonne] if colonne else "tout"
            ecrire_parquet(lieux.propre / nom / f"{partition}.parquet", lignes)
        if self.juin is not None:
            ecrire_parquet(lieux.propre / "pointages" / "2026-06.parquet", self.juin)
        for fichier, lignes in self.lus.items():
            nom = FICHIERS[fichier][2]
            ecrire_parquet(
                lieux.travail / "lus" / fichier / f"{nom}.parquet",
                lignes.with_columns(_lieu=pl.lit("")),
            )
        ecrire_parquet(lieux.travail / "bilan_nettoyage.parquet", pl.DataFrame(self.bilan))
        lieux.referentiel.mkdir(parents=True, exist_ok=True)
        publies = [{"iris": i, "commune": i[:5], "annee": 2022} for i in self.iris]
        schema = FICHIERS_REFERENTIEL["iris_annee"].schema
        pl.DataFrame(publies, schema=schema).write_csv(lieux.referentiel / "iris_annee.csv")
        if self.signalements:
            ecrire_parquet(
                lieux.travail / "signalements" / "f.parquet", pl.DataFrame(self.signalements)
            )
        return lieux

    def mettre(self, nom: str, colonne: str, valeur: Any, rang: int | None = 0) -> None:
        """Change une cellule (toute la colonne si `rang` est None) d'une table propre."""
        self.propres[nom] = _changer(self.propres[nom], colonne, valeur, rang)

    def mettre_lu(self, fichier: str, colonne: str, valeur: Any, rang: int | None = 0) -> None:
        """Change une cellule d'un fichier lu."""
        self.lus[fichier] = _changer(self.lus[fichier], colonne, valeur, rang)

    def vider(self, nom: str) -> None:
        """Ne garde aucune ligne d'une table propre."""
        self.propres[nom] = self.propres[nom].clear()

    def vider_lu(self, fichier: str) -> None:
        """Ne garde aucune ligne d'un fichier lu."""
        self.lus[fichier] = self.lus[fichier].clear()

    def ajouter(self, table: str, modele: int = 0, **valeurs: Any) -> None:
        """Ajoute une ligne, copie d'une autre aux valeurs près, sous un numéro nouveau."""
        lignes = self.propres[table]
        copie = {**lignes.row(modele, named=True), "_ligne": 9000 + len(lignes), **valeurs}
        self.propres[table] = pl.concat([lignes, pl.DataFrame([copie], schema=lignes.schema)])

    def recopier_le_mois_precedent(self) -> None:
        """Juin porte, jour ouvré pour jour ouvré, les mêmes pointages que juillet."""
        juin = [date(2026, 6, n) for n in range(1, 31) if date(2026, 6, n).weekday() < 5]
        dates = dict(zip(JOURS, juin, strict=False))  # juin a un jour ouvré de moins
        pointages = self.propres["pointages"].filter(pl.col("date").is_in(list(dates)))
        self.juin = pointages.with_columns(pl.col("date").replace_strict(dates))

    def compter(self, fichier: str, **valeurs: int) -> None:
        """Change les comptes d'un fichier au bilan."""
        next(b for b in self.bilan if b["fichier"] == fichier).update(valeurs)


def _changer(lignes: pl.DataFrame, colonne: str, valeur: Any, rang: int | None) -> pl.DataFrame:
    genre = lignes.schema[colonne]
    if rang is None:
        return lignes.with_columns(pl.lit(valeur, genre).alias(colonne))
    valeurs = lignes[colonne].to_list()
    valeurs[rang] = valeur
    return lignes.with_columns(pl.Series(colonne, valeurs, dtype=genre))


def monde_sain() -> Monde:
    """Deux établissements, quatre enfants, un mois : aucune attente n'y échoue."""
    debut = date(2025, 1, 1)
    pointages = [
        {
            "enfant": enfant,
            "etablissement": LIEU_DE[enfant],
            "date": jour,
            "arrivee_min": 510 + rang,
            "depart_min": 990 + rang,
            "reserve_min": 480,
            "realise_min": 480,
            "noms_libres": 0,
            "numeros_libres": 0,
        }
        for jour in JOURS
        for rang, enfant in enumerate(ENFANTS)
    ]
    # 23 jours ouvrés × 8 h = 184 h réalisées ; 190 h × 1,24 € = 235,60 €.
    factures = [
        {
            "enfant": enfant,
            "etablissement": LIEU_DE[enfant],
            "mois": MOIS,
            "heures_facturees_h": 190.0,
            "tarif_eur": 1.24,
            "taux_effort_pct": 0.0619,
            "montant_eur": 235.6,
            "ressources_eur": 2000.0,
        }
        for enfant in ENFANTS
    ]
    demandes = [
        {
            "demande": f"d{n}",
            "appariement": f"ad{n}",
            "depot": date(2026, 3, 1),
            "entree_souhaitee": date(2026, 9, 1),
            "mois_naissance": date(2026, 2, 1),
            "commune": "99001",
            "jours_semaine": 4,
            "heures_hebdo_h": 36.0,
            "decision": decision,
            "date_decision": date(2026, 5, 1) if decision else None,
            "motif_refus": "plus_de_place" if decision == "refusee" else None,
        }
        for n, decision in enumerate(("acceptee", "refusee", None))
    ]
    usagers = [
        {
            "appariement_caf": f"c{n}",
            "etablissement": "E001",
            "annee": 2026,
            "allocataire": True,
            "regime": "1",
            "mois_naissance": date(2025, 1, 1),
            "code_postal": "99100",
            "heures_facturees_h": 1000.0,
            "heures_realisees_h": 950.0,
            "montant_eur": 1240.0,
            "montant_horaire_eur": 1.24,
            "taux_effort_pct": 0.062,
            "premier_jour": date(2026, 1, 2),
            "dernier_jour": date(2026, 12, 20),
        }
        for n in range(2)
    ]
    propres = {
        "etablissements": table(
            "etablissements",
            [
                {
                    "etablissement": code,
                    "valide_du": debut,
                    "nom": f"Crèche {code}",
                    "commune": "99001",
                    "latitude": 48.7,
                    "longitude": 2.4,
                    "mode_encadrement": "5_8",
                    "ouverture": debut,
                }
                for code in LIEUX
            ],
        ),
        "territoires": table(
            "territoires",
            [
                {"etablissement": c, "territoire": "T1", "nom_territoire": "N", "valide_du": debut}
                for c in LIEUX
            ],
        ),
        "zonages": table(
            "zonages",
            [
                {"zonage": "Z1", "nom_zonage": "N", "valide_du": debut, **lieu}
                for lieu in ({"commune": "99001"}, {"iris": "990020101"})
            ],
        ),
        "passages": table(
            "passages",
            [
                {"ancien": "990020100", "nouveau": f"99002010{n}", "effet": debut, "part": part}
                for n, part in ((1, 0.4), (2, 0.6))
            ],
        ),
        "agrements": table(
            "agrements",
            [
                {
                    "etablissement": code,
                    "valide_du": debut,
                    "jour_semaine": jour,
                    "debut_min": 450,
                    "fin_min": 1110,
                    "places": PLACES,
                }
                for code in LIEUX
                for jour in range(1, 6)
            ],
        ),
        "ouvertures": table(
            "ouvertures",
            [
                {
                    "etablissement": code,
                    "date": jour,
                    "prevu": True,
                    "ouvert": True,
                    "places_ouvertes": PLACES,
                    "debut_min": 450,
                    "fin_min": 1110,
                }
                for code in LIEUX
                for jour in JOURS
            ],
        ),
        "sections": table(
            "sections",
            [
                {
                    "etablissement": code,
                    "section": "S1",
                    "valide_du": debut,
                    "age_min_mois": 3,
                    "age_max_mois": 36,
                    "part_marcheurs_pct": 50.0,
                }
                for code in LIEUX
            ],
        ),
        "enfants": table(
            "enfants",
            [
                {
                    "enfant": enfant,
                    "appariement": f"a{enfant}",
                    "famille": f"f{enfant}",
                    "mois_naissance": date(2025, 1, 1),
                }
                for enfant in ENFANTS
            ],
        ),
        "familles": table(
            "familles",
            [
                {
                    "famille": f"f{enfant}",
                    "valide_du": debut,
                    "commune": "99001",
                    "enfants_a_charge": 1,
                }
                for enfant in ENFANTS
            ],
        ),
        "contrats": table(
            "contrats",
            [
                {
                    "contrat": f"c{enfant}",
                    "enfant": enfant,
                    "etablissement": LIEU_DE[enfant],
                    "debut": debut,
                    "fin": date(2026, 12, 31),
                    "semaines_an": 46.0,
                    "heures_hebdo_h": 40.0,
                }
                for enfant in ENFANTS
            ],
        ),
        "plannings": table(
            "plannings",
            [
                {"contrat": f"c{e}", "jour_semaine": j, "debut_min": 510, "fin_min": 990}
                for e in ENFANTS
                for j in range(1, 6)
            ],
        ),
        "pointages": table("pointages", pointages, "f_pointages"),
        "factures": table("factures", factures, "f_factures"),
        "demandes": table("demandes", demandes, "f_demandes"),
        "usagers_filoue": table("usagers_filoue", usagers, "f_filoue"),
        "declarations_caf": table(
            "declarations_caf",
            [
                {
                    "etablissement": code,
                    "annee": 2025,
                    "nature": "reel",
                    "arrete_au": date(2025, 12, 31),
                    "heures_facturees_h": 60_000.0,
                    "heures_realisees_h": 55_000.0,
                    "montant_eur": 72_000.0,
                    "enfants": 55,
                    "jours_ouverture": 220,
                }
                for code in LIEUX
            ],
            "f_declarations",
        ),
        "presences_agents": table(
            "presences_agents",
            [
                {
                    "etablissement": "E001",
                    "date": JOURS[0],
                    "quart": quart,
                    "qualification": "diplome",
                    "agents": 2,
                }
                for quart in (32, 33)
            ],
        ),
        "directions": table(
            "directions",
            [
                {"etablissement": code, "date": jour, "direction": True}
                for code in LIEUX
                for jour in JOURS
            ],
            "f_directions",
        ),
        "objectifs": table(
            "objectifs",
            [
                {"indicateur": "T1", "annee": 2026, "trimestre": 3, "cible": 65.0, **zone}
                for zone in ({"etablissement": "E001"}, {"territoire": "T1"})
            ],
            "f_objectifs",
        ),
        "actions": table(
            "actions",
            [
                {
                    "etablissement": "E001",
                    "action": "remplacements",
                    "debut": date(2026, 3, 2),
                    "fin": date(2026, 12, 31),
                    "indicateur": "T1",
                }
            ],
            "f_actions",
        ),
        "historique_mensuel": table(
            "historique_mensuel",
            [
                {
                    "etablissement": code,
                    "mois": date(2022, 3, 1),
                    "places": 20.0,
                    "jours_ouverture": 23,
                    "capacite_h": 4600.0,
                    "heures_realisees_h": 3200.0,
                    "heures_facturees_h": 3500.0,
                    "enfants": 30,
                }
                for code in LIEUX
            ],
        ),
    }
    lus = {
        fichier: propres[nom].with_columns(_fichier=pl.lit(fichier))
        for fichier, (_, _, nom) in FICHIERS.items()
    }
    bilan = [
        {
            "fichier": fichier,
            "source": source,
            "nom": f"{fichier}.csv",
            "millesime": millesime,
            "table": nom,
            "lues": 100,
            "propres": 100,
            "rejetees": 0,
            "ecartees": 0,
            "corrigees": 0,
        }
        for fichier, (source, millesime, nom) in FICHIERS.items()
    ]
    return Monde(propres, lus, bilan)
