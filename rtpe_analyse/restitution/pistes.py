"""Pistes d'organisation : chacune avec le chiffre qui la porte, et ses limites.

Une piste n'est écrite que si son chiffre existe, se lit et dépasse l'unité : elle ouvre une
discussion avec les équipes, elle ne la remplace pas.
"""

from dataclasses import dataclass

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.commission import en_places
from rtpe_analyse.restitution.confrontation import JOURS_OUVRES, Face, faces, places_par_jour
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau

TITRE = "Pistes d'organisation à discuter"
_UN_JOUR_SUR_DEUX = 0.5
_QUARTS_PAR_HEURE = 4


@dataclass(frozen=True)
class Piste:
    """Une piste : son nom, le chiffre qui la porte, ce que ce chiffre ne dit pas."""

    nom: str
    chiffre: str
    limites: str


def pistes(contexte: Contexte) -> Restitution:
    """Tableau : les pistes que les chiffres portent, et elles seules."""
    lues = faces(contexte, contexte.maille, {contexte.zone: contexte.titre})
    portees = [_multi_ages(lues), _temps_partiel(contexte, lues), _occasionnel(contexte)]
    trouvees = [p for p in portees if p]
    elargie = _reference_elargie(contexte) if trouvees else None
    if elargie:
        trouvees.append(elargie)
    if not trouvees:
        return sans_figure(TITRE, "Aucun chiffre lisible de la période ne porte de piste.")
    colonnes = [
        Colonne("Le chiffre qui la porte", nombre=False),
        Colonne("Ce qu'il ne dit pas", nombre=False),
    ]
    lignes = [Ligne(p.nom, [Cellule(p.chiffre), Cellule(p.limites)]) for p in trouvees]
    return Tableau(TITRE, "Piste", colonnes, lignes).rendre()


def _multi_ages(lues: list[Face]) -> Piste | None:
    """Des places sans demande à un âge, des demandes sans place à un autre."""
    manques = {f.age: f.manque for f in lues if f.age and f.manque is not None}
    libres = {a: -m for a, m in manques.items() if m <= -1}
    attentes = {a: m for a, m in manques.items() if m >= 1}
    if not libres or not attentes:
        return None
    deplacables = min(sum(libres.values()), sum(attentes.values()))
    de, vers = max(libres, key=lambda a: libres[a]), max(attentes, key=lambda a: attentes[a])
    return Piste(
        "Mélanger les âges (multi-âges)",
        f"À {de}, {en_places(libres[de])} resteraient sans demande ; à {vers}, "
        f"{formats.compte(round(attentes[vers]), 'demande')} resteraient sans place. Au plus "
        f"{en_places(deplacables)} à déplacer d'un âge à l'autre.",
        "Un enfant qui ne marche pas demande plus de professionnels : la place déplacée vers les "
        "plus jeunes ne vaut pas une place. Ces places ne sont pas forcément dans les mêmes "
        "établissements que les demandes ; locaux et agrément peuvent s'y opposer.",
    )


def _temps_partiel(contexte: Contexte, lues: list[Face]) -> Piste | None:
    """Des journées qui ne font pas une semaine, des demandes de moins de cinq jours."""
    sommes = places_par_jour(lues)
    grille = contexte.grille(
        ["D8"], contexte.maille, [contexte.zone], [contexte.periode], ventilation="jours"
    )
    demandes = {
        n: grille.lire("D8", contexte.zone, contexte.periode, str(n)).valeur
        for n in range(1, JOURS_OUVRES)
    }
    if not sommes or any(v is None for v in demandes.values()):
        return None
    restes = {formats.JOURS[j]: s - max(min(sommes), 0) for j, s in enumerate(sommes)}
    journees = sum(r for r in restes.values() if r > 0)
    voulues = sum(n * (v or 0) for n, v in demandes.items())
    enfants = sum(v or 0 for v in demandes.values())
    if journees < 1 or enfants < 1:
        return None
    premier = max(restes, key=lambda j: restes[j])
    return Piste(
        "Associer des temps partiels",
        f"{formats.compte(round(journees), 'journée')} par semaine se libèrent certains jours "
        f"seulement, d'abord le {premier} ({formats.nombre(restes[premier])}) ; "
        f"{formats.compte(round(enfants), 'demande')} de moins de cinq jours en voudraient "
        f"{formats.nombre(voulues)}.",
        "Une demande dit combien de jours, pas lesquels : la famille peut vouloir le jour plein. "
        "Les âges dont chaque jour se lit y sont réunis, les établissements aussi.",
    )


def _occasionnel(contexte: Contexte) -> Piste | None:
    """Des créneaux creux, et des refus pour jours ou horaires incompatibles."""
    quand = [contexte.periode]
    creux = contexte.grille(
        ["F5"], contexte.maille, [contexte.zone], quand, ventilation="jour_heure"
    )
    quarts = [
        m
        for m in creux.modalites("F5")
        if "-" in m
        and (creux.lire("F5", contexte.zone, contexte.periode, m).valeur or 0) >= _UN_JOUR_SUR_DEUX
    ]
    refus = contexte.grille(
        ["D5"], contexte.maille, [contexte.zone], quand, ventilation="motif"
    ).lire("D5", contexte.zone, contexte.periode, "jours_incompatibles")
    heures = len(quarts) / _QUARTS_PAR_HEURE
    if heures < 1 or (refus.valeur or 0) < 1:
        return None
    return Piste(
        "Ouvrir des créneaux d'accueil occasionnel",
        f"{formats.nombre(heures, 1)} heures de la semaine type sont creuses au moins un jour sur "
        f"deux ; sur douze mois, {formats.compte(round(refus.valeur or 0), 'demande')} "
        "refusées l'ont été pour des jours ou des horaires incompatibles.",
        "Un créneau creux en moyenne ne l'est pas tous les jours, ni dans chaque établissement. "
        "Les demandes d'accueil occasionnel ne sont pas enregistrées : les refus n'en sont qu'un "
        "signe.",
    )


def _reference_elargie(contexte: Contexte) -> Piste | None:
    """Combien d'enfants viennent moins de cinq jours : plus d'enfants par groupe que de places."""
    grille = contexte.grille(
        ["E5"], contexte.maille, [contexte.zone], [contexte.periode], ventilation="jours"
    )
    lues = [
        grille.lire("E5", contexte.zone, contexte.periode, str(n)) for n in range(1, JOURS_OUVRES)
    ]
    tout = contexte.trio(["E4"])["E4"][0]
    if any(m.valeur is None for m in lues) or not tout.valeur:
        return None
    partiels = sum(m.valeur or 0 for m in lues)
    if partiels < 1:
        return None
    return Piste(
        "Élargir la référence à deux professionnels ou plus",
        f"{formats.nombre(partiels)} enfants sur {tout.nombre} "
        f"({formats.pourcentage(partiels / tout.valeur)}) viennent moins de cinq jours : mélanger "
        "âges ou temps partiels ajoute des enfants à chaque groupe sans ajouter de place.",
        "C'est une organisation d'équipe : ce chiffre ne dit ni le personnel disponible, ni la "
        "continuité que chaque enfant demande.",
    )
