"""Le bilan après la commission : qui a obtenu une place, et quels écarts dépassent le hasard."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from rtpe_analyse.methodes.proportions import (
    intervalle_de_proportion,
    probabilite_d_un_tel_ecart,
)
from rtpe_analyse.methodes.surveillance import retenir_les_alertes
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

AUCUNE = "Aucune demande instruite n'est connue sur douze mois pour cette zone."
MASQUE = "Effectifs trop petits pour être montrés (secret statistique)."
TITRE = "Qui a obtenu une place, sur douze mois"
_VENTILATIONS = {"age": "Âge à l'entrée", "famille": "Situation", "jours": "Jours demandés"}
_FAMILLES = {"monoparentale": "famille monoparentale", "autre": "autre famille"}
_MINIMUM_COMPARABLE = 2


@dataclass(frozen=True)
class Groupe:
    """Un groupe de demandeurs : qui, son taux de satisfaction (D4a), et son contraste.

    Attributes:
        nature: « Âge à l'entrée », « Commune »…
        nom: « 1 an ».
        taux: mesure du groupe.
        probabilite: probabilité d'un tel écart avec les autres demandeurs de même nature, sans
            rien qui les distingue ; NaN si l'un des nombres ne se lit pas.
        signale: l'écart est retenu, une fois bornée la part de fausses alertes.
        au_dessus: le groupe est plus souvent satisfait que les autres.
    """

    nature: str
    nom: str
    taux: Mesure
    probabilite: float = float("nan")
    signale: bool = False
    au_dessus: bool = False


def satisfaction(contexte: Contexte) -> Restitution:
    """Tableau : taux de satisfaction et intervalle, par âge, situation, jours et commune."""
    ensemble = _ensemble(contexte)
    groupes = _groupes(contexte, ensemble)
    if not ensemble.lisible and not any(g.taux.lisible for g in groupes):
        return sans_figure(TITRE, MASQUE if ensemble.masquee else AUCUNE)
    lignes = [_ligne(contexte, f"{g.nature} : {g.nom}", g) for g in groupes if _utile(g.taux)]
    lignes.append(_ligne(contexte, "Ensemble", Groupe("", "", ensemble), "total"))
    niveau = formats.nombre(float(_confiance(contexte)))
    colonnes = [
        Colonne("Demandes instruites", "enfants"),
        Colonne("Acceptées", "enfants"),
        Colonne("Taux de satisfaction", "%", code="D4a"),
        Colonne(f"Intervalle à {niveau} %", "%"),
        Colonne("Écart avec les autres", nombre=False),
    ]
    notes = [
        f"Intervalle de Wilson : il contiendrait le taux {niveau} fois sur 100 si les demandes "
        "étaient tirées au hasard parmi d'autres semblables. Un écart n'est signalé que s'il "
        "dépasse le hasard (test exact de Fisher), la part de fausses alertes étant bornée à "
        f"{formats.nombre(float(_fausses(contexte)))} %. Communes de résidence : leurs habitants "
        "ont pu demander ailleurs."
    ]
    return Tableau(TITRE, "Demandeurs", colonnes, lignes, notes).rendre()


def lecture(contexte: Contexte) -> Restitution:
    """Phrases : la satisfaction d'ensemble, puis les seuls écarts que le hasard n'explique pas."""
    ensemble = _ensemble(contexte)
    groupes = _groupes(contexte, ensemble)
    if ensemble.valeur is None:
        return encadre(f"{TITRE} : {ensemble}.", [])
    bas, haut = _bornes(contexte, ensemble)
    dites = [
        f"Sur douze mois, {formats.compte(round(ensemble.denominateur or 0), 'demande')} ont été "
        f"instruites et {formats.nombre(ensemble.numerateur or 0)} acceptées : {ensemble} "
        f"(entre {bas} et {haut}{formats.FINE}%)."
    ]
    signales = [g for g in groupes if g.signale]
    dites += [
        f"{g.nature} « {g.nom} » : {g.taux} de demandes acceptées, "
        f"{'plus' if g.au_dessus else 'moins'} que les autres demandeurs, et le hasard "
        "n'y suffit pas."
        for g in signales
    ]
    if not signales:
        dites.append("Aucun écart entre âges, situations, jours ou communes ne dépasse le hasard.")
    else:
        dites.append(
            "Un écart n'est pas une injustice : les places libres, les critères et le nombre de "
            "demandes diffèrent d'un groupe à l'autre."
        )
    if any(g.taux.masquee for g in groupes):
        dites.append("Des groupes trop petits sont masqués et ne sont pas comparés.")
    return paragraphes(dites)


def _ensemble(contexte: Contexte) -> Mesure:
    return contexte.trio(["D4a"])["D4a"][0]


def _groupes(contexte: Contexte, ensemble: Mesure) -> list[Groupe]:
    """Tous les groupes de la zone, comparés chacun aux autres demandeurs, les écarts signalés."""
    groupes = []
    for ventilation, nature in _VENTILATIONS.items():
        grille = contexte.grille(
            ["D4a"], contexte.maille, [contexte.zone], [contexte.periode], ventilation=ventilation
        )
        groupes += [
            _comparer(Groupe(nature, _nom(ventilation, m), taux), ensemble)
            for m in sorted(grille.modalites("D4a"), key=lambda m: (m == "inconnu", m))
            for taux in [grille.lire("D4a", contexte.zone, contexte.periode, m)]
        ]
    groupes += _communes(contexte)
    probabilites = np.array([g.probabilite for g in groupes], dtype=float)
    signales = retenir_les_alertes(probabilites, float(_fausses(contexte)) / 100)
    return [
        Groupe(g.nature, g.nom, g.taux, g.probabilite, bool(retenu), g.au_dessus)
        for g, retenu in zip(groupes, signales, strict=True)
    ]


def _communes(contexte: Contexte) -> list[Groupe]:
    """Les communes des établissements, comparées aux autres de ces communes ensemble."""
    fiches = contexte.zones("etablissement").filter(
        pl.col("zone").is_in(list(contexte.etablissements))
    )
    codes = sorted(fiches["commune"].drop_nulls().unique())
    grille = contexte.grille(["D4a"], "commune", codes, [contexte.periode])
    lues = {c: grille.lire("D4a", c, contexte.periode) for c in codes}
    lisibles = [m for m in lues.values() if m.lisible]
    if len(lisibles) < _MINIMUM_COMPARABLE:
        return [Groupe("Commune", contexte.libelle("commune", c), m) for c, m in lues.items()]
    definition = lisibles[0].definition
    numerateur = sum(m.numerateur or 0 for m in lisibles)
    denominateur = sum(m.denominateur or 0 for m in lisibles)
    toutes = Mesure(definition, "diffusable", None, numerateur, denominateur)
    return [
        _comparer(Groupe("Commune", contexte.libelle("commune", c), m), toutes)
        for c, m in lues.items()
    ]


def _comparer(groupe: Groupe, ensemble: Mesure) -> Groupe:
    nombres = (
        groupe.taux.numerateur,
        groupe.taux.denominateur,
        ensemble.numerateur,
        ensemble.denominateur,
    )
    if any(n is None for n in nombres):
        return groupe
    cas, effectif, tous, total = (round(n or 0) for n in nombres)
    if not 0 < effectif < total:
        return groupe
    probabilite = probabilite_d_un_tel_ecart(cas, effectif, tous - cas, total - effectif)
    au_dessus = cas * (total - effectif) > (tous - cas) * effectif
    return Groupe(groupe.nature, groupe.nom, groupe.taux, probabilite, False, au_dessus)


def _ligne(contexte: Contexte, entete: str, groupe: Groupe, genre: str = "") -> Ligne:
    taux = groupe.taux
    if taux.valeur is None or taux.numerateur is None or taux.denominateur is None:
        return Ligne(entete, [Cellule(signe=taux.signe)] * 4 + [Cellule("")], genre)
    bas, haut = _bornes(contexte, taux)
    dit = ("plus satisfait" if groupe.au_dessus else "moins satisfait") if groupe.signale else ""
    return Ligne(
        entete,
        [
            Cellule(formats.nombre(taux.denominateur)),
            Cellule(formats.nombre(taux.numerateur)),
            cellule(taux),
            Cellule(f"{bas} à {haut}"),
            Cellule(dit),
        ],
        genre,
    )


def _bornes(contexte: Contexte, taux: Mesure) -> tuple[str, str]:
    bas, haut = intervalle_de_proportion(
        taux.numerateur or 0, taux.denominateur or 0, float(_confiance(contexte)) / 100
    )
    return formats.nombre(100 * bas, 1), formats.nombre(100 * haut, 1)


def _confiance(contexte: Contexte) -> float:
    return float(valeur("conventions", "intervalle_satisfaction_pct", contexte.jour_de_reference))


def _fausses(contexte: Contexte) -> float:
    return float(valeur("seuils_alerte", "fausses_alertes_pct", contexte.jour_de_reference))


def _utile(mesure: Mesure) -> bool:
    return mesure.masquee or bool(mesure.denominateur or mesure.valeur)


def _nom(ventilation: str, modalite: str) -> str:
    if modalite == "inconnu":
        return "non précisé"
    if ventilation == "jours":
        return formats.compte(int(modalite), "jour")
    return _FAMILLES.get(modalite, modalite)
