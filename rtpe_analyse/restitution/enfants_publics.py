"""Combien d'enfants de moins de 3 ans : trois estimations confrontées, et les naissances."""

import polars as pl

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Grille
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.occupation import echelle, unite
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

_ESTIMATIONS = {"S1": "", "S1n": "S12", "S7": "S13"}
"""Estimation → rapport à la première, à lieux égaux."""
_RAISONS = {
    "S1": "Le nombre retenu est celui du taux de couverture (places ÷ taux publié) : il compte "
    "tous les enfants, allocataires ou non, et c'est lui qui rend les places comparables",
    "S1n": "Le nombre du taux de couverture n'est pas publié pour cette zone : le nombre retenu "
    "est celui des naissances de trois ans, qui ignore les arrivées et les départs",
    "S7": "Ni le taux de couverture ni les naissances ne sont publiés pour cette zone : il ne "
    "reste que les enfants d'allocataires, un minimum",
}


_AUCUNE = (
    "Aucune des trois n'est publiée pour cette zone : ni taux de couverture, ni naissances de "
    "trois années de suite, ni enfants d'allocataires."
)
_NEGLIGEABLE = 0.001
"""Écart qui ne se voit pas à une décimale (convention éditoriale)."""


def estimations(contexte: Contexte) -> Restitution:
    """Tableau : trois estimations des moins de 3 ans, leurs écarts, et celle qui est retenue.

    Les nombres sont ceux de la dernière année où deux estimations existent ; les écarts ne
    comparent que des communes publiées par les deux sources.
    """
    titre = "Enfants de moins de 3 ans : trois estimations"
    codes = [c for paire in _ESTIMATIONS.items() for c in paire if c]
    grille = contexte.grille(codes, contexte.maille, [contexte.zone])
    dernieres = {c: _derniere(contexte, grille, c) for c in _ESTIMATIONS}
    lisibles = [c for c in _ESTIMATIONS if dernieres[c].lisible]
    if not lisibles:
        return sans_figure(titre, _AUCUNE)
    commune = max(
        (_derniere(contexte, grille, r).millesime for r in _ESTIMATIONS.values() if r),
        default="",
    )
    annee = commune or dernieres[lisibles[0]].millesime
    lignes = [
        Ligne(
            contexte.dossier.definition(code).libelle,
            [
                cellule(grille.lire(code, contexte.zone, annee)),
                _ecart(grille.lire(rapport, contexte.zone, annee))
                if rapport
                else Cellule("repère"),
                cellule(dernieres[code]),
                Cellule(dernieres[code].millesime),
            ],
        )
        for code, rapport in _ESTIMATIONS.items()
    ]
    colonnes = [
        Colonne(f"En {annee}", "enfants"),
        Colonne("Écart, à lieux égaux", "%"),
        Colonne("Dernier chiffre", "enfants"),
        Colonne("Millésime", nombre=False),
    ]
    notes = [_choix(dernieres, lisibles), *_explications(contexte, grille, annee)]
    return Tableau(titre, "Estimation", colonnes, lignes, notes).rendre()


def naissances(contexte: Contexte) -> Restitution:
    """Figure : les naissances de la zone, à communes constantes."""
    definition = contexte.dossier.definition("S2c")
    grille = contexte.grille(["S2", "S2c", "S2v"], contexte.maille, [contexte.zone])
    annees = [a for a in grille.periodes("S2") if a <= str(contexte.periode.annee)]
    suivies = [grille.lire("S2c", contexte.zone, a) for a in annees]
    toutes = [grille.lire("S2", contexte.zone, a) for a in annees]
    titre = _tendance(contexte, grille)
    lisibles = [m for m in suivies if m.lisible]
    if len(lisibles) < 2:
        return sans_figure(titre, "Pas assez d'années publiées pour dessiner une tendance.")
    from rtpe_analyse.restitution import figures

    # Une année que la source ne publie pas interrompt le trait.
    continues = [str(a) for a in range(int(annees[0]), int(annees[-1]) + 1)]
    valeurs = pl.DataFrame(
        [
            (contexte.titre, rang, a, echelle(grille.lire("S2c", contexte.zone, a)))
            for rang, a in enumerate(continues)
        ],
        schema={"serie": pl.String, "rang": pl.Int64, "periode": pl.String, "valeur": pl.Float64},
        orient="row",
    )
    svg = figures.series(valeurs, [contexte.titre], unite(definition))
    lignes = [
        Ligne(a, [cellule(tout), cellule(suivie)])
        for a, tout, suivie in zip(annees, toutes, suivies, strict=True)
    ]
    colonnes = [Colonne.pour(contexte.dossier.definition(c)) for c in ("S2", "S2c")]
    donnees = Tableau("Chiffres de la figure : naissances", "Année", colonnes, lignes)
    dites = [f"{a} : {m}" for a, m in zip(annees, suivies, strict=True) if m.lisible]
    alt = f"Courbe des naissances, communes publiées chaque année. {' ; '.join(dites)}."
    note = _note_des_naissances(annees, toutes, suivies)
    return planche(titre, alt, svg, donnees, note, classe="rtpe-basse")


