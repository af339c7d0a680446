"""Le portrait public d'une zone, à côté d'une autre au choix du lecteur."""

from dataclasses import dataclass, replace

import polars as pl

from rtpe_analyse.restitution import formats, phrases
from rtpe_analyse.restitution.besoins import (
    FAMILLE,
    SANS_CHIFFRE,
    case_publique,
    communes,
    par_annee,
)
from rtpe_analyse.restitution.contexte import Contexte, Repere
from rtpe_analyse.restitution.mesures import ABSENT, Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau

PORTRAIT = (
    *("S3", "S2", "S2v", "S1", "S1n", "S7"),
    *("S4", "S5", "S6", "S8", "S9", "S10", "S11"),
    *("B1", "S14", "B1u", "B1r", "S15", "S16"),
)
"""Les chiffres du portrait, dans l'ordre de lecture : population, familles, accueil."""
RESEAU = "B1r"
_ESTIMATIONS = ("S1n", "S7")
"""Autres estimations de S1, qui ont leur tableau."""
_EN_COLONNES = 6
"""Communes qui tiennent côte à côte sur une page, à côté de la zone."""


def portrait(contexte: Contexte, comparaison: str = "") -> Restitution:
    """Tableau : la population et l'offre, la zone, ses communes et celle qu'on lui compare.

    Un chiffre publié pour une seule des zones s'affiche ; l'absence des autres se voit. Au-delà
    de six communes, elles ont leur propre tableau, une par ligne.

    Args:
        contexte: zone et période du rapport.
        comparaison: `territoire:T2`, `zonage:Z1`… ; vide, celle du rapport.
    """
    titre = "Portrait public de la zone"
    autre = _nommee(contexte, choisir(contexte, comparaison))
    siennes = contexte.communes if contexte.maille in ("territoire", "zonage") else {}
    en_colonnes = siennes if 1 < len(siennes) <= _EN_COLONNES else {}
    lues = _lire(contexte, autre, en_colonnes, siennes)
    if not any(m.lisible for lue in lues for m in (lue.ici, *lue.communes)):
        return sans_figure(titre, SANS_CHIFFRE)
    # Une zone comparée dont rien n'est publié ne ferait qu'une colonne de signes.
    comparee = bool(autre.zone) and any(lue.autre.lisible for lue in lues)
    colonnes = [Colonne(contexte.titre), *(Colonne(nom) for nom in en_colonnes.values())]
    colonnes += [Colonne(autre.titre)] if comparee else []
    colonnes += [Colonne("Millésime", nombre=False), Colonne("Source", nombre=False)]
    montrees = [lue for lue in lues if lue.ici_ou_communes]
    ailleurs = [lue.autre for lue in lues if not lue.ici_ou_communes]
    sources = list(dict.fromkeys(s for lue in montrees for s in _sources(lue.montree)))
    lignes = [
        Ligne(
            lue.entete,
            [
                *(case_publique(m) for m in (lue.ici, *lue.communes)),
                *([case_publique(lue.autre)] if comparee else []),
                Cellule(lue.montree.millesime),
                Cellule(", ".join(str(sources.index(s) + 1) for s in _sources(lue.montree))),
            ],
            code=lue.ici.definition.code,
        )
        for lue in montrees
    ]
    notes = [f"Sources : {' ; '.join(f'{n}. {s}' for n, s in enumerate(sources, 1))}."]
    if ailleurs:
        dits = [f"{m.definition.libelle}, {m} ({m.millesime})" for m in ailleurs]
        notes.insert(0, f"Publiés pour {autre.nom} seulement : {' ; '.join(dits)}.")
    if autre.zone and any(lue.ici.lisible and not lue.autre.lisible for lue in montrees):
        notes.insert(0, _sans_chiffre(autre, comparee=comparee))
    notes[:0] = [] if en_colonnes else _eventails(contexte)
    notes[:0] = _partagees(contexte)
    if autre.maille == "departement" and len(contexte.departements) > 1:
        noms = formats.enumeration(list(contexte.departements.values()))
        notes.insert(0, f"À cheval sur {noms} : comparé {formats.au(autre.nom)} seul.")
    if contexte.fictif and any(lue.ici.definition.code == RESEAU for lue in montrees):
        notes.append(f"{RESEAU} rapporte un réseau d'exemple, fictif, à une population réelle.")
    rendu = Tableau(titre, "Chiffre public", colonnes, lignes, notes).rendre()
    if len(siennes) <= _EN_COLONNES:
        return rendu
    detail = communes(contexte)
    return replace(rendu, html=rendu.html + detail.html, alt=f"{rendu.alt} {detail.alt}")


def millesimes(contexte: Contexte) -> Restitution:
    """Tableau : les mêmes chiffres de la zone, une année par colonne."""
    titre = "Le portrait, année par année"
    grille = contexte.grille(codes(contexte, PORTRAIT), contexte.maille, [contexte.zone])
    annees = sorted(
        {
            annee
            for code in grille.codes()
            for annee in grille.periodes(code)
            if annee <= str(contexte.periode.annee)
            and grille.lire(code, contexte.zone, annee).lisible
        }
    )
    if not annees:
        return sans_figure(titre, SANS_CHIFFRE)
    lignes = []
    for code in codes(contexte, PORTRAIT):
        suite = [grille.lire(code, contexte.zone, annee) for annee in annees]
        if any(m.lisible for m in suite):
            definition = contexte.dossier.definition(code)
            entete = f"{definition.libelle} ({definition.unite})"
            lignes.append(Ligne(entete, [case_publique(m) for m in suite]))
    note = "Une case sans chiffre est une année que la source ne publie pas, jamais un zéro."
    colonnes = [Colonne(a) for a in annees]
    return Tableau(titre, "Chiffre public", colonnes, lignes, [note]).replier()


