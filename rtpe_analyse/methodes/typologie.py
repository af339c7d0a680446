"""Ranger des zones en classes : analyse en composantes principales, puis Ward.

La démarche des offices statistiques français : variables centrées et réduites, axes
principaux, classification ascendante hiérarchique de Ward sur les axes retenus, nombre de
classes choisi à la perte d'inertie, classes décrites par leurs variables. On y ajoute ce qui
dit si les classes tiennent : silhouette, et stabilité par rééchantillonnage des zones.

Sources : L. Lebart, A. Morineau et M. Piron, « Statistique exploratoire
multidimensionnelle », Dunod, 2006 ; F. Husson, J. Josse et J. Pagès, « Principal component
methods – hierarchical clustering – partitional clustering », 2010 (choix du nombre de
classes) ; C. Hennig, « Cluster-wise assessment of cluster stability », Computational
Statistics & Data Analysis 52, 2007 (Jaccard) ; P. Rousseeuw, « Silhouettes », JCAM 20, 1987.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtpe_analyse.methodes.indice import standardiser

Matrice = NDArray[np.float64]
Entiers = NDArray[np.int64]
INERTIE_RETENUE = 0.8
"""Part d'inertie que les axes retenus doivent porter ; le reste est tenu pour du bruit."""
ZONES_PAR_CLASSE = 8
"""Zones qu'il faut, en moyenne, pour parler d'une classe."""
_CLASSES_AU_MOINS = 3


@dataclass(frozen=True)
class Axes:
    """Les axes principaux d'un tableau centré et réduit.

    Attributes:
        coordonnees: zone × axe retenu.
        parts: part d'inertie de chaque axe, retenu ou non, décroissante.
        correlations: variable × axe retenu. Le signe d'un axe est arbitraire : il est fixé
            pour que la variable la plus liée à l'axe le soit positivement.
    """

    coordonnees: Matrice
    parts: Matrice
    correlations: Matrice


@dataclass(frozen=True)
class Classement:
    """Une partition de Ward et ce qui la justifie.

    Attributes:
        classes: classe de chaque zone, de 1 à k, par moyenne décroissante sur le premier axe.
        gains: nombre de classes → part d'inertie gagnée en passant de k − 1 à k classes.
        silhouettes: nombre de classes → silhouette moyenne de la partition.
    """

    classes: Entiers
    gains: dict[int, float]
    silhouettes: dict[int, float]

    @property
    def nombre(self) -> int:
        """Nombre de classes retenu."""
        return int(self.classes.max())


@dataclass(frozen=True)
class Typologie:
    """La typologie d'un ensemble de zones.

    Attributes:
        classees: vrai pour une zone dont toutes les variables sont connues ; les autres
            n'ont ni classe ni coordonnées, rien n'étant imputé.
        utiles: vrai pour une variable qui n'est pas constante.
        axes: analyse en composantes principales des zones classées, sur les variables utiles.
        classement: partition des zones classées.
        stabilites: par classe, indice de Jaccard moyen (0 à 1) avec la classe la plus proche
            des rééchantillons ; Hennig tient pour stable une classe à 0,75 ou plus.
        rand: indice de Rand ajusté moyen entre la partition et celle des rééchantillons.
    """

    classees: NDArray[np.bool_]
    utiles: NDArray[np.bool_]
    axes: Axes
    classement: Classement
    stabilites: Matrice
    rand: float


