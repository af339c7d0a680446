"""Trouver l'en-tête et dire où est chaque colonne déclarée, par son intitulé."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rtpe_analyse.sources.descripteur_colonnes import ColonneSource, Deplier, MotifVariable
from rtpe_analyse.sources.descripteur_modele import Descripteur
from rtpe_analyse.sources.textes import plier

_LONGUEUR_CITEE = 60


@dataclass(frozen=True)
class Groupe:
    """Un groupe de colonnes à déplier.

    Attributes:
        valeur: ce que reçoit la colonne propre du dépliage.
        colonnes: colonne propre → rang de la colonne lue.
        annee: année tirée de l'intitulé, s'il la porte.
    """

    valeur: str
    colonnes: dict[str, int]
    annee: str | None = None


@dataclass(frozen=True)
class Entete:
    """Un en-tête reconnu ; les colonnes sont désignées par leur rang.

    Attributes:
        intitules: intitulés de la première ligne d'en-tête, rognés.
        simples: table → colonne propre → rangs (le premier, puis son recours s'il est vide).
        porte: rôle dans la porte → rang.
        libres: rangs des champs libres.
        espace: rang de la colonne qui porte l'espace des identifiants.
        groupes: table → groupes à déplier.
        cles: rangs des colonnes clés.
        ignorees: intitulés que rien ne déclare.
    """

    intitules: tuple[str, ...]
    simples: dict[str, dict[str, tuple[int, ...]]]
    porte: dict[str, int]
    libres: tuple[int, ...]
    espace: int | None
    groupes: dict[str, list[Groupe]]
    cles: tuple[int, ...]
    ignorees: tuple[str, ...]


@dataclass(frozen=True)
class Reperage:
    """Ce qu'un descripteur trouve dans une ligne d'intitulés.

    Attributes:
        entete: None s'il manque une colonne clé.
        manquantes: intitulés des clés absentes.
        expliquees: nombre d'intitulés reconnus.
        presentes: nombre d'intitulés non vides.
    """

    entete: Entete | None = None
    manquantes: tuple[str, ...] = ()
    expliquees: int = 0
    presentes: int = 0


class Intitules:
    """Une ligne (ou deux) d'intitulés possibles, indexée une fois pour tous les descripteurs.

    Attributes:
        haut: première ligne, rognée.
        bas: deuxième ligne ; vide si l'en-tête n'en a qu'une.
    """

    def __init__(self, haut: Sequence[str], bas: Sequence[str] = ()) -> None:
        self.haut = haut
        self.bas = bas

    @property
    def paires(self) -> Iterator[tuple[int, str, str]]:
        """Rang, intitulé et sous-intitulé de chaque colonne."""
        for rang, titre in enumerate(self.haut):
            yield rang, titre, self.bas[rang] if rang < len(self.bas) else ""

    @cached_property
    def etiquettes(self) -> list[tuple[str, ...]]:
        """Noms possibles de chaque colonne : sur deux lignes, les deux ensemble ou celui du bas."""
        return [_etiquette(titre, sous) for _, titre, sous in self.paires]

    @cached_property
    def rangs(self) -> dict[str, int]:
        """Forme pliée d'un intitulé → rang de la première colonne qui le porte."""
        rangs: dict[str, int] = {}
        for rang, noms in enumerate(self.etiquettes):
            for nom in noms:
                rangs.setdefault(plier(nom), rang)
        rangs.pop("", None)
        return rangs


@dataclass
class _Recherche:
    intitules: Intitules
    manquantes: list[str] = field(default_factory=list)
    cles: list[int] = field(default_factory=list)
    utilisees: set[int] = field(default_factory=set)

    def trouver(self, alias: Iterable[str], *, cle: bool = False) -> int | None:
        alias, rangs = tuple(alias), self.intitules.rangs
        rang = next((rangs[p] for a in alias if (p := plier(a)) in rangs), None)
        if rang is not None:
            self.utilisees.add(rang)
        if cle and rang is None:
            self.manquantes.append(alias[0])
        elif cle and rang is not None:
            self.cles.append(rang)
        return rang

    def trouver_avec_recours(self, colonne: ColonneSource) -> tuple[int, ...]:
        if not colonne.alias:
            return ()
        rangs = (self.trouver(colonne.alias, cle=colonne.cle), self.trouver(colonne.sinon))
        return tuple(rang for rang in rangs if rang is not None)

    def groupes(self, regle: Deplier) -> list[Groupe]:
        if regle.groupes is not None:
            trouves = self._par_gabarit(regle, regle.groupes)
        elif regle.variables is not None:
            trouves = self.par_variable(regle, regle.variables)
        else:
            trouves = self._par_motif(regle, regle.motif or "")
        if not trouves:
            self.manquantes.append(f"colonnes à déplier ({regle.colonne})")
        self.utilisees.update(r for g in trouves for r in g.colonnes.values())
        return trouves

    def _par_gabarit(self, regle: Deplier, groupes: dict[str, str]) -> list[Groupe]:
        trouves = []
        for intitule, valeur in groupes.items():
            colonnes = {
                nom: rang
                for nom, gabarit in regle.valeurs.items()
                if (rang := self.intitules.rangs.get(plier(gabarit.replace("{groupe}", intitule))))
                is not None
            }
            if colonnes:
                trouves.append(Groupe(valeur, colonnes))
        return trouves

    def _par_motif(self, regle: Deplier, motif: str) -> list[Groupe]:
        trouves: list[Groupe] = []
        attendus = {plier(sous): nom for nom, sous in regle.valeurs.items()}
        for rang, titre, sous in self.intitules.paires:
            trouve = re.search(motif, titre, re.IGNORECASE)
            nom = regle.valeur or attendus.get(plier(sous))
            if trouve is None or nom is None:
                continue
            valeur = trouve[1]
            # Le même jour peut revenir : matin puis après-midi font deux passages.
            if not trouves or trouves[-1].valeur != valeur or nom in trouves[-1].colonnes:
                trouves.append(Groupe(valeur, {}, _annee(trouve)))
            trouves[-1].colonnes[nom] = rang
        return trouves

    def par_variable(
        self, regle: Deplier, variables: dict[str, tuple[str, ...] | MotifVariable]
    ) -> list[Groupe]:
        trouves = []
        for variable, intitules in variables.items():
            if isinstance(intitules, MotifVariable):
                for rang, titre in enumerate(self.intitules.haut):
                    if trouve := re.fullmatch(intitules.motif, titre, re.IGNORECASE):
                        colonnes = {regle.valeur or "": rang}
                        trouves.append(Groupe(variable, colonnes, _annee(trouve)))
            elif (rang_alias := self.trouver(intitules)) is not None:
                trouves.append(Groupe(variable, {regle.valeur or "": rang_alias}))
        return trouves


def reperer(intitules: Intitules, descripteur: Descripteur) -> Reperage:
    """Cherche les colonnes du descripteur dans une ligne (ou deux) d'intitulés."""
    presentes = sum(map(len, intitules.etiquettes))
    vocabulaire = descripteur.vocabulaire_des_cles
    if vocabulaire and vocabulaire.isdisjoint(intitules.rangs):
        # Le cas de presque toutes les lignes essayées : aucun intitulé connu, aucune clé.
        return Reperage(presentes=presentes)
    cherche = _Recherche(intitules)
    porte = {
        role: rang
        for role, colonne in descripteur.porte.colonnes.items()
        if (rang := cherche.trouver(colonne.alias, cle=colonne.cle)) is not None
    }
    simples = {
        nom_table: {
            nom: rangs
            for nom, colonne in table.colonnes.items()
            if (rangs := cherche.trouver_avec_recours(colonne))
        }
        for nom_table, table in descripteur.tables.items()
    }
    libres = [cherche.trouver([alias]) for alias in descripteur.porte.libres]
    declare = descripteur.espace_identifiants
    alias_espace = () if isinstance(declare, str) else declare.colonne
    espace = cherche.trouver(alias_espace, cle=True) if alias_espace else None
    if not cherche.manquantes:
        cherche.manquantes += [
            motif for motif in descripteur.reconnaitre if not _present(motif, intitules)
        ]
    groupes: dict[str, list[Groupe]] = {}
    for nom_table, table in descripteur.tables.items():
        # Le dépliage peut essayer mille intitulés : seulement si les clés sont là.
        if table.deplier is not None and not cherche.manquantes:
            groupes[nom_table] = cherche.groupes(table.deplier)
    # Sur deux lignes, un intitulé et son sous-intitulé comptent chacun : qui les explique tous
    # les deux l'emporte sur qui n'en lit qu'un.
    expliquees = sum(len(intitules.etiquettes[rang]) for rang in cherche.utilisees)
    if cherche.manquantes:
        manquantes = tuple(dict.fromkeys(cherche.manquantes))
        return Reperage(None, manquantes, expliquees, presentes)
    ignorees = tuple(
        _court(noms[0])
        for rang, noms in enumerate(intitules.etiquettes)
        if noms and rang not in cherche.utilisees
    )
    rangs_libres = tuple(dict.fromkeys(rang for rang in libres if rang is not None))
    entete = Entete(
        tuple(intitules.haut),
        simples,
        porte,
        rangs_libres,
        espace,
        groupes,
        tuple(cherche.cles),
        ignorees,
    )
    return Reperage(entete, (), expliquees, presentes)


def variables_presentes(intitules: Intitules, descripteur: Descripteur) -> Reperage:
    """Ce qu'une ligne d'intitulés donne d'un descripteur à variables, même sans ses clés.

    Returns:
        `expliquees` compte les variables reconnues, `presentes` celles que le descripteur
        attend, `manquantes` dit les clés absentes.
    """
    cherche = _Recherche(intitules)
    trouvees: set[str] = set()
    attendues: set[str] = set()
    for table in descripteur.tables.values():
        for colonne in table.colonnes.values():
            cherche.trouver(colonne.alias, cle=colonne.cle and bool(colonne.alias))
        if table.deplier is not None and table.deplier.variables is not None:
            attendues |= set(table.deplier.variables)
            regle = table.deplier
            trouvees |= {g.valeur for g in cherche.par_variable(regle, table.deplier.variables)}
    motifs = [m for m in descripteur.reconnaitre if not _present(m, intitules)]
    manquantes = tuple(dict.fromkeys([*cherche.manquantes, *map(_en_clair, motifs)]))
    return Reperage(None, manquantes, len(trouvees), len(attendues))


def _present(motif: str, intitules: Intitules) -> bool:
    return any(re.search(motif, nom, re.IGNORECASE) for nom in intitules.haut)


def _en_clair(motif: str) -> str:
    """Un motif tel qu'on l'écrirait : « Q2AA », AA étant l'année."""
    return motif.strip("^$").replace(r"\d{2}", "AA").replace(r"\d{4}", "AAAA")


def _etiquette(titre: str, sous: str) -> tuple[str, ...]:
    if not sous or plier(sous) == plier(titre):
        return (titre,) if titre else ()
    return (f"{titre} {sous}", sous) if titre else (sous,)


def _annee(trouve: re.Match[str]) -> str | None:
    annee = trouve.groupdict().get("annee")
    return f"20{annee}" if annee is not None and len(annee) == 2 else annee


def _court(intitule: str) -> str:
    if len(intitule) <= _LONGUEUR_CITEE:
        return intitule
    return intitule[: _LONGUEUR_CITEE - 1] + "…"
