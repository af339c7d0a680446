"""Un petit jeu réel pour essayer le nettoyage : deux registres, un logiciel, des fichiers."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nomenclatures.communes import FICHIER_COMMUNES
from rtpe_analyse.sources import recevoir

RECU_LE = date(2026, 10, 5)
ENTETE = "Code établissement;Code enfant;Nom;Prénom;Naissance;Date;Arrivée;Départ;Réalisé"

POINTAGES = """
code: essai_pointages
libelle: Pointages d'essai
producteur: Logiciel d'essai (fictif)
format: csv
millesime: '(\\d{4}-\\d{2})'
espace_identifiants: essai
csv: {separateur: ";"}
ecarter: [{code: total, motif: '^total'}]
porte:
  identifiant_enfant: {alias: [Code enfant], cle: true}
  nom: {alias: [Nom]}
  prenom: {alias: [Prénom]}
  naissance: {alias: [Naissance], formats: [jj/mm/aaaa]}
tables:
  pointages:
    colonnes:
      enfant: {porte: enfant}
      etablissement: {alias: [Code établissement], cle: true}
      date: {alias: [Date], formats: [jj/mm/aaaa], cle: true}
      arrivee_min: {alias: [Arrivée], heure: ["hh:mm"]}
      depart_min: {alias: [Départ], heure: ["hh:mm"]}
      realise_min: {alias: [Réalisé], duree: centiemes}
"""
REGISTRE = """
code: essai_etablissements
libelle: Registre d'essai
producteur: Service (fictif)
format: csv
csv: {separateur: ";"}
tables:
  etablissements:
    colonnes:
      etablissement: {alias: [Code], cle: true}
      nom: {alias: [Nom], cle: true}
      commune: {alias: [Commune], cle: true}
      valide_du: {alias: [Valide du], formats: [jj/mm/aaaa], cle: true}
"""
ETABLISSEMENTS = (
    "Code;Nom;Commune;Valide du",
    "E001;Les Lutins;Ermont;01/01/2020",
    "E022;Le Nid;95219;01/01/2020",
)


def ligne(  # une ligne de pointage saine, dont on change ce qu'on veut
    *,
    etablissement: str = "E001",
    enfant: str = "A1",
    nom: str = "Bidule",
    jour: str = "01/09/2026",
    arrivee: str = "08:00",
    depart: str = "17:00",
    realise: str = "9,00",
) -> str:
    """Une ligne de l'export d'essai."""
    return f"{etablissement};{enfant};{nom};Zoé;01/02/2025;{jour};{arrivee};{depart};{realise}"


class Essai:
    """Un dossier de données neuf, où recevoir des fichiers d'essai."""

    def __init__(self, dossier: Path) -> None:
        self.dossier = dossier
        self.lieux = Lieux(dossier / "donnees", dossier / "rapports", "exemple")
        self.lieux.referentiel.mkdir(parents=True)
        (self.lieux.referentiel / FICHIER_COMMUNES).write_text(
            "code,nom,departement,latitude,longitude,population,valide_du,valide_au\n"
            "95219,Ermont,95,48.99,2.26,29000,1943-01-01,\n",
            encoding="utf-8",
        )
        for nom, texte in (("pointages", POINTAGES), ("registre", REGISTRE)):
            (dossier / f"{nom}.yaml").write_text(texte, encoding="utf-8")
        self.recevoir_registre(ETABLISSEMENTS)

    def recevoir(self, nom: str, lignes: Iterable[str]) -> None:
        """Reçoit un fichier de pointages."""
        self._recevoir(nom, [ENTETE, *lignes], "pointages")

    def recevoir_registre(self, lignes: Iterable[str], nom: str = "registre.csv") -> None:
        """Reçoit un registre d'établissements."""
        self._recevoir(nom, lignes, "registre")

    def _recevoir(self, nom: str, lignes: Iterable[str], descripteur: str) -> None:
        chemin = self.dossier / nom
        chemin.write_text("\n".join(lignes) + "\n", encoding="utf-8")
        (retour,) = recevoir(
            [chemin],
            self.lieux,
            descripteur=self.dossier / f"{descripteur}.yaml",
            recu_le=RECU_LE,
        )
        assert retour.etat == "recu", retour.message

    def traces(self, dossier: Path) -> pl.DataFrame:
        """Rejets ou corrections, tous fichiers réunis."""
        return pl.concat(
            [pl.read_parquet(f) for f in sorted(dossier.glob("*/*.parquet"))],
        )

    def etat_des_sorties(self) -> dict[str, bytes]:
        """Octets de toutes les tables propres, par chemin relatif."""
        return {
            f.relative_to(self.lieux.propre).as_posix(): f.read_bytes()
            for f in sorted(self.lieux.propre.rglob("*.parquet"))
        }
