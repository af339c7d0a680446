"""Ce qu'est un indicateur : une déclaration, et la table longue où il se range.

`valeur` vaut toujours `numerateur / denominateur` quand il y a un dénominateur : une
fraction (0,625), que l'affichage multiplie par 100 si l'unité est « % ». Sans dénominateur,
`valeur` vaut `numerateur`.

Une mesure se nomme avec son unité : `_min` (minutes), `_uh` (millionièmes d'heure) et `_tuh`
(tiers de millionième, où minutes et heures décimales sont toutes deux entières) se lisent en
heures dans les tables d'indicateurs, `_centimes` en euros ; les autres se
lisent telles quelles. Les sommes se font ainsi en entiers : leur ordre n'y change rien.
"""

from dataclasses import dataclass
from typing import Literal

import polars as pl

SCHEMA_INDICATEURS = pl.Schema(
    {
        "indicateur": pl.String(),
        "maille": pl.String(),
        "zone": pl.String(),
        "pas": pl.String(),
        "periode": pl.String(),
        "ventilation": pl.String(),
        "modalite": pl.String(),
        "numerateur": pl.Float64(),
        "denominateur": pl.Float64(),
        "valeur": pl.Float64(),
        "effectif": pl.Int64(),
        "statut": pl.String(),
        "millesime": pl.String(),
        "source": pl.String(),
    }
)
CLE_INDICATEURS = ("indicateur", "maille", "zone", "pas", "periode", "ventilation", "modalite")

Statut = Literal[
    "diffusable", "a_verifier", "non_calculable", "masque_primaire", "masque_secondaire"
]
Sens = Literal["hausse_favorable", "baisse_favorable", "neutre"]
Nature = Literal["effectifs", "revenus", "agents"]
AuTrimestre = Literal["", "somme", "fin"]
# Ce que le programme sait compter d'agents : des présences au même instant, jamais un agent.
CONTRIBUTEURS_AGENTS = frozenset({"encadrants", "qualifications"})


@dataclass(frozen=True)
class Additif:
    """Somme de parts disjointes : la somme des parties égale le tout."""

    mesure: str


@dataclass(frozen=True)
class RatioDeSommes:
    """Somme des numérateurs sur somme des dénominateurs ; jamais une moyenne de taux."""

    numerateur: str
    denominateur: str


@dataclass(frozen=True)
class ComptageDistinct:
    """Unités distinctes : le tout est au plus la somme des parties."""

    comptage: str


@dataclass(frozen=True)
class SommeDeMoyennes:
    """Stock : moyenne dans le temps par établissement (mesure / poids), puis somme.

    Un établissement rattaché tour à tour à deux territoires compte dans chacun pour sa part
    de poids : la somme des territoires reste le total.
    """

    mesure: str
    poids: str


@dataclass(frozen=True)
class NonAgregeable:
    """Valeur publiée pour sa zone (médiane, taux) : jamais sommée ni moyennée."""

    mesure: str


Agregation = Additif | RatioDeSommes | ComptageDistinct | SommeDeMoyennes | NonAgregeable
NOMS_AGREGATIONS: dict[type[Agregation], str] = {
    Additif: "additif",
    RatioDeSommes: "ratio_de_sommes",
    ComptageDistinct: "comptage_distinct",
    SommeDeMoyennes: "somme_de_moyennes",
    NonAgregeable: "non_agregeable",
}


