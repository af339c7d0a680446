"""Écrire les fichiers mensuels du second logiciel : fragments, mois doublés, fins de fichier."""

from dataclasses import dataclass, field

import polars as pl

from rtpe_analyse.exemple.depot import ENCODAGE, Depot
from rtpe_analyse.exemple.pointages import (
    ENTETE_FACTURES,
    ENTETE_POINTAGES,
    Fragment,
    lignes_de_factures,
    mois_de_fichier,
)
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.modeles import Periode

_ESPACES_DE_MILLIERS = {ENCODAGE: "\u00a0", "utf-8-sig": "\u202f"}
# Un mois sur cinq, les factures viennent d'un autre poste, en UTF-8 avec BOM.
_PERIODE_BOM = 5


@dataclass
class Mensuels:
    """Écrit les mois lot après lot, et ferme les fichiers à la fin."""

    scenario: Scenario
    depot: Depot
    reseau: list[Etablissement]
    factures_ecrites: list[str] = field(default_factory=list)

    def pointer(self, fragments: dict[str, Fragment], *, premier_lot: bool) -> None:
        """Ajoute les pointages d'un lot à leurs fichiers.

        Args:
            fragments: lignes par mois d'activité, salies.
            premier_lot: l'en-tête répété d'un fichier à deux mois ne s'écrit qu'une fois.
        """
        for mois, fragment in fragments.items():
            cible = mois_de_fichier(self.scenario, Periode.lire(mois))
            if str(cible) != mois:
                # Deux fichiers vides d'octets identiques seraient le même fichier, déjà reçu.
                rang = self.scenario.profil.mois_vides.index(mois)
                vide = ENCODAGE if rang % 2 == 0 else "utf-8"
                self.depot.ajouter(f"pointages_{mois}.csv", ENTETE_POINTAGES, [], encodage=vide)
            nom = f"pointages_{cible}.csv"
            double = str(Periode.lire(mois).decaler(-1)) in self.scenario.profil.mois_vides
            if double and premier_lot:
                ligne = self.depot.ajouter(nom, ENTETE_POINTAGES, [ENTETE_POINTAGES])
                self.depot.noter(nom, ligne, "pointages", "entete_repetee")
            base = self.depot.ajouter(nom, ENTETE_POINTAGES, fragment.lignes)
            self.depot.noter_tout(
                nom, "pointages", ((base + rang, code) for rang, code in fragment.reperes)
            )

    def facturer(
        self, factures: pl.DataFrame, enfants: pl.DataFrame, familles: pl.DataFrame, milliers: int
    ) -> int:
        """Ajoute les factures d'un lot, mois par mois.

        Args:
            factures: résultat de `factures.facturer`.
            enfants: identités.
            familles: numéros d'allocataire.
            milliers: nombre de montants à écrire avec une espace de milliers.

        Returns:
            Nombre de montants ainsi écrits.
        """
        faits = 0
        tranches = factures.partition_by("mois", as_dict=True, maintain_order=True)
        for rang, ((mois,), table) in enumerate(sorted(tranches.items())):
            espace = "berceau" if mois < self.scenario.profil.bascule else "ribambelle"
            suffixe = "_berceau" if espace == "berceau" else ""
            nom = f"factures{suffixe}_{mois:%Y-%m}.csv"
            lignes = lignes_de_factures(self.reseau, table, enfants, familles, espace)
            encodage = self._encodage(mois.month)
            reperes = [
                (k, code) for k, code in enumerate(table["fait"].to_list()) if code is not None
            ]
            restants = len(tranches) - rang
            for _ in range(-(-(milliers - faits) // restants)):
                pris = {k for k, _ in reperes}
                libre = next((k for k in _candidats(lignes) if k not in pris), None)
                if libre is not None:
                    lignes[libre] = _separer(lignes[libre], _ESPACES_DE_MILLIERS[encodage])
                    reperes.append((libre, "espace_milliers"))
                    faits += 1
            if nom not in self.factures_ecrites:
                self.factures_ecrites.append(nom)
                if encodage != ENCODAGE:
                    self.depot.noter(nom, 0, "factures", "bom")
            base = self.depot.ajouter(nom, ENTETE_FACTURES, lignes, encodage=encodage)
            self.depot.noter_tout(nom, "factures", ((base + k, code) for k, code in reperes))
        return faits

    def _encodage(self, mois: int) -> str:
        return "utf-8-sig" if mois % _PERIODE_BOM == 3 else ENCODAGE

    def fermer(self) -> None:
        """Écrit les totaux et notes de pied, et la vérité qui tient au fichier entier."""
        for mois in self.scenario.profil.mois_vides:
            double = Periode.lire(mois).decaler(1)
            self.depot.noter(f"pointages_{mois}.csv", 0, "pointages", "mois_vide")
            self.depot.noter(f"pointages_{double}.csv", 0, "pointages", "mois_double")
        for rang, nom in enumerate(self.factures_ecrites):
            if rang % 3 == 1:
                encodage = self._encodage(int(nom[-6:-4]))
                ligne = self.depot.ajouter(
                    nom, ENTETE_FACTURES, ["Total général" + ";" * 11], encodage=encodage
                )
                self.depot.noter(nom, ligne, "factures", "total")
        pleins = [n for n in self.depot.lignes if n.startswith("pointages_2")]
        for nom in sorted(pleins)[1::4]:
            if self.depot.lignes[nom] > 1:
                ligne = self.depot.ajouter(
                    nom, ENTETE_POINTAGES, ["Édité pour l'exemple : données fictives" + ";" * 13]
                )
                self.depot.noter(nom, ligne, "pointages", "note_pied")


def _candidats(lignes: list[str]) -> list[int]:
    """Rangs des lignes dont les ressources atteignent mille euros, un sur sept."""
    return [
        rang
        for rang, ligne in enumerate(lignes)
        if rang % 7 == 3 and len(ligne.rsplit(";", 1)[1]) >= len("1000,00")
    ]


def _separer(ligne: str, espace: str) -> str:
    debut, ressources = ligne.rsplit(";", 1)
    return f"{debut};{ressources[:-6]}{espace}{ressources[-6:]}"
