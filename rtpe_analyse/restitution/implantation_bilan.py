"""Une étude d'implantation en résumé : l'essentiel, et ce que coûte de servir les plus pauvres."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from rtpe_analyse.methodes.implantation import Choix, couverture_maximale
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.besoins import derniere
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.implantation import (
    AUCUNE,
    CODE,
    Probleme,
    Projet,
    en_places,
    lire_probleme,
)
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau

SANS_PAUVRETE = "Le taux de pauvreté des communes n'est pas connu : l'équité ne se mesure pas."
IMPOSSIBLE = "impossible : il n'y manque pas assez de places à portée d'un même choix"


def essentiel(contexte: Contexte, projet: Projet) -> Restitution:
    """Phrases : le manque, ce que le projet en comble, où, et si la portée change la réponse.

    Args:
        contexte: zone et période du rapport.
        projet: ce qu'on envisage d'ouvrir.
    """
    lu = lire_probleme(contexte, projet)
    choix = couverture_maximale(lu.demande, lu.a_portee, projet.creches, projet.places)
    manque = derniere(contexte, CODE)[0]
    if choix is None or not manque.numerateur:
        return encadre(AUCUNE, [])
    part = formats.pourcentage(choix.servie / manque.numerateur, 0)
    meilleur = "Le meilleur choix" if choix.prouve else "Le meilleur choix trouvé à temps"
    dites = [
        f"{projet.nom}, à {projet.portee} des familles : au plus {en_places(choix.servie)} "
        f"manquantes comblées sur {formats.nombre(manque.numerateur)} ({part}).",
        f"{meilleur} : {lu.nommer(choix.lieux)}.",
        _plein(projet, choix),
        _plus_loin(contexte, projet, lu, choix),
    ]
    return paragraphes(dites)


def equite(contexte: Contexte, projet: Projet, parts: Sequence[float]) -> Restitution:
    """Tableau : le meilleur choix sans contrainte, puis en réservant des places aux plus pauvres.

    Args:
        contexte: zone et période du rapport.
        projet: ce qu'on envisage d'ouvrir.
        parts: parts des places nouvelles à réserver, de 0 à 1.
    """
    titre = f"Réserver des places de {projet.nom} aux communes les plus pauvres"
    lu = lire_probleme(contexte, projet)
    libre = couverture_maximale(lu.demande, lu.a_portee, projet.creches, projet.places)
    if libre is None:
        return sans_figure(titre, AUCUNE)
    if not lu.demande["prioritaire"].any():
        return sans_figure(titre, SANS_PAUVRETE)
    lignes = [Ligne("Sans contrainte", _cellules(lu, projet, libre))]
    couts = []
    for part in parts:
        juste = couverture_maximale(
            lu.demande, lu.a_portee, projet.creches, projet.places, part_prioritaire=part
        )
        lignes.append(
            Ligne(f"{formats.pourcentage(part, 0)} au moins", _cellules(lu, projet, juste))
        )
        if juste:
            couts.append(libre.servie - juste.servie)
    colonnes = [
        Colonne("Quartiers", nombre=False),
        Colonne("Servies", "places"),
        Colonne("Dont communes pauvres, au plus", "places"),
    ]
    notes = [
        "Communes pauvres : celles dont le taux de pauvreté dépasse la médiane des communes de la "
        "zone. « Au plus » : ce que ces lieux peuvent leur consacrer sans rien servir de moins."
    ]
    if couts:
        perte = max(couts)
        notes.append(
            f"La contrainte coûte jusqu'à {en_places(perte)}."
            if perte >= 1
            else "Tenir la contrainte ne coûte aucune place servie : elle change les lieux."
        )
    return Tableau(titre, "Part réservée", colonnes, lignes, notes).rendre()


def _cellules(lu: Probleme, projet: Projet, choix: Choix | None) -> list[Cellule]:
    if choix is None:
        return [Cellule(IMPOSSIBLE), Cellule(), Cellule()]
    seuls = lu.a_portee.filter(pl.col("lieu").is_in(list(choix.lieux)))
    pauvres = lu.demande.filter(pl.col("prioritaire"))
    # Un flot maximal vers les seules communes pauvres se complète sans rien leur retirer.
    au_plus = couverture_maximale(pauvres, seuls, projet.creches, projet.places)
    return [
        Cellule(lu.nommer(choix.lieux)),
        Cellule(formats.nombre(choix.servie)),
        Cellule(formats.nombre(au_plus.servie if au_plus else 0)),
    ]


def _plein(projet: Projet, choix: Choix) -> str:
    """Si le manque alentour remplit les crèches, ou si elles seraient trop grandes."""
    ouvertes = projet.places * projet.creches
    alentour = f"{formats.nombre(choix.couverte)} places manquent à portée"
    if ouvertes - choix.servie < 1:
        return (
            f"{alentour} de ces lieux, pour {formats.nombre(ouvertes)} "
            "ouvertes : le manque les remplirait."
        )
    vides = en_places(ouvertes - choix.servie)
    return f"{alentour} de ces lieux : {vides} n'en combleraient aucune."


def _plus_loin(contexte: Contexte, projet: Projet, lu: Probleme, choix: Choix) -> str:
    loin = replace(projet, portee_km=2 * projet.portee_km)
    ailleurs = lire_probleme(contexte, loin)
    autre = couverture_maximale(ailleurs.demande, ailleurs.a_portee, projet.creches, projet.places)
    if autre is None:
        return f"À {loin.portee}, aucun choix."
    communes, autres = lu.communes_des(choix.lieux), ailleurs.communes_des(autre.lieux)
    if communes == autres:
        return f"À {loin.portee}, les mêmes communes l'emportent : le choix tient."
    return (
        f"À {loin.portee}, ce serait {formats.enumeration(autres)} : le choix dépend de la "
        "distance que les familles acceptent, à connaître avant de décider."
    )