def construire_typologie(
    valeurs: Matrice, *, classes_au_plus: int, reechantillons: int, graine: int
) -> Typologie | None:
    """Classe les zones, choisit le nombre de classes et mesure leur stabilité.

    Args:
        valeurs: zone × variable, NaN où la valeur est inconnue.
        classes_au_plus: plus grand nombre de classes essayé.
        reechantillons: tirages avec remise des zones, où tout est refait.
        graine: graine du hasard : mêmes données, mêmes stabilités.

    Returns:
        La typologie ; rien s'il reste moins de deux variables non constantes, ou moins de
        huit zones par classe pour deux classes.
    """
    classees = np.asarray(np.isfinite(valeurs).all(axis=1))
    gardees = valeurs[classees]
    nombre_possible = min(classes_au_plus, len(gardees) // ZONES_PAR_CLASSE)
    if nombre_possible < 2:
        return None
    utiles = _variables(gardees)
    if utiles.sum() < 2:
        return None
    axes = axes_principaux(gardees[:, utiles])
    classement = classer(axes.coordonnees, nombre_possible)
    stabilites, rand = _stabilite(gardees[:, utiles], classement, reechantillons, graine)
    return Typologie(classees, utiles, axes, classement, stabilites, rand)


def axes_principaux(valeurs: Matrice) -> Axes:
    """Analyse en composantes principales normée ; garde au moins deux axes.

    Args:
        valeurs: zone × variable, toutes connues, aucune constante.
    """
    from sklearn.decomposition import PCA

    reduites = standardiser(valeurs, np.ones(valeurs.shape[1]))
    acp = PCA(svd_solver="full").fit(reduites)
    parts = np.asarray(acp.explained_variance_ratio_)
    porte = int(np.searchsorted(np.cumsum(parts), INERTIE_RETENUE - 1e-12)) + 1
    retenus = max(2, min(porte, len(parts)))
    vecteurs = acp.components_[:retenus]
    # À égalité de liaison, la première variable décide : l'arrondi distingue mal deux liaisons.
    meneuses = np.argmax(np.round(np.abs(vecteurs), 9), axis=1)
    vecteurs = vecteurs * np.where(vecteurs[np.arange(len(vecteurs)), meneuses] < 0, -1, 1)[:, None]
    coordonnees = reduites @ vecteurs.T
    types = coordonnees.std(axis=0)
    correlations = vecteurs.T * np.where(types > 1e-12, types, 0)
    return Axes(coordonnees, parts, correlations)


def classer(coordonnees: Matrice, classes_au_plus: int, nombre: int | None = None) -> Classement:
    """Classification de Ward ; le nombre de classes suit la plus forte chute du gain d'inertie.

    Passer de k − 1 à k classes gagne de l'inertie entre classes ; on retient le k (trois au
    moins, si possible) après lequel ce gain chute le plus, en proportion.

    Args:
        coordonnees: zone × axe.
        classes_au_plus: plus grand nombre de classes essayé, inférieur au nombre de zones.
        nombre: nombre de classes imposé, qui ne se choisit plus.
    """
    arbre = _arbre(coordonnees)
    # La hauteur de Ward au carré, divisée par deux, est l'inertie que la réunion fait perdre.
    pertes = arbre[::-1, 2] ** 2 / 2
    totale = float(((coordonnees - coordonnees.mean(axis=0)) ** 2).sum())
    gains = {k: float(pertes[k - 2]) / totale for k in range(2, classes_au_plus + 1)}
    if nombre is None:
        nombre = _meilleur_nombre(pertes, classes_au_plus)
    partition = _numeroter(_couper(arbre, nombre), coordonnees[:, 0])
    silhouettes = {k: _silhouette(coordonnees, _couper(arbre, k)) for k in gains}
    return Classement(partition, gains, silhouettes)


def _arbre(coordonnees: Matrice) -> Matrice:
    from scipy.cluster.hierarchy import linkage

    return np.asarray(linkage(coordonnees, method="ward"))


def _couper(arbre: Matrice, nombre: int) -> Entiers:
    from scipy.cluster.hierarchy import fcluster

    return np.asarray(fcluster(arbre, nombre, criterion="maxclust"), dtype=np.int64)


def _meilleur_nombre(pertes: Matrice, classes_au_plus: int) -> int:
    premier = min(_CLASSES_AU_MOINS, classes_au_plus)
    chutes = {
        k: pertes[k - 1] / pertes[k - 2] if pertes[k - 2] > 0 else np.inf
        for k in range(premier, classes_au_plus + 1)
        if k - 1 < len(pertes)
    }
    return min(chutes, key=lambda k: (round(float(chutes[k]), 9), k))


def _silhouette(coordonnees: Matrice, partition: Entiers) -> float:
    from sklearn.metrics import silhouette_score

    if not 1 < len(set(partition.tolist())) < len(partition):
        return float("nan")
    return float(silhouette_score(coordonnees, partition))


def _numeroter(partition: Entiers, axe: Matrice) -> Entiers:
    """Les numéros de Ward sont arbitraires : les classes se numérotent le long de l'axe."""
    codes = sorted(set(partition.tolist()), key=lambda c: -float(axe[partition == c].mean()))
    return np.array([codes.index(c) + 1 for c in partition.tolist()], dtype=np.int64)


def _stabilite(
    valeurs: Matrice, classement: Classement, reechantillons: int, graine: int
) -> tuple[Matrice, float]:
    from sklearn.metrics import adjusted_rand_score

    hasard = np.random.default_rng(graine)
    nombre = classement.nombre
    proximites: list[list[float]] = [[] for _ in range(nombre)]
    rands = []
    for _ in range(reechantillons):
        tires = np.sort(hasard.integers(0, len(valeurs), len(valeurs)))
        echantillon = valeurs[tires]
        utiles = _variables(echantillon)
        if utiles.sum() < 2 or len(set(tires.tolist())) <= nombre:
            continue
        refaite = _couper(_arbre(axes_principaux(echantillon[:, utiles]).coordonnees), nombre)
        # Une zone tirée deux fois ne compte qu'une fois dans la comparaison.
        distinctes, premieres = np.unique(tires, return_index=True)
        ici, la = classement.classes[distinctes], refaite[premieres]
        rands.append(float(adjusted_rand_score(ici, la)))
        for classe in set(ici.tolist()):
            membres = ici == classe
            proximites[classe - 1].append(max(_jaccard(membres, la == c) for c in set(la.tolist())))
    moyennes = [float(np.mean(p)) if p else float("nan") for p in proximites]
    return np.array(moyennes), float(np.mean(rands)) if rands else float("nan")


def _jaccard(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return float((a & b).sum() / (a | b).sum())


def _variables(valeurs: Matrice) -> NDArray[np.bool_]:
    """Les variables qui ne sont pas constantes."""
    reduites = standardiser(valeurs, np.ones(valeurs.shape[1]))
    return np.asarray((reduites != 0).any(axis=0))