def choisir(contexte: Contexte, comparaison: str) -> Repere:
    """La zone comparée d'un contenu : la sienne s'il en donne une, sinon celle du rapport.

    Raises:
        ErreurUsage: zone inconnue.
    """
    return contexte.zone_comparee(comparaison) if comparaison else contexte.comparee


def codes(contexte: Contexte, voulus: tuple[str, ...]) -> list[str]:
    """Ceux des indicateurs voulus que le dossier porte, dans l'ordre voulu."""
    presents = set(contexte.dossier.codes(FAMILLE))
    return [c for c in voulus if c in presents]


@dataclass(frozen=True)
class _Lue:
    """Un chiffre public : la zone, ses communes, la zone comparée."""

    ici: Mesure
    communes: list[Mesure]
    autre: Mesure

    @property
    def ici_ou_communes(self) -> bool:
        return any(m.statut != ABSENT for m in (self.ici, *self.communes))

    @property
    def montree(self) -> Mesure:
        """Celle dont la ligne dit le millésime et la source."""
        lisibles = [m for m in (self.ici, *self.communes, self.autre) if m.lisible]
        return lisibles[0] if lisibles else self.ici

    @property
    def entete(self) -> str:
        """Le libellé et son unité, sauf s'il la dit déjà."""
        definition = self.ici.definition
        if "pour 100" in definition.libelle or not definition.unite:
            return definition.libelle
        return f"{definition.libelle} ({definition.unite})"


def _lire(
    contexte: Contexte, autre: Repere, en_colonnes: dict[str, str], siennes: dict[str, str]
) -> list[_Lue]:
    voulus = codes(contexte, tuple(c for c in PORTRAIT if c not in _ESTIMATIONS))
    grille = contexte.grille(voulus, "commune", siennes)
    borne = contexte.periode.annee
    lues = []
    for code, (annee, ici, la) in zip(voulus, par_annee(contexte, voulus, autre), strict=True):
        quand = annee or grille.derniere_lisible(code, siennes, borne)
        suite = [grille.lire(code, c, quand) for c in siennes]
        # Ce qui ne s'additionne pas se lit quand même, s'il n'y a rien à additionner.
        seule = suite[0] if len(suite) == 1 and ici.statut == ABSENT else ici
        lues.append(_Lue(seule, suite if en_colonnes else [], la))
    return [lue for lue in lues if lue.montree.lisible or lue.ici.statut != ABSENT]


def _nommee(contexte: Contexte, autre: Repere) -> Repere:
    """La zone comparée, le département par son nom s'il n'est que l'un de ceux de la zone."""
    if autre.maille != "departement" or len(contexte.departements) < 2:
        return autre
    return contexte.zone_comparee(f"departement:{autre.zone}")


def _sans_chiffre(autre: Repere, *, comparee: bool) -> str:
    if not comparee:
        return f"Aucun de ces chiffres n'est publié pour {autre.nom} : rien à comparer."
    cause = ", faute de commune entière" if autre.maille == "zonage" else ""
    return f"Une case sans chiffre : nos sources n'en donnent pas pour {autre.nom}{cause}."


def _partagees(contexte: Contexte) -> list[str]:
    """Une commune de deux territoires compte dans les deux : qui additionne doit le voir."""
    if contexte.maille != "territoire":
        return []
    ouverts = contexte.zones("etablissement").filter(
        pl.col("commune").is_in(list(contexte.communes))
        & (pl.col("parent") != contexte.zone)
        & (pl.col("valide_au").is_null() | (pl.col("valide_au") >= contexte.periode.fin))
        & (pl.col("valide_du").is_null() | (pl.col("valide_du") <= contexte.periode.fin))
    )
    couples = ouverts.select("commune", "parent").unique().sort("commune", "parent").iter_rows()
    return [
        f"{contexte.communes[c]} a aussi des établissements du territoire "
        f"{contexte.libelle('territoire', t)} : ses chiffres comptent dans les deux."
        for c, t in couples
    ]


def _eventails(contexte: Contexte) -> list[str]:
    return [n for code in codes(contexte, ("S8", "S9")) if (n := _eventail(contexte, code))]


def _eventail(contexte: Contexte, code: str) -> str:
    """Ce qui ne s'additionne pas se dit par ses extrêmes : les communes de la zone."""
    if contexte.maille == "commune":
        return ""
    communes = contexte.communes
    if contexte.maille == "departement":
        siennes = contexte.zones("commune").filter(pl.col("parent") == contexte.zone)
        communes = dict(siennes.select("zone", "libelle").iter_rows())
    grille = contexte.grille([code], "commune", communes)
    annee = grille.derniere_lisible(code, communes, contexte.periode.annee)
    mesures = {nom: grille.lire(code, c, annee) for c, nom in communes.items()}
    bouts = phrases.extremes(mesures)
    if bouts is None:
        return ""
    bas, haut = bouts
    return (
        f"{contexte.dossier.definition(code).libelle}, selon la commune : de {mesures[bas]} "
        f"({bas}) à {mesures[haut]} ({haut}) en {annee}."
    )


def _sources(mesure: Mesure) -> list[str]:
    return [s for s in (mesure.source or mesure.definition.source).split(" ; ") if s]
