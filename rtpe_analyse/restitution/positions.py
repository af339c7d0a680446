"""Un indicateur par établissement, à côté de lui-même un an plus tôt et de la zone."""

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import ABSENT, Mesure, ecart
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.occupation import AUCUNE, echelle, unite
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import (
    Colonne,
    Ligne,
    Tableau,
    cellule,
    cellule_ecart,
    colonne_ecart,
)


def positions(
    contexte: Contexte,
    code: str,
    coupe: tuple[str, str] = ("", ""),
    bande: tuple[str, float, float] | None = None,
) -> Restitution:
    """Figure : chaque établissement, sa valeur, celle de l'an dernier, le département.

    Args:
        contexte: zone et période du rapport.
        code: indicateur.
        coupe: ventilation et modalité lues ; l'ensemble par défaut.
        bande: nom et bornes (à l'échelle de l'affichage) d'un intervalle montré derrière.
    """
    definition = contexte.dossier.definition(code)
    ici, avant = contexte.periode, contexte.periode.an_dernier
    lue = {"ventilation": coupe[0], "modalite": coupe[1]}
    grille = contexte.grille([code], "etablissement", contexte.etablissements, [ici, avant], **lue)
    couples = {
        nom: (grille.lire(code, zone, ici), grille.lire(code, zone, avant))
        for zone, nom in contexte.etablissements.items()
    }
    montres = {nom: c for nom, c in couples.items() if c[0].lisible}
    if len(montres) < 2:
        secret = any(c[0].masquee for c in couples.values())
        raison = "Valeurs masquées (secret statistique)." if secret else AUCUNE
        for nom, (mesure, _) in montres.items():
            raison = f"Une seule valeur à montrer : {nom}, {mesure}." + (
                " Les autres sont masquées (secret statistique)." if secret else ""
            )
        return sans_figure(f"{definition.libelle} par établissement", raison)
    from rtpe_analyse.restitution import figures

    plus_grand = contexte.repere
    departement = contexte.grille([code], plus_grand.maille, [plus_grand.zone], [ici], **lue).lire(
        code, plus_grand.zone, ici
    )
    repere = (contexte.repere.titre, echelle(departement) or 0) if departement.lisible else None
    svg = figures.positions(
        list(montres),
        [echelle(c[0]) for c in montres.values()],
        [echelle(c[1]) for c in montres.values()],
        repere,
        unite(definition),
        bande,
    )
    conclusion = (
        _dans_la_bande(definition.libelle, montres, bande)
        if bande
        else _conclusion(definition.libelle, montres, departement)
    )
    lignes = [
        Ligne(nom, [cellule(m), cellule(a), cellule_ecart(m, a)]) for nom, (m, a) in couples.items()
    ]
    colonnes = [
        Colonne(formats.majuscule(formats.periode(ici)), definition.unite),
        Colonne(formats.majuscule(formats.periode(avant)), definition.unite),
        colonne_ecart(definition),
    ]
    donnees = Tableau(
        f"Chiffres de la figure : {definition.libelle}", "Établissement", colonnes, lignes
    )
    tus = sum(not m.lisible and m.statut != ABSENT for m, _ in couples.values())
    note = "Point plein : la période ; losange creux : un an plus tôt. Ordre des noms, sans rang."
    if tus:
        note += f" {formats.compte(tus, 'établissement')} sans valeur à montrer."
    alt = f"Un point par établissement. {conclusion}."
    return planche(conclusion, alt, svg, donnees, note)


def _dans_la_bande(
    libelle: str, montres: dict[str, tuple[Mesure, Mesure]], bande: tuple[str, float, float]
) -> str:
    nom, bas, haut = bande
    valeurs = [echelle(m) or 0.0 for m, _ in montres.values()]
    dedans, au_dela = sum(bas < v <= haut for v in valeurs), sum(v > haut for v in valeurs)
    sur = formats.compte(len(montres), "établissement")
    suite = f", {formats.nombre(au_dela)} au-delà" if au_dela else ""
    return f"{libelle} : {formats.nombre(dedans)} sur {sur} dans la {nom}{suite}"


def _conclusion(
    libelle: str, montres: dict[str, tuple[Mesure, Mesure]], departement: Mesure
) -> str:
    if departement.lisible:
        au_dessus = sum((ecart(m, departement) or 0) >= 0 for m, _ in montres.values())
        sur = formats.compte(len(montres), "établissement")
        if au_dessus == 0:
            qui = f"aucun des {sur}" if len(montres) > 1 else "le seul établissement montré"
            n = "n'atteint" if len(montres) > 1 else "n'atteint pas"
            return f"{libelle} : {qui} {n} le département ({departement})"
        verbe = "atteint ou dépasse" if au_dessus < 2 else "atteignent ou dépassent"
        return f"{libelle} : {au_dessus} sur {sur} {verbe} le département ({departement})"
    return f"{libelle} : {formats.compte(len(montres), 'établissement')} côte à côte"
