"""La porte : aucun nom, aucune date de naissance, aucun identifiant ne la passe.

Les colonnes identifiantes y entrent, des pseudonymes et des comptes en sortent. Les calculs
se font sur les valeurs distinctes : un fichier répète le même enfant chaque jour.
"""

import hmac
import re
from collections.abc import Callable, Iterable

import polars as pl

from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.sources.descripteur_colonnes import INGREDIENTS, ProduitPorte
from rtpe_analyse.sources.descripteur_modele import Descripteur
from rtpe_analyse.sources.grille import Grille
from rtpe_analyse.sources.libres import compter_noms, compter_numeros, repertoire_de_noms
from rtpe_analyse.sources.textes import plier

LONGUEUR_PSEUDONYME = 20
NAISSANCE_ILLISIBLE = "_naissance_illisible"
_FORMATS_NAISSANCE = ("%d/%m/%Y",)
_ORIGINE_TABLEUR = pl.date(1899, 12, 30)


def pseudonyme(message: str, cle: bytes) -> str:
    """HMAC-SHA-256 du message, 20 premiers chiffres hexadécimaux."""
    return hmac.digest(cle, message.encode(), "sha256").hex()[:LONGUEUR_PSEUDONYME]


def espace_du_fichier(descripteur: Descripteur, nom_fichier: str) -> str | None:
    """Espace des identifiants, s'il vaut pour tout le fichier ; None si une colonne le porte.

    Raises:
        ErreurFichier: `source_inconnue` si le nom du fichier devait le dire et ne le dit pas.
    """
    declare = descripteur.espace_identifiants
    if isinstance(declare, str):
        return declare
    if declare.colonne:
        return None
    trouve = re.search(declare.nom_fichier or r"(?!)", nom_fichier, re.IGNORECASE)
    espace = trouve[1].lower() if trouve else declare.defaut
    if espace is None:
        raise ErreurFichier(
            "Le nom du fichier ne dit pas de quel logiciel viennent les identifiants.",
            "Rendre au fichier son nom d'export, ou fixer `espace_identifiants`.",
            code="source_inconnue",
        )
    return espace


def passer(
    donnees: pl.DataFrame, grille: Grille, descripteur: Descripteur, espace: str | None, cle: bytes
) -> pl.DataFrame:
    """Fabrique les produits de la porte que demandent les tables.

    Args:
        donnees: lignes de données, cellules brutes en texte.
        grille: d'où l'en-tête dit où sont les colonnes identifiantes.
        descripteur: la source.
        espace: espace des identifiants ; None si une colonne le porte.
        cle: clé secrète du jeu.

    Returns:
        Une ligne par ligne reçue, dans l'ordre : un texte par produit (null si un ingrédient
        manque) et `_naissance_illisible` (booléen). `mois_naissance` est écrit AAAA-MM-01.
    """
    porte = _Porte(donnees, grille, descripteur, espace, cle)
    produits = [porte.produire(produit).alias(produit) for produit in descripteur.produits]
    return pl.DataFrame([*produits, porte.naissance_illisible.alias(NAISSANCE_ILLISIBLE)])


