"""Cartes des communes : classes de valeurs ou catégories, légende, texte, tableau dessous."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from string import ascii_uppercase

import numpy as np

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.fonds import Fond, fond_des_zones
from rtpe_analyse.restitution.mesures import DIFFUSABLE, Definition, Mesure
from rtpe_analyse.restitution.montage import INCERTAINE, Remplissage, abrege, enumerer, monter
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

CLASSES = 4
"""Nombre de classes quand les bornes ne sont pas données : des quartiles."""
AUCUNE_VALEUR = "Aucune valeur connue à montrer sur la carte."
TOUTES_MASQUEES = "Valeurs masquées (secret statistique)."


def carte_des_communes(
    contexte: Contexte,
    titre: str,
    conclusion: str,
    entete: str,
    mesures: Mapping[str, Mesure],
    precisions: Mapping[str, str] | None = None,
    bornes: Sequence[float] | None = None,
) -> Restitution:
    """Figure : une valeur par commune, en classes, sur des tuiles ou les contours donnés.

    Toutes les communes du département y sont, plus celles de la zone et des mesures : une
    commune sans mesure est dite inconnue, une commune masquée est dite masquée.

    Args:
        contexte: zone et période du rapport ; ses communes sont cernées.
        titre: de quoi parle la carte.
        conclusion: titre qui conclut.
        entete: intitulé de la première colonne du tableau.
        mesures: code de commune → mesure, toutes du même indicateur.
        precisions: code de commune → texte de la dernière colonne du tableau.
        bornes: limites intérieures des classes, dans l'unité de la mesure (0,25 pour 25 %) ;
            absentes, les quartiles des valeurs lisibles.
    """
    noms = communes_a_montrer(contexte, mesures)
    fond = fond_des_zones(contexte, "commune", list(noms))
    textes = (titre, conclusion, entete)
    return _choroplethe(contexte, fond, noms, textes, mesures, precisions or {}, bornes)


def carte_des_zones(
    contexte: Contexte,
    titre: str,
    conclusion: str,
    entete: str,
    mesures: Mapping[str, Mesure],
    precisions: Mapping[str, str] | None = None,
    bornes: Sequence[float] | None = None,
    *,
    maille: str = "iris",
    noms: Mapping[str, str] | None = None,
) -> Restitution:
    """La même carte pour une autre maille (les IRIS d'un territoire) ; rien n'y est cerné.

    Args:
        contexte: zone et période du rapport.
        titre: de quoi parle la carte.
        conclusion: titre qui conclut.
        entete: intitulé de la première colonne du tableau.
        mesures: code de zone → mesure.
        precisions: code de zone → texte de la dernière colonne du tableau.
        bornes: limites intérieures des classes ; absentes, les quartiles.
        maille: maille des codes, dont il faut les contours ou les positions.
        noms: code de zone → nom ; le code à défaut.
    """
    fond = fond_des_zones(contexte, maille, list(mesures))
    nommees = {code: (noms or {}).get(code, code) for code in mesures}
    textes = (titre, conclusion, entete)
    return _choroplethe(contexte, fond, nommees, textes, mesures, precisions or {}, bornes)


def carte_des_classes(
    contexte: Contexte,
    titre: str,
    conclusion: str,
    entete: str,
    classes: Mapping[str, str],
    descriptions: Mapping[str, str] | None = None,
    *,
    precisions: Mapping[str, str] | None = None,
    saillante: str = "",
    incertaines: Collection[str] = (),
) -> Restitution:
    """Figure : une catégorie par commune, désignée par une lettre.

    Args:
        contexte: zone et période du rapport ; ses communes sont cernées.
        titre: de quoi parle la carte.
        conclusion: titre qui conclut.
        entete: intitulé de la première colonne du tableau.
        classes: code de commune → nom de sa classe.
        descriptions: nom de classe → ce qu'elle est, sous le tableau (rien si c'est vide) ; donne
            l'ordre des classes.
        precisions: code de commune → texte de la dernière colonne du tableau.
        saillante: la classe à faire ressortir.
        incertaines: codes des communes dont la classe n'est pas sûre, marquées « ? ».
    """
    if not classes:
        return sans_figure(titre, AUCUNE_VALEUR)
    noms = communes_a_montrer(contexte, classes)
    fond = fond_des_zones(contexte, "commune", list(noms))
    membres: dict[str, list[str]] = {c: [] for c in descriptions or {}}
    for zone in noms:
        if zone in classes:
            membres.setdefault(classes[zone], []).append(zone)
    membres = {c: zones for c, zones in membres.items() if zones}
    lettres = dict(zip(membres, ascii_uppercase, strict=False))
    libelles = {c: f"{lettres[c]} : {c} ({len(zones)})" for c, zones in membres.items()}
    remplissage = Remplissage(
        list(libelles.values()),
        {z: list(membres).index(c) for c, zones in membres.items() for z in zones},
        {
            z: lettres[classes[z]] + INCERTAINE * (z in incertaines)
            if z in classes
            else formats.SIGNE_ABSENT
            for z in noms
        },
        ordonnees=False,
        saillante=libelles.get(saillante, ""),
        dites=[f"{li} : {_dire(fond, noms, membres[c])}" for c, li in libelles.items()],
    )
    colonnes = [Colonne("Classe", nombre=False)]
    colonnes += [Colonne("Précision", nombre=False)] if precisions else []
    lignes = [
        Ligne(
            nom,
            [
                Cellule(classes[z] + f" {INCERTAINE}" * (z in incertaines))
                if z in classes
                else Cellule(signe=formats.SIGNE_ABSENT),
                *([Cellule(precisions.get(z, ""))] if precisions else []),
            ],
        )
        for z, nom in noms.items()
    ]
    notes = [
        f"{c} : {texte}" for c, texte in (descriptions or {}).items() if texte and c in membres
    ]
    tableau = Tableau(f"Chiffres de la carte : {titre}", entete, colonnes, lignes, notes)
    return monter(contexte, fond, noms, conclusion, remplissage, tableau)


def communes_a_montrer(contexte: Contexte, citees: Mapping[str, object]) -> dict[str, str]:
    """Communes du département, de la zone et celles citées : code → nom, dans l'ordre des noms."""
    table = contexte.zones("commune")
    siennes = table.filter(table["parent"] == contexte.departement)["zone"].to_list()
    codes = {*siennes, *contexte.communes, *citees}
    noms = {code: contexte.libelle("commune", code) for code in codes}
    return dict(sorted(noms.items(), key=lambda paire: (paire[1], paire[0])))


