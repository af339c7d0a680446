"""Périodes de restitution : le mois et le trimestre civils."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rtpe_analyse.erreurs import ErreurUsage

Pas = Literal["mois", "trimestre"]
Niveau = Literal["interne", "diffusion"]
Maille = Literal["etablissement", "commune", "territoire", "departement", "zonage", "iris"]
MAILLES: tuple[Maille, ...] = ("etablissement", "commune", "territoire", "departement")
MAILLES_PUBLIQUES: tuple[Maille, ...] = ("zonage", "iris")
"""Mailles où n'existent que des chiffres publics, jamais l'activité du réseau."""
ORDRE_DES_MAILLES = {maille: rang for rang, maille in enumerate((*MAILLES, *MAILLES_PUBLIQUES))}

_MOIS = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")
_TRIMESTRE = re.compile(r"^(\d{4})-T([1-4])$")


@dataclass(frozen=True, order=True)
class Periode:
    """Un mois (`2026-07`) ou un trimestre civil (`2026-T3`).

    Attributes:
        annee: année civile.
        rang: 1 à 12 pour un mois, 1 à 4 pour un trimestre.
        pas: `mois` ou `trimestre`.
    """

    annee: int
    rang: int
    pas: Pas

    @classmethod
    def lire(cls, texte: str) -> "Periode":
        """Lit `2026-07` ou `2026-T3`.

        Raises:
            ErreurUsage: si le texte n'est ni un mois ni un trimestre.
        """
        if trouve := _MOIS.match(texte):
            return cls(int(trouve[1]), int(trouve[2]), "mois")
        if trouve := _TRIMESTRE.match(texte):
            return cls(int(trouve[1]), int(trouve[2]), "trimestre")
        raise ErreurUsage(
            f"Période « {texte} » non comprise.",
            "Écrire un trimestre (2026-T3) ou un mois (2026-07).",
        )

    @classmethod
    def contenant(cls, jour: date, pas: Pas) -> "Periode":
        """Le mois ou le trimestre qui contient `jour`."""
        rang = jour.month if pas == "mois" else (jour.month - 1) // 3 + 1
        return cls(jour.year, rang, pas)

    def __str__(self) -> str:
        return (
            f"{self.annee}-{self.rang:02d}" if self.pas == "mois" else f"{self.annee}-T{self.rang}"
        )

    @property
    def debut(self) -> date:
        """Premier jour de la période."""
        return date(self.annee, self.rang if self.pas == "mois" else 3 * self.rang - 2, 1)

    @property
    def fin(self) -> date:
        """Dernier jour de la période, inclus."""
        mois = self.rang if self.pas == "mois" else 3 * self.rang
        return date(self.annee, mois, monthrange(self.annee, mois)[1])

    def decaler(self, n: int) -> "Periode":
        """La période située `n` pas plus tard (plus tôt si `n` est négatif)."""
        par_an = 12 if self.pas == "mois" else 4
        total = self.annee * par_an + self.rang - 1 + n
        return Periode(total // par_an, total % par_an + 1, self.pas)

    @property
    def an_dernier(self) -> "Periode":
        """La même période de l'année précédente : la première comparaison à faire."""
        return Periode(self.annee - 1, self.rang, self.pas)
