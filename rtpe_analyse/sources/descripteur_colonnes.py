"""Les colonnes d'un descripteur : d'où elles viennent, comment les typer, quoi retenir."""

import re
from typing import Annotated, Literal, Self

import polars as pl
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

ProduitPorte = Literal[
    "enfant",
    "famille",
    "contrat",
    "demande",
    "appariement",
    "appariement_caf",
    "mois_naissance",
    "noms_libres",
    "numeros_libres",
]
FormeHeure = Literal["hh:mm", "hhmm", "8h30", "hh,mm", "centiemes", "minutes", "fraction"]
# De quoi la porte a besoin pour fabriquer chaque produit.
INGREDIENTS: dict[ProduitPorte, tuple[str, ...]] = {
    "enfant": ("identifiant_enfant",),
    "famille": ("identifiant_famille",),
    "contrat": ("identifiant_contrat",),
    "demande": ("identifiant_demande",),
    "appariement": ("nom", "prenom", "naissance"),
    "appariement_caf": ("matricule_caf", "naissance"),
    "mois_naissance": ("naissance",),
    "noms_libres": ("libres",),
    "numeros_libres": ("libres",),
}


def _motif(motif: str) -> str:
    try:
        re.compile(motif)
    except re.error as erreur:
        raise ValueError(f"expression « {motif} » mal écrite : {erreur}") from erreur
    return motif


def _motif_capturant(motif: str) -> str:
    if re.compile(_motif(motif)).groups == 0:
        raise ValueError(f"expression « {motif} » : mettre entre parenthèses la partie à garder")
    return motif


def _motif_de_cellule(motif: str) -> str:
    """Motif appliqué par polars à toute une colonne, qui n'admet pas les assertions."""
    try:
        pl.Series([""]).str.extract(_motif_capturant(motif), 1)
    except pl.exceptions.ComputeError as erreur:
        raise ValueError(f"expression « {motif} » : assertions (?=…) non admises ici") from erreur
    return motif


def _format_date(forme: str) -> str:
    """Accepte `jj/mm/aaaa` aussi bien que `%d/%m/%Y`."""
    if "%" not in forme and forme != "excel":
        for francais, code in (("aaaa", "%Y"), ("aa", "%y"), ("jj", "%d"), ("mm", "%m")):
            forme = forme.replace(francais, code)
    if forme != "excel" and not ("%Y" in forme or "%y" in forme):
        raise ValueError("format de date sans année (exemples : jj/mm/aaaa, jj.mm.aa, mm/aaaa)")
    return forme


def _liste(valeur: object) -> object:
    return [valeur] if isinstance(valeur, str) else valeur


Motif = Annotated[str, AfterValidator(_motif)]
MotifCapturant = Annotated[str, AfterValidator(_motif_capturant)]
MotifDeCellule = Annotated[str, AfterValidator(_motif_de_cellule)]
FormatDate = Annotated[str, AfterValidator(_format_date)]
Textes = Annotated[tuple[str, ...], BeforeValidator(_liste)]


class Modele(BaseModel):
    """Bloc d'un descripteur : immuable, clés inconnues refusées."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


class ColonnePorte(Modele):
    """Colonne identifiante : elle entre dans la porte et n'en ressort pas."""

    alias: Textes = Field(min_length=1)
    formats: Annotated[tuple[FormatDate, ...], BeforeValidator(_liste)] = ()
    cle: bool = False


class Porte(Modele):
    """Ce que la porte retient ; `libres` désigne les champs de texte libre."""

    nom: ColonnePorte | None = None
    prenom: ColonnePorte | None = None
    naissance: ColonnePorte | None = None
    identifiant_enfant: ColonnePorte | None = None
    identifiant_famille: ColonnePorte | None = None
    identifiant_contrat: ColonnePorte | None = None
    identifiant_demande: ColonnePorte | None = None
    matricule_caf: ColonnePorte | None = None
    libres: Textes = ()

    @property
    def colonnes(self) -> dict[str, ColonnePorte]:
        """Les colonnes déclarées, champs libres exceptés."""
        noms = [nom for nom in type(self).model_fields if nom != "libres"]
        return {nom: c for nom in noms if (c := getattr(self, nom)) is not None}


class Booleen(Modele):
    """Écritures du oui et du non."""

    vrai: Textes
    faux: Textes