def _note_des_naissances(annees: list[str], toutes: list[Mesure], suivies: list[Mesure]) -> str:
    """La courbe suit moins de communes que le titre n'en compte : les deux nombres se disent."""
    triplets = zip(annees, toutes, suivies, strict=True)
    communs = [t for t in triplets if t[1].lisible and t[2].lisible]
    if not communs or communs[-1][1].valeur == communs[-1][2].valeur:
        return ""
    annee, tout, suivie = communs[-1]
    return (
        "La courbe ne suit que les communes publiées chaque année : "
        f"{suivie} en {annee}, sur {tout.nombre}."
    )


def _derniere(contexte: Contexte, grille: Grille, code: str) -> Mesure:
    annee = grille.derniere_lisible(code, [contexte.zone], contexte.periode.annee)
    return grille.lire(code, contexte.zone, annee)


def _ecart(rapport: Mesure) -> Cellule:
    if rapport.valeur is None:
        return Cellule(signe=rapport.signe)
    marque = formats.MARQUE_PARTIELLE if rapport.partielle else ""
    return Cellule(formats.avec_signe(100 * (rapport.valeur - 1), 1), marque=marque)


def _choix(dernieres: dict[str, Mesure], lisibles: list[str]) -> str:
    retenue = dernieres[lisibles[0]]
    recente = all(dernieres[c].millesime <= retenue.millesime for c in lisibles)
    suite = " ; c'est aussi le plus récent" if recente and len(lisibles) > 1 else ""
    partiel = ", sur les communes publiées" if retenue.partielle else ""
    return f"{_RAISONS[lisibles[0]]}{suite} : {retenue} ({retenue.millesime}{partiel})."


def _explications(contexte: Contexte, grille: Grille, annee: str) -> list[str]:
    naissances_, allocataires = (
        grille.lire(r, contexte.zone, annee) for r in _ESTIMATIONS.values() if r
    )
    dites = []
    if naissances_.valeur is not None:
        plus = naissances_.valeur >= 1
        dites.append(
            f"En {annee}, les naissances de trois ans donnent le même nombre, à 0,1 % près."
            if abs(naissances_.valeur - 1) < _NEGLIGEABLE
            else f"En {annee}, les naissances de trois ans donnent "
            f"{formats.pourcentage(abs(naissances_.valeur - 1))} d'enfants de "
            f"{'plus' if plus else 'moins'} : elles ne voient ni les familles qui "
            f"{'partent' if plus else 'arrivent'} avant les 3 ans de leur enfant, ni celles qui "
            f"{'arrivent' if plus else 'partent'}."
        )
    if allocataires.valeur is not None:
        dites.append(
            f"La Caf en connaît {allocataires} parmi ses allocataires : un minimum, car des "
            "familles n'ont pas de prestation et de petits quartiers sont couverts par le secret."
        )
    return dites


def _tendance(contexte: Contexte, grille: Grille) -> str:
    derniere, evolution = (_derniere(contexte, grille, c) for c in ("S2", "S2v"))
    if not derniere.lisible:
        return "Naissances : aucun chiffre publié pour cette zone"
    titre = f"{derniere} en {derniere.millesime}"
    if evolution.valeur is None or evolution.millesime != derniere.millesime:
        return titre
    definition = contexte.dossier.definition("S2v").libelle
    duree = definition.removeprefix("Évolution des naissances ")
    if formats.arrondi(100 * evolution.valeur, 1) == 0:
        return f"{titre} : un nombre stable {duree}"
    sens = "hausse" if evolution.valeur > 0 else "baisse"
    return f"{titre} : {sens} de {formats.pourcentage(abs(evolution.valeur))} {duree}"
