"""Le scénario du jeu fictif, lu dans `scenario.yaml` et vérifié."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

import numpy as np
import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict

from rtpe_analyse.erreurs import ErreurUsage


class Profil(BaseModel):
    """Taille et dates d'un jeu (`normal` ou `petit`).

    Attributes:
        places: places autorisées visées, somme des établissements en activité à la fin.
        debut: premier jour ; absent, le 1er septembre, `annees` avant la fin.
        bascule: premier jour du second logiciel.
        mois_vides: mois (AAAA-MM) dont le fichier est vide, le suivant portant les deux.
        salete: nombre de lignes salies par code.
        faits: nombre de faits gênants plantés par code.
        incidents: jours d'incident de calendrier, par sorte.
        ecarts: écarts entre contrat et pointages, par sorte.
        recopies: établissements dont un mois est recopié.
        refus: fichiers à refuser, par raison.
        effets: planter les effets du scénario.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    etablissements: int
    places: int
    territoires: list[str]
    debut: date | None = None
    fin: date
    annees: int
    bascule: date
    fermetures: int
    fusions: int
    ouvertures: int
    mois_vides: list[str]
    salete: int
    faits: int
    incidents: int
    ecarts: int
    recopies: int
    refus: int
    filoue: list[int]
    petits: int
    sans_heures: int
    double_accueil: float
    demandes_par_entree: float
    effets: bool

    @property
    def premier_jour(self) -> date:
        """Premier jour du jeu."""
        return self.debut or date(self.fin.year - self.annees, 9, 1)


@dataclass(frozen=True)
class Scenario:
    """Tout ce qui règle une fabrication.

    Attributes:
        profil: taille et dates.
        reglages: reste de `scenario.yaml`, par thème.
        noms: listes de noms inventés (`noms.yaml`).
        communes: communes réelles et leurs chiffres publics.
        iris: Iris de ces communes.
        graine: graine de tous les tirages.
    """

    profil: Profil
    reglages: dict[str, Any]
    noms: dict[str, Any]
    communes: pl.DataFrame
    iris: pl.DataFrame
    graine: int

    def tirage(self, *cle: int) -> np.random.Generator:
        """Générateur propre à une étape : la graine et `cle` seules le déterminent."""
        return np.random.default_rng([self.graine, *cle])


def charger(*, petit: bool, graine: int, echelle: int, annees: int) -> Scenario:
    """Lit le scénario et l'ajuste aux options de la commande.

    Args:
        petit: profil réduit ; `annees` est alors sans effet.
        graine: graine de tous les tirages.
        echelle: multiplicateur du nombre d'établissements et d'événements.
        annees: nombre d'années d'activité avant la fin du jeu.

    Raises:
        ErreurUsage: si l'échelle ou le nombre d'années est inférieur à 1.
    """
    if echelle < 1 or annees < 1:
        raise ErreurUsage(
            "L'échelle et le nombre d'années sont des entiers positifs.",
            "Par exemple : --echelle 1 --annees 3.",
        )
    reglages = _lire_yaml("scenario.yaml")
    profil = Profil.model_validate(reglages["profils"]["petit" if petit else "normal"])
    if not petit and annees != profil.annees:
        profil = _sur_annees(profil, annees)
    if echelle > 1:
        multiplies = ("etablissements", "places", "fermetures", "fusions", "ouvertures", "petits")
        profil = profil.model_copy(
            update={nom: getattr(profil, nom) * echelle for nom in (*multiplies, "sans_heures")}
        )
    return Scenario(
        profil=profil,
        reglages=reglages,
        noms=_lire_yaml("noms.yaml"),
        communes=_communes(),
        iris=_lire_csv("iris.csv", {"iris": pl.String, "commune": pl.String}),
        graine=graine,
    )


def sans_bascule(scenario: Scenario) -> Scenario:
    """Le même scénario tenu dans le second logiciel d'un bout à l'autre."""
    profil = scenario.profil.model_copy(update={"bascule": scenario.profil.premier_jour})
    return replace(scenario, profil=profil)


def _sur_annees(profil: Profil, annees: int) -> Profil:
    allonge = profil.model_copy(update={"annees": annees})
    debut = allonge.premier_jour
    bascule = profil.bascule
    if bascule <= debut:
        bascule = date(debut.year + 1, 1, 1)
    pleines = [a for a in range(debut.year, profil.fin.year) if date(a, 1, 1) >= debut]
    vides = [m for m in profil.mois_vides if f"{bascule:%Y-%m}" <= m]
    return allonge.model_copy(
        update={
            "bascule": bascule,
            "filoue": pleines or [profil.fin.year - 1],
            "mois_vides": vides,
        }
    )


def _communes() -> pl.DataFrame:
    communes = _lire_csv("communes.csv", {"code": pl.String, "code_postal": pl.String})
    # Taux de pauvreté non publié (commune trop petite) : la médiane suffit à un jeu fictif.
    pauvrete = pl.col("taux_pauvrete_pct")
    return communes.with_columns(pauvrete.fill_null(pauvrete.median()))


@cache
def _lire_yaml(nom: str) -> dict[str, Any]:
    contenu: dict[str, Any] = yaml.safe_load(
        files(__package__).joinpath(nom).read_text(encoding="utf-8")
    )
    return contenu


def _lire_csv(nom: str, textes: dict[str, Any]) -> pl.DataFrame:
    octets = files(__package__).joinpath(nom).read_bytes()
    return pl.read_csv(BytesIO(octets), separator=";", schema_overrides=textes)
