"""Les actions en cours, et leur effet mesuré contre les établissements comparables.

Différence de différences : la même période avant l'action et aujourd'hui, dans
l'établissement puis chez ses témoins (même type d'accueil, même ordre de taille, aucune action
sur le même indicateur). Tout se lit après le secret : un témoin masqué n'en est pas un.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from rtpe_analyse.methodes.differences import (
    TEMOINS_MINIMUM,
    Effet,
    difference_de_differences,
)
from rtpe_analyse.modeles import Periode
from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Grille
from rtpe_analyse.restitution.mesures import Definition, Mesure
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import (
    Cellule,
    Colonne,
    Ligne,
    Tableau,
    cellule_avec_unite,
    texte_ecart,
)

_CODE, _VENTILATION = "J2", "action"
_TITRE = "Actions en cours et effet mesuré"
_TAILLE = 2.0
LIMITES = (
    "Un établissement n'est pas choisi au hasard : on agit là où cela va mal, et ce qui va mal "
    "remonte souvent seul. Un autre changement du même moment (direction, travaux, effectifs) "
    "compterait dans l'effet. Un intervalle qui contient zéro ne dit pas que l'action ne sert à "
    "rien : il dit qu'on ne la distingue pas de la variation ordinaire. Et une action sans effet "
    "s'en distingue parfois par hasard."
)


@dataclass(frozen=True)
class _Action:
    """Une action du registre, dans un établissement."""

    etablissement: str
    code: str
    indicateur: str
    debut: date
    fin: date | None

    @classmethod
    def lire(cls, etablissement: str, modalite: str) -> "_Action":
        code, indicateur, debut, fin = modalite.split(":")
        dernier = date.fromisoformat(fin) if fin else None
        return cls(etablissement, code, indicateur, date.fromisoformat(debut), dernier)

    def touche(self, du: date, au: date) -> bool:
        """L'action est en cours un jour au moins entre ces deux dates."""
        return self.debut <= au and (self.fin is None or self.fin >= du)

    def avant(self, periode: Periode) -> Periode:
        """La même période de l'année, la dernière qui finit avant le début de l'action."""
        annee = min(self.debut.year, periode.annee - 1)
        quand = Periode(annee, periode.rang, periode.pas)
        return quand if quand.fin < self.debut else quand.an_dernier


def actions(contexte: Contexte) -> Restitution:
    """Tableau : chaque action en cours, avant, maintenant, et ce qu'ont fait les comparables."""
    menees = _lire(contexte)
    siennes = _en_cours(contexte, menees)
    if not siennes:
        return sans_figure(_TITRE, "Aucune action en cours n'est au registre.")
    lignes = [_ligne(contexte, action, menees) for action in siennes]
    colonnes = [
        Colonne("Action", nombre=False),
        Colonne("Indicateur visé", nombre=False),
        Colonne("Avant"),
        Colonne("Maintenant"),
        Colonne("Témoins"),
        Colonne("Effet mesuré"),
        Colonne("Lecture", nombre=False),
    ]
    niveau = formats.nombre(_niveau(contexte))
    notes = [
        "Avant : la même période de l'année, avant l'action. Effet : évolution de l'établissement "
        "moins celle des témoins (même type d'accueil, taille de la moitié au double, ouverts "
        f"depuis, sans action sur le même indicateur ; {TEMOINS_MINIMUM} au moins) ; entre "
        f"parenthèses, l'intervalle à {niveau} %. Non distingué : l'intervalle contient zéro, "
        "l'écart est dans la variation ordinaire."
    ]
    return Tableau(_TITRE, "Établissement", colonnes, lignes, notes).rendre()


def limites(contexte: Contexte) -> Restitution:
    """Phrase : ce que l'effet mesuré d'une action ne dit pas ; rien à dire sans action."""
    if not _en_cours(contexte, _lire(contexte)):
        return paragraphes(["Sans action au registre, aucun effet n'est mesuré."])
    return paragraphes(LIMITES.replace(". ", ".\n").split("\n"))


def _lire(contexte: Contexte) -> list[_Action]:
    """Les actions du département commencées à la période du rapport, finies ou non."""
    zones = _reseau(contexte)
    grille = contexte.grille([_CODE], "etablissement", zones, ventilation=_VENTILATION)
    lues = [
        _Action.lire(zone, modalite)
        for modalite in grille.modalites(_CODE)
        for zone in grille.zones(_CODE, modalite)
    ]
    commencees = [a for a in lues if a.debut <= contexte.periode.fin]
    return sorted(commencees, key=lambda a: (a.etablissement, a.debut, a.code))


