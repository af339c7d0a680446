"""Les quartiers (IRIS) au plus fort besoin : rangs et probabilités, jamais taux nus."""

from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.cartes import carte_des_zones
from rtpe_analyse.restitution.composantes import mots
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.places_de_besoin import (
    BAS,
    PROBABILITE,
    Classement,
    communes_de,
    lire_classement,
)
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

_LISSE, _COMPOSANTE = "B2l", "composante"
_LONGUEUR = 6
"""IRIS listés : au-delà, la liste ne se lit plus ; le reste est compté."""
_AUCUN = "Aucun taux d'IRIS n'est connu pour cette zone."


def les_plus_en_besoin(contexte: Contexte) -> tuple[list[str], int]:
    """Les IRIS de la zone toujours dans le tiers du département le plus en besoin.

    Returns:
        Leurs codes, du plus fort au moins fort indice aux poids publiés, et le nombre d'IRIS
        classés de la zone.
    """
    classement = lire_classement(contexte, "iris")
    siens = _siens(contexte, classement)
    classes = [z for z in classement.places if z in siens]
    return [z for z in classes if classement.toujours(z)], len(classes)


def iris_surs(contexte: Contexte) -> Restitution:
    """Tableau : les IRIS au plus fort besoin, et la sûreté de chacun de leurs taux."""
    titre = "Les quartiers (IRIS) au plus fort besoin, quels que soient les poids"
    classement = lire_classement(contexte, "iris")
    retenus, classes = les_plus_en_besoin(contexte)
    if not classes:
        return sans_figure(titre, _AUCUN)
    if not retenus:
        return sans_figure(
            titre,
            "Aucun quartier (IRIS) n'est dans le tiers du département le plus en besoin quels que "
            "soient les poids de l'indice.",
        )
    taux = classement.grille.modalites(PROBABILITE)
    siens = _siens(contexte, classement)
    colonnes = [
        Colonne("Commune", nombre=False),
        Colonne("Rang selon les poids", f"sur {len(classement.places)}", code=BAS),
    ]
    for t in taux:
        libelle = mots(t, "iris").libelle
        colonnes += [Colonne("taux", "%", libelle), Colonne("probabilité", "%", libelle)]
    lisses = contexte.grille([_LISSE], "iris", retenus, [classement.annee], ventilation=_COMPOSANTE)
    lignes = [
        Ligne(
            classement.noms[z],
            [
                Cellule(contexte.libelle("commune", siens[z])),
                Cellule(classement.places[z].intervalle),
                *(
                    cellule(m)
                    for t in taux
                    for m in (
                        lisses.lire(_LISSE, z, classement.annee, t),
                        classement.probabilite(z, t),
                    )
                ),
            ],
        )
        for z in retenus[:_LONGUEUR]
    ]
    reste = len(retenus) - len(lignes)
    note = (
        "Rang 1 : le plus fort indice de besoin du département ; l'intervalle vient des poids, "
        f"non du hasard. Quartiers retenus : {len(retenus)} sur {classes}"
        + (f", dont {reste} ne sont pas listés. " if reste else ". ")
        + "Taux : une fois ôté le hasard des petits effectifs (lissage bayésien). Probabilité : "
        "que le vrai taux dépasse celui du département ; « 100 » veut dire plus de 99,5 %."
    )
    return Tableau(titre, "IRIS", colonnes, lignes, [note]).rendre()


def carte_des_probabilites(contexte: Contexte, composante: str) -> Restitution:
    """Figure : la probabilité qu'un taux dépasse celui du département, IRIS par IRIS.

    Args:
        contexte: zone et période du rapport.
        composante: un taux qui a une probabilité (`monoparentalite`, `emploi`, `enfants`).
    """
    dit = mots(composante, "iris").dans_une_phrase
    titre = f"Probabilité que {dit} dépasse le niveau du département"
    classement = lire_classement(contexte, "iris")
    siens = _siens(contexte, classement)
    mesures = {z: classement.probabilite(z, composante) for z in siens}
    lisibles = [m.valeur for m in mesures.values() if m.valeur is not None]
    if not lisibles:
        return sans_figure(titre, _AUCUN)
    seuil = _seuil(contexte)
    sur = sum(p >= seuil for p in lisibles)
    conclusion = (
        f"{formats.majuscule(dit)} dépasse le niveau du département presque sûrement dans "
        f"{formats.compte(sur, 'IRIS', 'IRIS')} sur {len(lisibles)}"
    )
    return carte_des_zones(
        contexte,
        titre,
        conclusion,
        "IRIS",
        mesures,
        bornes=[1 - seuil, 0.5, seuil],
        noms=classement.noms,
    )


def _siens(contexte: Contexte, classement: Classement) -> dict[str, str]:
    """IRIS de la zone → leur commune."""
    communes = communes_de(contexte)
    parents = contexte.zones("iris").select("zone", "parent").iter_rows()
    return {z: c for z, c in parents if c in communes and z in classement.noms}


def _seuil(contexte: Contexte) -> float:
    pct = valeur("indice_besoin", "depassement_sur_pct", contexte.jour_de_reference)
    return float(pct) / 100
