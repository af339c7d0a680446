"""Le descripteur d'une source : ce qu'il faut savoir d'un export pour le lire, en YAML.

Les clés inconnues sont refusées et les textes doivent être des textes (`01004` sans
guillemets deviendrait un nombre octal).
"""

from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from rtpe_analyse.schemas import TABLES
from rtpe_analyse.sources.descripteur_colonnes import (
    INGREDIENTS,
    Modele,
    Motif,
    MotifCapturant,
    Porte,
    ProduitPorte,
    TableSource,
    Textes,
)
from rtpe_analyse.sources.textes import plier
from rtpe_analyse.tableaux import empreinte_octets


class OptionsCsv(Modele):
    """Lecture d'un texte à séparateurs.

    Attributes:
        separateur: le caractère, `tab`, ou `auto` (point-virgule, virgule, tabulation, barre).
        encodage: `auto` (marque d'ordre, puis UTF-8 strict, puis cp1252) ou un nom d'encodage.
        recherche_entete: nombre de premières lignes où chercher l'en-tête.
        contexte: nom → motif cherché dans les lignes de titre, au-dessus de l'en-tête.
    """

    separateur: str = Field(default="auto", pattern=r"^(auto|tab|[^\s\w\"])$")
    encodage: str = "auto"
    recherche_entete: int = Field(default=30, ge=1, le=100)
    contexte: dict[str, MotifCapturant] = Field(default_factory=dict)


class OptionsClasseur(Modele):
    """Lecture d'un classeur.

    Attributes:
        feuilles: motif des feuilles à lire.
        entete_lignes: 1, ou 2 si l'en-tête tient sur deux lignes fusionnées.
        recherche_entete: nombre de premières lignes où chercher l'en-tête.
        contexte: nom → motif cherché dans les lignes de titre, au-dessus de l'en-tête.
    """

    feuilles: Motif = ".*"
    entete_lignes: Literal[1, 2] = 1
    recherche_entete: int = Field(default=15, ge=1, le=100)
    contexte: dict[str, MotifCapturant] = Field(default_factory=dict)


class RegleEcart(Modele):
    """Lignes à mettre de côté, comptées : totaux, notes de pied.

    Attributes:
        code: `total` ou `note_pied`.
        motif: cherché au début de la cellule mise en minuscules, sans accents.
        colonne: colonne propre à examiner ; par défaut la première cellule non vide.
        intitule: intitulé de la colonne du fichier à examiner, si aucune colonne propre n'en
            vient.
    """

    code: Literal["total", "note_pied"]
    motif: Motif
    colonne: str | None = None
    intitule: str | None = None


class Espace(Modele):
    """D'où vient l'espace des identifiants, quand il n'est pas fixe.

    Attributes:
        nom_fichier: partie du nom du fichier.
        colonne: intitulés de la colonne qui le porte.
        defaut: valeur si le nom du fichier ne dit rien.
    """

    nom_fichier: MotifCapturant | None = None
    colonne: Textes = ()
    defaut: str | None = None