def _en_cours(contexte: Contexte, menees: list[_Action]) -> list[_Action]:
    """Celles de la zone, en cours à la période du rapport."""
    du, au = contexte.periode.debut, contexte.periode.fin
    return [a for a in menees if a.etablissement in contexte.etablissements and a.touche(du, au)]


def _reseau(contexte: Contexte) -> list[str]:
    territoires = list(contexte.territoires)
    tous = contexte.zones("etablissement").filter(pl.col("parent").is_in(territoires))
    return tous.sort("zone")["zone"].to_list()


def _ligne(contexte: Contexte, action: _Action, menees: list[_Action]) -> Ligne:
    avant = action.avant(contexte.periode)
    code, ici = action.indicateur, action.etablissement
    temoins = _temoins(contexte, action, menees, avant)
    grille = contexte.grille([code], "etablissement", [ici, *temoins], [avant, contexte.periode])
    couple = (grille.lire(code, ici, avant), grille.lire(code, ici, contexte.periode))
    definition = couple[0].definition
    pris = _couple(*couple)
    autres = [c for z in temoins if (c := _du_temoin(grille, code, z, avant, contexte.periode))]
    effet = difference_de_differences(pris, autres, _niveau(contexte) / 100) if pris else None
    return Ligne(
        contexte.etablissements[ici],
        [
            Cellule(f"{liste_fermee('actions')[action.code]}, depuis le {action.debut:%d/%m/%Y}"),
            Cellule(f"{definition.libelle} ({code})"),
            *map(cellule_avec_unite, couple),
            Cellule("" if effet is None else texte_ecart(effet.evolution_temoins, definition)),
            Cellule("" if effet is None else _effet(effet, definition)),
            Cellule(_lecture(effet, couple, len(autres))),
        ],
    )


def _temoins(
    contexte: Contexte, action: _Action, menees: list[_Action], avant: Periode
) -> list[str]:
    """Établissements comparables, sans action sur le même indicateur d'avant à maintenant."""
    occupes = {
        a.etablissement
        for a in menees
        if a.indicateur == action.indicateur and a.touche(avant.debut, contexte.periode.fin)
    }
    # Une année d'ouverture ou de fermeture ferait passer un démarrage pour une évolution.
    installes = contexte.zones("etablissement").filter(
        (pl.col("valide_du") <= avant.debut).fill_null(True), pl.col("valide_au").is_null()
    )
    types = dict(installes.select("zone", "type_accueil").iter_rows())
    zones = [z for z in _reseau(contexte) if z in types]
    places = contexte.grille(["P1"], "etablissement", zones, [avant, contexte.periode])
    siennes = places.lire("P1", action.etablissement, contexte.periode).valeur
    if not siennes or action.etablissement not in types:
        return []
    return [
        zone
        for zone in zones
        if zone not in occupes
        and types[zone] == types.get(action.etablissement)
        and (leurs := places.lire("P1", zone, contexte.periode).valeur) is not None
        and siennes / _TAILLE <= leurs <= siennes * _TAILLE
    ]


def _du_temoin(
    grille: Grille, code: str, zone: str, avant: Periode, apres: Periode
) -> tuple[float, float] | None:
    return _couple(grille.lire(code, zone, avant), grille.lire(code, zone, apres))


def _couple(avant: Mesure, apres: Mesure) -> tuple[float, float] | None:
    """Les deux valeurs, si toutes deux se lisent et portent sur tout."""
    if avant.valeur is None or apres.valeur is None or avant.partielle or apres.partielle:
        return None
    return avant.valeur, apres.valeur


def _niveau(contexte: Contexte) -> float:
    return float(valeur("conventions", "intervalle_effet_pct", contexte.jour_de_reference))


def _effet(effet: Effet, definition: Definition) -> str:
    facteur = 100 if definition.est_part else 1
    bas, haut = (
        formats.avec_signe(facteur * b, definition.decimales) for b in (effet.bas, effet.haut)
    )
    return f"{texte_ecart(effet.valeur, definition)} ({bas} à {haut})"


def _lecture(effet: Effet | None, couple: tuple[Mesure, Mesure], temoins: int) -> str:
    if _couple(*couple) is None:
        return "illisible"
    if effet is None:
        return f"trop peu de témoins ({formats.nombre(temoins)})"
    if not effet.distingue:
        return "non distingué"
    baisse = couple[0].definition.sens == "baisse_favorable"
    mieux = effet.valeur < 0 if baisse else effet.valeur > 0
    return "mieux que les témoins" if mieux else "moins bien que les témoins"