class ColonneSource(Modele):
    """D'où vient une colonne propre (une seule origine) et comment la typer.

    Attributes:
        alias: intitulés possibles, comparés sans casse, accents, ponctuation ni espaces.
        sinon: intitulés d'une autre colonne, lue là où la première est vide (le nom d'une
            commune à défaut de son code).
        cle: sans elle le fichier est refusé ; sert à trouver l'en-tête et à reconnaître.
        porte: produit de la porte.
        constante: valeur fixe.
        contexte: nom d'un motif de `contexte` (lignes de titre).
        millesime: le millésime du fichier, ou la partie que capture ce motif.
        nom_fichier: ce que capture ce motif dans le nom du fichier.
        formats: formats de date ; `excel` admet les numéros de série.
        heure: formes d'un instant de la journée.
        duree: unités d'une durée.
        valeurs: traduction vers la liste fermée ; une valeur nulle veut dire « absent ».
        extraire: partie de la cellule à garder (une année dans une date) ; sinon, telle quelle.
        booleen: écritures du oui et du non.
        reference: colonne d'`etablissements` où chercher la valeur, si ce n'est pas le code.
    """

    alias: Textes = ()
    sinon: Textes = ()
    cle: bool = False
    porte: ProduitPorte | None = None
    constante: str | None = None
    contexte: str | None = None
    millesime: Literal[True] | MotifCapturant | None = None
    nom_fichier: MotifCapturant | None = None
    formats: Annotated[tuple[FormatDate, ...], BeforeValidator(_liste)] = ()
    heure: Annotated[tuple[FormeHeure, ...], BeforeValidator(_liste)] = ()
    duree: Annotated[tuple[FormeHeure, ...], BeforeValidator(_liste)] = ()
    valeurs: dict[str, str | None] = {}
    extraire: MotifDeCellule | None = None
    booleen: Booleen | None = None
    reference: Literal["nom", "dossier_afc"] | None = None

    @property
    def origines(self) -> list[str]:
        """Les origines déclarées ; vide si la colonne vient du dépliage."""
        noms = ("alias", "porte", "constante", "contexte", "millesime", "nom_fichier")
        return [nom for nom in noms if getattr(self, nom)]


class MotifVariable(Modele):
    """Intitulés d'une variable, par motif (toute l'étiquette, sans casse)."""

    motif: Motif


class Deplier(Modele):
    r"""Plusieurs colonnes du fichier deviennent plusieurs lignes.

    Trois façons de trouver les groupes de colonnes, une seule à la fois :
    `groupes` (intitulé → valeur, avec `valeurs` en gabarits « {groupe} début ») ;
    `motif` (cherché dans l'intitulé, la partie capturée est la valeur) ;
    `variables` (valeur → intitulés, ou motif).

    Attributes:
        colonne: colonne propre qui reçoit la valeur du groupe.
        valeurs: colonne propre → gabarit (avec `groupes`) ou intitulé de deuxième ligne.
        valeur: colonne propre qui reçoit la cellule elle-même (en-tête d'une ligne).
        annee: colonne propre qui reçoit le groupe nommé `(?P<annee>…)` du motif.
        garder_vides: garder les lignes dont toutes les valeurs sont absentes.
    """

    colonne: str
    groupes: dict[str, str] | None = None
    motif: MotifCapturant | None = None
    variables: dict[str, Textes | MotifVariable] | None = None
    valeurs: dict[str, str] = {}
    valeur: str | None = None
    annee: str | None = None
    garder_vides: bool = False

    @model_validator(mode="after")
    def _une_seule_facon(self) -> Self:
        if sum(f is not None for f in (self.groupes, self.motif, self.variables)) != 1:
            raise ValueError("donner `groupes`, `motif` ou `variables`, un seul des trois")
        if bool(self.valeurs) == bool(self.valeur):
            raise ValueError("donner `valeurs` ou `valeur`, un seul des deux")
        if self.groupes is not None and not self.valeurs:
            raise ValueError("avec `groupes`, `valeurs` donne un gabarit par colonne propre")
        if self.groupes is not None and not all("{groupe}" in g for g in self.valeurs.values()):
            raise ValueError("chaque gabarit de `valeurs` doit contenir {groupe}")
        return self

    @property
    def recues(self) -> tuple[str, ...]:
        """Les colonnes propres que le dépliage remplit."""
        fixes = (self.colonne, *self.valeurs, self.valeur, self.annee)
        return tuple(nom for nom in fixes if nom)


class TableSource(Modele):
    """Une table propre tirée du fichier."""

    colonnes: dict[str, ColonneSource] = Field(min_length=1)
    deplier: Deplier | None = None

    @model_validator(mode="after")
    def _une_origine_par_colonne(self) -> Self:
        depliees = self.deplier.recues if self.deplier else ()
        for nom, colonne in self.colonnes.items():
            attendu = 0 if nom in depliees else 1
            if len(colonne.origines) != attendu:
                raise ValueError(
                    f"colonne « {nom} » : une origine et une seule "
                    "(alias, porte, constante, contexte, millesime, nom_fichier ou dépliage)"
                )
        return self

    @property
    def noms(self) -> tuple[str, ...]:
        """Colonnes propres remplies, dans l'ordre de déclaration."""
        depliees = self.deplier.recues if self.deplier else ()
        return tuple(dict.fromkeys((*self.colonnes, *depliees)))
