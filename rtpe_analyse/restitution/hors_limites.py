"""Les établissements hors des limites de l'entonnoir, et la place d'un commentaire de terrain."""

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.loyale import BASSE, DEDANS, DITES, comparer
from rtpe_analyse.restitution.objets import Restitution, encadre
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

RAPPEL = (
    "Ni classement, ni note : l'ordre est celui des noms. Sortir des limites demande une "
    "explication ; rester dedans n'en dispense pas."
)


def hors_limites(contexte: Contexte, code: str = "T4") -> Restitution:
    """Tableau : qui sort des limites, ce qu'on y attendait, et une colonne à remplir."""
    definition = contexte.dossier.definition(code)
    titre = f"Établissements hors des limites : {definition.libelle.lower()}"
    comparaison = comparer(contexte, code)
    if comparaison is None:
        return sans_figure(titre, "Il faut au moins cinq établissements comparables et lisibles.")
    rangs = {c: r for r, c in enumerate(comparaison.codes) if comparaison.place(r) != DEDANS}
    siens = {zone: nom for zone, nom in contexte.etablissements.items() if zone in rangs}
    if not siens:
        return encadre("Aucun établissement de la zone ne sort des limites.", [RAPPEL])
    bas, haut = comparaison.ajuste.limites(comparaison.erreurs, BASSE)
    lignes = [
        Ligne(
            nom,
            [
                cellule(comparaison.mesures[rang]),
                Cellule(_entre(float(bas[rang]), float(haut[rang]))),
                Cellule(DITES[comparaison.place(rang)]),
                Cellule(contexte.evenements.get(zone, "")),
                Cellule(),
            ],
        )
        for zone, nom in siens.items()
        for rang in (rangs[zone],)
    ]
    colonnes = [
        Colonne.pour(definition),
        Colonne("Attendu à sa taille", nombre=False),
        Colonne("Position", nombre=False),
        Colonne("Événement depuis un an", nombre=False),
        Colonne("Commentaire de terrain", "à compléter", nombre=False),
    ]
    return Tableau(titre, "Établissement", colonnes, lignes, [RAPPEL]).rendre()


def _entre(bas: float, haut: float) -> str:
    return f"entre {formats.nombre(100 * max(0.0, bas), 1)} et {formats.pourcentage(haut)}"
