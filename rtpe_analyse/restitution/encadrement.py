"""L'encadrement, en agrégats : jamais un agent, ni une qualification tenue par une personne."""

from rtpe_analyse.modeles import Periode
from rtpe_analyse.restitution import formats, occupation
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Colonne, Ligne, Tableau, cellule

AU_TRIMESTRE = ("R1", "R2", "R4", "R4p", "R5")
AU_MOIS = "R3"
NOTE = (
    "Des quarts d'heure et des jours, toutes personnes réunies : un quart d'heure sous le taux "
    "s'explique avant de se juger (repas, transmission, donnée de présence manquante)."
)


def encadrement(contexte: Contexte) -> Restitution:
    """Tableau : quarts d'heure sous le taux, heures perdues faute de personnel, direction."""
    return occupation.tableau(contexte, "L'encadrement", AU_TRIMESTRE, notes=[NOTE])


def qualifications(contexte: Contexte) -> Restitution:
    """Tableau : la part de professionnels diplômés, qui ne s'apprécie qu'au mois civil."""
    definition = contexte.dossier.definition(AU_MOIS)
    ici, repere = contexte.periode, contexte.repere
    siens = contexte.grille([AU_MOIS], contexte.maille, [contexte.zone])
    plus_grand = contexte.grille([AU_MOIS], repere.maille, [repere.zone])
    mois = [
        m
        for m in (Periode.lire(p) for p in siens.periodes(AU_MOIS))
        if m.pas == "mois" and ici.debut <= m.debut <= ici.fin
    ]
    if not mois:
        raison = "Aucune présence d'agent n'est reçue pour cette période."
        return sans_figure(definition.libelle, raison)
    suites = {contexte.titre: siens, **({repere.titre: plus_grand} if repere.zone else {})}
    zones = (contexte.zone, repere.zone)
    lignes = [
        Ligne(
            nom,
            [cellule(grille.lire(AU_MOIS, zone, m)) for m in mois],
            "total" if zone == contexte.zone else "repere",
        )
        for zone, (nom, grille) in zip(zones, suites.items(), strict=False)
    ]
    colonnes = [Colonne(formats.majuscule(formats.periode(m)), definition.unite) for m in mois]
    titre = f"{definition.libelle}, par mois civil"
    return Tableau(titre, "Zone", colonnes, lignes).rendre()
