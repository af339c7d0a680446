"""Les quartiers (IRIS) les plus sûrs de dépasser le département : probabilités, jamais taux nus."""

from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.cartes import carte_des_zones
from rtpe_analyse.restitution.composantes import mots
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Grille
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.places_de_besoin import (
    PROBABILITE,
    Classement,
    communes_de,
    lire_classement,
)
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

_LISSE = "B2l"
_LONGUEUR = 6
"""IRIS listés : au-delà, la liste ne se lit plus ; le reste est compté."""
_TAUX_SURS = 2
"""Taux qu'un IRIS doit dépasser sûrement pour être listé."""
_AUCUN = "Aucun taux d'IRIS n'est connu pour cette zone."


def iris_surs(contexte: Contexte) -> Restitution:
    """Tableau : les IRIS de la zone les plus sûrs de dépasser le département."""
    titre = "Les quartiers (IRIS) les plus sûrs de dépasser le département"
    classement = lire_classement(contexte, "iris")
    taux = classement.grille.modalites(PROBABILITE)
    siens = _siens(contexte, classement)
    seuil = _seuil(contexte)
    lues = {z: [classement.probabilite(z, t) for t in taux] for z in siens}
    surs = {z: sum((m.valeur or 0) >= seuil for m in suite) for z, suite in lues.items()}
    if not any(m.lisible for suite in lues.values() for m in suite):
        return sans_figure(titre, _AUCUN)
    retenus = sorted(
        (z for z in siens if surs[z] >= _TAUX_SURS),
        key=lambda z: (-surs[z], -sum(m.valeur or 0 for m in lues[z]), z),
    )
    if not retenus:
        return sans_figure(titre, "Aucun IRIS n'est sûr de dépasser le département sur deux taux.")
    colonnes = [Colonne("Commune", nombre=False), Colonne("Taux sûrs", f"sur {len(taux)}")]
    for t in taux:
        libelle = mots(t, "iris").libelle
        colonnes += [
            Colonne("taux lissé (bornes)", "%", libelle),
            Colonne("probabilité", "%", libelle),
        ]
    bornes = [
        contexte.grille([_LISSE], "iris", retenus, [classement.annee], ventilation=v)
        for v in ("composante", "composante_bas", "composante_haut")
    ]
    lignes = [
        Ligne(
            classement.noms[z],
            [
                Cellule(contexte.libelle("commune", siens[z])),
                Cellule(str(surs[z])),
                *(
                    c
                    for t, m in zip(taux, lues[z], strict=True)
                    for c in (_lisse(bornes, z, classement.annee, t), cellule(m))
                ),
            ],
        )
        for z in retenus[:_LONGUEUR]
    ]
    reste = len(retenus) - len(lignes)
    note = (
        f"Sûr : probabilité d'au moins {formats.pourcentage(seuil, 0)} que le vrai taux dépasse "
        "celui du département, une fois ôté le hasard des petits effectifs (lissage bayésien) ; "
        "« 100 » veut dire plus de 99,5 %. "
        f"IRIS sûrs sur deux taux au moins : {len(retenus)} sur {len(siens)}"
        + (f", dont {reste} ne sont pas listés." if reste else ".")
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


def _lisse(bornes: list[Grille], zone: str, annee: str, taux: str) -> Cellule:
    milieu, bas, haut = (grille.lire(_LISSE, zone, annee, taux) for grille in bornes)
    if not (milieu.lisible and bas.lisible and haut.lisible):
        return cellule(milieu)
    return Cellule(f"{milieu.nombre} ({bas.nombre} à {haut.nombre})")


def _siens(contexte: Contexte, classement: Classement) -> dict[str, str]:
    """IRIS de la zone → leur commune."""
    communes = communes_de(contexte)
    parents = contexte.zones("iris").select("zone", "parent").iter_rows()
    return {z: c for z, c in parents if c in communes and z in classement.noms}


def _seuil(contexte: Contexte) -> float:
    pct = valeur("indice_besoin", "depassement_sur_pct", contexte.jour_de_reference)
    return float(pct) / 100