class _Porte:
    def __init__(
        self,
        donnees: pl.DataFrame,
        grille: Grille,
        descripteur: Descripteur,
        espace: str | None,
        cle: bytes,
    ) -> None:
        self._donnees = donnees
        self._entete = grille.entete
        self._descripteur = descripteur
        self._espace = espace
        self._cle = cle
        brute = self._colonne("naissance")
        declaree = descripteur.porte.naissance
        formats = (declaree.formats if declaree else ()) or _FORMATS_NAISSANCE
        self._naissance = _dates(brute, formats, serie=descripteur.format == "classeur")
        self.naissance_illisible = brute.is_not_null() & self._naissance.is_null()

    def produire(self, produit: ProduitPorte) -> pl.Series:
        if produit == "mois_naissance":
            return self._naissance.dt.strftime("%Y-%m-01")
        if produit == "noms_libres":
            noms = [v for r in ("nom", "prenom") for v in _distinctes(self._colonne(r))]
            repertoire = repertoire_de_noms(noms)
            return self._compter(lambda texte: compter_noms(texte, repertoire))
        if produit == "numeros_libres":
            return self._compter(compter_numeros)
        if produit == "appariement":
            nom, prenom = (self._transformer(r, plier) for r in ("nom", "prenom"))
            return self._pseudonymiser("appariement|", nom, "|", prenom, "|", self._iso())
        if produit == "appariement_caf":
            matricule = self._transformer("matricule_caf", _chiffres)
            return self._pseudonymiser("caf|", matricule, "|", self._iso())
        role = INGREDIENTS[produit][0]
        identifiant = self._colonne(role).str.strip_chars()
        return self._pseudonymiser(f"{produit}|", self._colonne_espace(), "|", identifiant)

    def _colonne(self, role: str) -> pl.Series:
        rang = self._entete.porte.get(role)
        if rang is None:
            return pl.Series(role, [None] * self._donnees.height, dtype=pl.String)
        return self._donnees[str(rang)]

    def _colonne_espace(self) -> pl.Series | str:
        if self._entete.espace is None:
            return self._espace or ""
        return self._donnees[str(self._entete.espace)].str.strip_chars().str.to_lowercase()

    def _iso(self) -> pl.Series:
        return self._naissance.dt.strftime("%Y-%m-%d")

    def _transformer(self, role: str, forme: Callable[[str], str]) -> pl.Series:
        """Applique une forme aux valeurs distinctes ; une forme vide vaut « absent »."""
        return _par_valeur(self._colonne(role), lambda valeur: forme(valeur) or None)

    def _pseudonymiser(self, *parties: pl.Series | str) -> pl.Series:
        colonnes = [pl.lit(p) if isinstance(p, str) else p for p in parties]
        messages = self._donnees.select(pl.concat_str(colonnes)).to_series()
        return _par_valeur(messages, lambda message: pseudonyme(message, self._cle))

    def _compter(self, compte: Callable[[str], int]) -> pl.Series:
        total = pl.Series([0] * self._donnees.height, dtype=pl.Int64)
        for rang in self._entete.libres:
            comptes = _par_valeur(self._donnees[str(rang)], lambda texte: str(compte(texte)))
            total += comptes.cast(pl.Int64).fill_null(0)
        return total.cast(pl.String)


def _distinctes(colonne: pl.Series) -> list[str]:
    return colonne.drop_nulls().unique(maintain_order=True).to_list()


def _par_valeur(colonne: pl.Series, forme: Callable[[str], str | None]) -> pl.Series:
    valeurs = _distinctes(colonne)
    formes = pl.Series([forme(valeur) for valeur in valeurs], dtype=pl.String)
    return colonne.replace_strict(
        pl.Series(valeurs, dtype=pl.String), formes, default=None, return_dtype=pl.String
    )


def _chiffres(matricule: str) -> str:
    return "".join(c for c in matricule if c.isdecimal() and c.isascii()).lstrip("0")


def _dates(colonne: pl.Series, formats: Iterable[str], *, serie: bool) -> pl.Series:
    """Dates de naissance lues sur les valeurs distinctes ; null si aucune forme ne convient."""
    texte = pl.col("texte").str.strip_chars()
    essais = [texte.str.to_date(f, strict=False) for f in (*formats, "%Y-%m-%d") if f != "excel"]
    if serie or "excel" in formats:
        jours = texte.str.extract(r"^(\d{5})(?:\.0*)?$", 1).cast(pl.Int32, strict=False)
        essais.append(_ORIGINE_TABLEUR + pl.duration(days=jours))
    # Sans borne, « %Y » lirait « 24 » comme l'an 24.
    lues = pl.DataFrame({"texte": pl.Series(_distinctes(colonne), dtype=pl.String)}).with_columns(
        date=pl.coalesce(pl.when(e.dt.year().is_between(1900, 2200)).then(e) for e in essais)
    )
    return colonne.replace_strict(lues["texte"], lues["date"], default=None, return_dtype=pl.Date)