@dataclass(frozen=True, kw_only=True)
class Indicateur:
    """Un indicateur déclaré ; le déclarer suffit à le calculer à toutes les mailles.

    Attributes:
        code: code court (`T1`).
        libelle: nom affiché.
        unite: unité d'affichage ; « % » : la valeur est une fraction.
        agregation: comment il s'agrège, et les mesures qu'il lit.
        numerateur: le numérateur, en mots.
        denominateur: le dénominateur, en mots ; vide s'il n'y en a pas.
        champ: ce qui est compté, et ce qui ne l'est pas.
        definition: la règle, en une ou deux phrases.
        source: tables lues.
        limites: ce que le chiffre ne dit pas.
        contributeur: les personnes dont il parle (`presents`, `factures`…), une par mesure
            soumise, séparées par « + » ; vide : l'indicateur n'est pas soumis au secret.
        redit: code de l'indicateur dont une ligne redit la valeur d'ensemble de celui-ci : les
            deux se masquent dans les mêmes zones, sinon l'un rendrait l'autre.
        entraine_par: code d'un indicateur, d'une autre famille, qu'une ligne de celui-ci rendrait :
            masqué pour une zone, il entraîne celui-ci (voir `secret.entrainement`).
        au_trimestre: ce que la valeur d'un trimestre est pour celles de ses mois : leur `somme`, ou
            la dernière (`fin`) ; vide si elle ne s'en déduit pas. Le secret les lie.
        flux_de: code du stock (enfants sous contrat) qui varie, d'une période à l'autre, des
            entrées moins les sorties : ses flux se masquent ensemble, et là où il se masque.
        mailles_publiees: mailles où il sort de la porte du secret ; vide : toutes. Aux autres,
            presque tout serait masqué, et des sommes (douze mois) rendraient le reste.
        ensemble_du_trimestre: seule la valeur d'ensemble d'un trimestre en sort, de même.
        plusieurs_cases: une même personne compte dans plusieurs modalités d'une ventilation.
        denominateur_public: le dénominateur reste lisible quand la valeur est masquée.
        part: le numérateur est un sous-ensemble du dénominateur (le secret vaut aussi pour
            le complément).
        nature: choisit le seuil de secret.
        decimales: décimales d'affichage de la valeur (après passage en % s'il y a lieu).
        sens: lecture d'une hausse.
    """

    code: str
    libelle: str
    unite: str
    agregation: Agregation
    numerateur: str
    denominateur: str = ""
    champ: str
    definition: str
    source: str
    limites: str
    contributeur: str = ""
    redit: str = ""
    entraine_par: str = ""
    au_trimestre: AuTrimestre = ""
    flux_de: str = ""
    mailles_publiees: tuple[str, ...] = ()
    ensemble_du_trimestre: bool = False
    plusieurs_cases: bool = False
    denominateur_public: bool = False
    part: bool = False
    nature: Nature = "effectifs"
    decimales: int = 0
    sens: Sens = "neutre"

    def __post_init__(self) -> None:
        """Refuse tout indicateur au grain d'un agent.

        Raises:
            ValueError: indicateur d'agents dont le contributeur n'est pas un effectif
                d'agents présents ensemble, ou l'inverse.
        """
        noms = set(self.contributeur.split("+"))
        interdits = {n for n in noms if n.startswith("agent")}
        if interdits or (self.nature == "agents") != bool(noms & CONTRIBUTEURS_AGENTS):
            raise ValueError(f"{self.code} : un indicateur sur un agent isolé est interdit")

    @property
    def groupes_de_secret(self) -> tuple[str, ...]:
        """Groupes dont les masques s'appliquent à lui ; aucun s'il n'est pas soumis."""
        nom = f"flux_{self.flux_de}" if self.flux_de else self.contributeur
        return tuple(sorted(nom.split("+"))) if nom else ()

    @property
    def soumis_au_secret(self) -> bool:
        """Vrai dès qu'il parle d'enfants ou de familles."""
        return bool(self.contributeur)

    @property
    def fiche(self) -> dict[str, object]:
        """La déclaration telle qu'elle s'écrit dans `definitions.json`."""
        return {
            "code": self.code,
            "libelle": self.libelle,
            "unite": self.unite,
            "agregation": NOMS_AGREGATIONS[type(self.agregation)],
            "numerateur": self.numerateur,
            "denominateur": self.denominateur,
            "champ": self.champ,
            "definition": self.definition,
            "source": self.source,
            "limites": self.limites,
            "soumis_au_secret": self.soumis_au_secret,
            "contributeur": self.contributeur,
            "decimales": self.decimales,
            "sens": self.sens,
        }