def limites(valeurs: Sequence[float], classes: int = CLASSES) -> list[float]:
    """Limites intérieures des classes : quantiles (interpolés), sans doublon.

    Args:
        valeurs: valeurs lisibles.
        classes: nombre de classes voulu ; moins s'il y a trop peu de valeurs différentes.

    Returns:
        Au plus `classes - 1` limites croissantes, toutes entre la plus petite et la plus grande
        valeur ; vide s'il n'y a qu'une valeur.
    """
    if len(set(valeurs)) < 2:
        return []
    quantiles = np.quantile(valeurs, np.arange(1, classes) / classes)
    return [float(q) for q in np.unique(quantiles) if min(valeurs) < q]


def classer(valeur: float, bornes: Sequence[float]) -> int:
    """Rang de la classe : une valeur égale à une limite est dans la classe du dessus."""
    return int(np.searchsorted(bornes, valeur, side="right"))


def _choroplethe(
    contexte: Contexte,
    fond: Fond,
    noms: Mapping[str, str],
    textes: tuple[str, str, str],
    mesures: Mapping[str, Mesure],
    precisions: Mapping[str, str],
    bornes: Sequence[float] | None,
) -> Restitution:
    titre, conclusion, entete = textes
    lues = {z: m.valeur for z, m in mesures.items() if m.valeur is not None}
    if not lues:
        secret = any(m.masquee for m in mesures.values())
        return sans_figure(titre, TOUTES_MASQUEES if secret else AUCUNE_VALEUR)
    definition = next(iter(mesures.values())).definition
    vides = {z: mesures.get(z, Mesure(definition)) for z in noms}
    coupures = limites(list(lues.values())) if bornes is None else sorted(bornes)
    rangs = {z: classer(v, coupures) for z, v in lues.items()}
    libelles = _libelles(definition, list(lues.values()), coupures, list(rangs.values()))
    hautes, basses = (
        sorted((z for z in lues if rangs[z] == r), key=lambda z: (signe * lues[z], noms[z]))
        for r, signe in ((max(rangs.values()), -1), (min(rangs.values()), 1))
    )
    dites = [f"Les plus hautes : {_dire(fond, noms, hautes, mesures)}"]
    if hautes != basses and set(hautes) != set(basses):
        dites.append(f"Les plus basses : {_dire(fond, noms, basses, mesures)}")
    remplissage = Remplissage(
        libelles,
        rangs,
        {z: abrege(m) for z, m in vides.items()},
        ordonnees=True,
        masquees=frozenset(z for z, m in vides.items() if m.masquee),
        dites=dites,
    )
    colonnes = [Colonne.pour(definition), Colonne("Classe", nombre=False)]
    colonnes += [Colonne("Précision", nombre=False)] if precisions else []
    lignes = [
        Ligne(
            noms[z],
            [
                cellule(m),
                Cellule(libelles[rangs[z]] if z in rangs else ""),
                *([Cellule(precisions.get(z, ""))] if precisions else []),
            ],
        )
        for z, m in vides.items()
    ]
    regle = "données" if bornes is not None else "calculées : quantiles des valeurs lisibles"
    note = f"Limites des classes {regle} ; une valeur égale à une limite est au-dessus d'elle."
    tableau = Tableau(f"Chiffres de la carte : {titre}", entete, colonnes, lignes, [note])
    return monter(contexte, fond, noms, conclusion, remplissage, tableau)


def _libelles(
    definition: Definition, valeurs: list[float], coupures: list[float], rangs: list[int]
) -> list[str]:
    """« moins de 41,2 % (12) », « de 41,2 % à 52,0 % (11) », « 60,1 % et plus (12) ».

    Hors des pourcentages, l'unité est au tableau : « moins de 22,0 (12) ».
    """
    dites = [_dite(Mesure(definition, DIFFUSABLE, v)) for v in coupures]
    if not coupures:
        textes = [_dite(Mesure(definition, DIFFUSABLE, valeurs[0]))]
    else:
        textes = [f"moins de {dites[0]}"]
        textes += [f"de {a} à {b}" for a, b in itertools.pairwise(dites)]
        textes += [f"{dites[-1]} et plus"]
    return [f"{texte} ({rangs.count(rang)})" for rang, texte in enumerate(textes)]


def _dite(mesure: Mesure) -> str:
    return str(mesure) if mesure.definition.unite == "%" else mesure.nombre


def _dire(
    fond: Fond,
    noms: Mapping[str, str],
    zones: Sequence[str],
    mesures: Mapping[str, Mesure] | None = None,
) -> str:
    cites = {z: f"{noms[z]} ({mesures[z]})" if mesures else noms[z] for z in zones}
    ou = fond.ou(zones)
    return enumerer(cites, zones) + (f", plutôt {ou}" if ou else "")
