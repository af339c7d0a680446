"""Écrire les fichiers du dépôt, tenir le compte des lignes et la vérité."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

Issue = Literal["refuse", "rejete", "ecarte", "corrige", "constat"]
FIN_DE_LIGNE = "\r\n"
ENCODAGE = "cp1252"
SCHEMA_VERITE = {
    "fichier": pl.String,
    "ligne": pl.Int64,
    "lieu": pl.String,
    "table": pl.String,
    "code": pl.String,
    "issue": pl.String,
}
ISSUES: dict[str, Issue] = {
    **dict.fromkeys(("fichier_html", "fichier_tronque", "colonne_cle_absente"), "refuse"),
    **dict.fromkeys(
        (
            "ligne_malformee",
            "date_impossible",
            "date_future",
            "depart_avant_arrivee",
            "heure_ambigue",
            "heure_illisible",
            "nombre_illisible",
            "valeur_absente",
            "code_inconnu",
            "valeur_inconnue",
        ),
        "rejete",
    ),
    **dict.fromkeys(
        ("total", "note_pied", "entete_repetee", "doublon_exact", "doublon_entre_fichiers"),
        "ecarte",
    ),
    **dict.fromkeys(
        ("espace_milliers", "heure_en_h", "code_tronque", "nom_de_lieu", "bourrage", "bom"),
        "corrige",
    ),
}


@dataclass
class Depot:
    """Les fichiers fabriqués et ce qu'un lecteur exact devrait y trouver.

    Attributes:
        dossier: où s'écrivent les fichiers.
        lignes: nombre de lignes déjà écrites par fichier, en-tête compris.
    """

    dossier: Path
    lignes: dict[str, int] = field(default_factory=dict)
    _verite: list[tuple[str, int, str, str, str, str]] = field(default_factory=list)

    def ajouter(
        self,
        nom: str,
        entete: str,
        lignes: Sequence[str],
        *,
        encodage: str = ENCODAGE,
    ) -> int:
        """Ajoute des lignes à un fichier, créé avec son en-tête au besoin.

        Args:
            nom: nom du fichier.
            entete: ligne d'en-tête, sans fin de ligne ; vide : pas d'en-tête.
            lignes: lignes sans fin de ligne.
            encodage: `cp1252`, `utf-8`, `utf-8-sig` (avec BOM), ou `utf-16` (avec BOM, pour un
                fichier écrit en une fois).

        Returns:
            Numéro physique de la première ligne ajoutée (1 = première du fichier).
        """
        nouveau = nom not in self.lignes
        toutes = [entete, *lignes] if nouveau and entete else list(lignes)
        premiere = self.lignes.get(nom, 0) + 1 + (1 if nouveau and entete else 0)
        texte = "".join(f"{ligne}{FIN_DE_LIGNE}" for ligne in toutes)
        code = encodage if nouveau else encodage.removesuffix("-sig")
        with (self.dossier / nom).open("ab") as flux:
            flux.write(texte.encode(code))
        self.lignes[nom] = self.lignes.get(nom, 0) + len(toutes)
        return premiere

    def ecrire(self, nom: str, contenu: bytes) -> None:
        """Écrit un fichier entier."""
        (self.dossier / nom).write_bytes(contenu)

    def noter(self, fichier: str, ligne: int, table: str, code: str, lieu: str = "") -> None:
        """Inscrit une ligne de vérité ; l'issue se déduit du code."""
        issue = ISSUES.get(code, "constat")
        self._verite.append((fichier, ligne, lieu, table, code, issue))

    def noter_tout(self, fichier: str, table: str, reperes: Iterable[tuple[int, str]]) -> None:
        """Inscrit plusieurs (ligne, code) d'un même fichier."""
        for ligne, code in reperes:
            self.noter(fichier, ligne, table, code)

    def verite(self) -> pl.DataFrame:
        """La vérité entière, triée, au schéma `SCHEMA_VERITE`."""
        return pl.DataFrame(sorted(self._verite), schema=SCHEMA_VERITE, orient="row")


def en_lignes(table: pl.DataFrame) -> list[str]:
    """Une ligne CSV par rang, séparateur point-virgule, vide pour une valeur absente."""
    texte = table.write_csv(include_header=False, separator=";", line_terminator="\n")
    return texte.splitlines() if texte else []


def ecrire_registre(
    depot: Depot, nom: str, table: pl.DataFrame, *, encodage: str = ENCODAGE
) -> None:
    """Écrit un registre entier ; l'en-tête vient des noms de colonnes."""
    depot.ajouter(nom, ";".join(table.columns), en_lignes(table), encodage=encodage)