class Descripteur(Modele):
    """Tout ce qu'il faut pour lire les exports d'une source.

    Attributes:
        code: nom court, sert de dossier.
        libelle: ce qu'est cet export.
        producteur: logiciel ou organisme.
        format: `csv` (texte à séparateurs) ou `classeur`.
        millesime: motif cherché dans le nom du fichier.
        espace_identifiants: espace des identifiants du logiciel : deux logiciels peuvent
            donner le même numéro à deux enfants.
        publique: chiffres publics, sans porte ni clé.
        droits: licence ou condition d'usage.
        jeu: nom du jeu de données chez son producteur.
        limites: ce que ces chiffres ne disent pas (repris dans la fiche du référentiel).
        reconnaitre: motifs qui doivent chacun trouver un intitulé (sans casse).
        absents: textes qui valent « absent » dans tout le fichier (« s », « nd »…).
    """

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    libelle: str
    producteur: str
    format: Literal["csv", "classeur"]
    millesime: MotifCapturant | None = None
    espace_identifiants: str | Espace = ""
    publique: bool = False
    droits: str = "Usage interne"
    jeu: str = ""
    limites: tuple[str, ...] = ()
    reconnaitre: tuple[Motif, ...] = ()
    absents: tuple[str, ...] = ()
    csv: OptionsCsv = OptionsCsv()
    classeur: OptionsClasseur = OptionsClasseur()
    ecarter: tuple[RegleEcart, ...] = ()
    porte: Porte = Porte()
    tables: dict[str, TableSource] = Field(min_length=1)

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        for nom, table in self.tables.items():
            if nom not in TABLES:
                raise ValueError(f"table « {nom} » inconnue (tables : {', '.join(TABLES)})")
            inconnues = [c for c in table.noms if c not in TABLES[nom].colonnes]
            if inconnues:
                raise ValueError(f"table {nom} : colonnes inconnues ({', '.join(inconnues)})")
            obligatoires = [c for c, d in TABLES[nom].colonnes.items() if d.obligatoire]
            if manquantes := [c for c in obligatoires if c not in table.noms]:
                raise ValueError(
                    f"table {nom} : colonnes obligatoires absentes ({', '.join(manquantes)})"
                )
        self._verifier_porte()
        self._verifier_cles()
        self._verifier_ecarts_et_contextes()
        return self

    def _verifier_porte(self) -> None:
        if self.publique:
            if self.porte.colonnes or self.porte.libres:
                raise ValueError("une source publique n'a pas de porte")
            return
        presentes = {*self.porte.colonnes, *(["libres"] if self.porte.libres else [])}
        for produit in self.produits:
            manque = [i for i in INGREDIENTS[produit] if i not in presentes]
            if manque:
                raise ValueError(f"« {produit} » demande sous `porte` : {', '.join(manque)}")
        if self.espace_identifiants == "" and self.produits:
            raise ValueError("`espace_identifiants` manque : nommer le logiciel")
        identifiants = [a for c in self.porte.colonnes.values() for a in c.alias]
        retenus = {plier(a) for a in [*identifiants, *self.porte.libres]}
        for table in self.tables.values():
            for nom, colonne in table.colonnes.items():
                if any(plier(a) in retenus for a in (*colonne.alias, *colonne.sinon)):
                    raise ValueError(
                        f"colonne « {nom} » : un intitulé mis sous `porte` ne peut pas en ressortir"
                    )

    def _verifier_cles(self) -> None:
        cles = [c for t in self.tables.values() for c in t.colonnes.values() if c.cle and c.alias]
        if not cles and not any(c.cle for c in self.porte.colonnes.values()):
            raise ValueError("au moins une colonne `cle: true`, sinon l'en-tête est introuvable")

    def _verifier_ecarts_et_contextes(self) -> None:
        propres = {nom for t in self.tables.values() for nom in t.noms}
        for regle in self.ecarter:
            if regle.colonne and regle.colonne not in propres:
                raise ValueError(f"`ecarter` : colonne « {regle.colonne} » non déclarée")
        connus = self.contextes
        for table in self.tables.values():
            for nom, colonne in table.colonnes.items():
                if colonne.contexte and colonne.contexte not in connus:
                    raise ValueError(f"colonne « {nom} » : contexte non déclaré")

    @property
    def contextes(self) -> dict[str, str]:
        """Motifs cherchés au-dessus de l'en-tête."""
        return self.csv.contexte if self.format == "csv" else self.classeur.contexte

    @cached_property
    def produits(self) -> tuple[ProduitPorte, ...]:
        """Produits de la porte que demandent les tables, chacun une fois."""
        demandes = [c.porte for t in self.tables.values() for c in t.colonnes.values() if c.porte]
        return tuple(dict.fromkeys(demandes))

    @property
    def alias(self) -> tuple[str, ...]:
        """Tous les intitulés déclarés, porte comprise."""
        colonnes = [c for t in self.tables.values() for c in t.colonnes.values()]
        simples = [a for c in colonnes for a in (*c.alias, *c.sinon)]
        porte = [a for c in self.porte.colonnes.values() for a in c.alias]
        return (*simples, *porte, *self.porte.libres)

    @cached_property
    def vocabulaire_des_cles(self) -> frozenset[str]:
        """Formes pliées de tous les alias ; vide si aucune colonne clé n'est à trouver."""
        espace = self.espace_identifiants
        alias_espace = () if isinstance(espace, str) else espace.colonne
        cles = [c.cle and c.alias for t in self.tables.values() for c in t.colonnes.values()]
        cles += [c.cle and c.alias for c in self.porte.colonnes.values()]
        if not any(cles) and not alias_espace:
            return frozenset()
        return frozenset(map(plier, (*self.alias, *alias_espace)))

    @cached_property
    def empreinte(self) -> str:
        """Empreinte de ce qu'il dit (les commentaires du YAML n'y changent rien)."""
        return empreinte_octets(self.model_dump_json().encode())
