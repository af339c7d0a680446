"""Scénarios : enfants de moins de 3 ans et demandes à cinq ans, jamais sans leur fourchette."""

from dataclasses import dataclass

import polars as pl

from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

TITRE = "Les enfants de moins de 3 ans, selon trois scénarios"
TITRE_DEMANDES = "Les demandes attendues, selon trois scénarios"
_SANS = (
    "Les naissances et les enfants publiés pour cette zone ne suffisent pas à une projection : "
    "compléter le référentiel."
)
_SCENARIOS = ("bas", "central", "haut")
_LOTS_DE_LOGEMENTS = 100


@dataclass(frozen=True)
class Fourchette:
    """Une année et ses trois scénarios."""

    annee: int
    bas: Mesure
    central: Mesure
    haut: Mesure

    def en(self, unite: str) -> str:
        """« entre 48 298 et 53 200 enfants (50 693 au centre) »."""
        return (
            f"entre {self.bas.nombre} et {self.haut.nombre} {unite} "
            f"({self.central.nombre} au centre)"
        )


def enfants(contexte: Contexte) -> Restitution:
    """Figure en éventail : enfants de moins de 3 ans connus, puis projetés."""
    projetes = fourchettes(contexte, "N5")
    if not projetes:
        return sans_figure(TITRE, _SANS)
    observes = _observes(contexte, projetes[0].annee)
    derniere = projetes[-1]
    titre = f"Entre {derniere.bas.nombre} et {derniere.haut.nombre} enfants de moins de 3 ans"
    titre += f" fin {derniere.annee}"
    if observes:
        titre += f", pour {observes[-1][1].nombre} fin {observes[-1][0]}"
    annees = [a for a, _ in observes] + [f.annee for f in projetes]
    lignes = [(rang, "connue", m.valeur, None, None) for rang, (_, m) in enumerate(observes)] + [
        (len(observes) + rang, "prevue", f.central.valeur, f.bas.valeur, f.haut.valeur)
        for rang, f in enumerate(projetes)
    ]
    from rtpe_analyse.restitution import figures

    svg = figures.prevision(
        pl.DataFrame(lignes, schema=_SCHEMA, orient="row"),
        [str(a) for a in annees],
        formats.Unite(),
    )
    dits = " ; ".join(f"fin {f.annee}, {f.en('enfants')}" for f in (projetes[0], derniere))
    alt = f"Courbe connue, puis éventail de trois scénarios. {dits}."
    note = (
        "Trait plein : enfants retrouvés de l'offre et de la couverture publiées. Tirets : "
        "scénario central ; la zone pointillée va du scénario bas au scénario haut. Une "
        "fourchette d'hypothèses, sans probabilité."
    )
    donnees = _tableau(TITRE, observes, projetes)
    return planche(titre, alt, svg, donnees, note, classe="rtpe-basse")


def demandes(contexte: Contexte) -> Restitution:
    """Tableau : demandes attendues chaque année, basse, centrale, haute."""
    projetees = fourchettes(contexte, "N6")
    if not projetees:
        masquees = _masquees(contexte)
        raison = (
            "Effectifs trop petits pour être montrés (secret statistique)."
            if masquees
            else ("Il faut une année civile complète de demandes, et une projection des enfants.")
        )
        return sans_figure(TITRE_DEMANDES, raison)
    return _tableau(TITRE_DEMANDES, [], projetees).replier()


def lecture(contexte: Contexte) -> Restitution:
    """Phrases : la fourchette, les hypothèses, les places tampon, ce que valut la méthode."""
    projetes, projetees = fourchettes(contexte, "N5"), fourchettes(contexte, "N6")
    if not projetes:
        return encadre(_SANS, [])
    derniere = projetes[-1]
    dites = [
        f"Fin {derniere.annee}, {contexte.nom} compterait "
        f"{derniere.en('enfants de moins de 3 ans')} ; derniers chiffres publiés : fin "
        f"{derniere.central.millesime}.",
        *_hypotheses(contexte, projetees),
    ]
    if projetees:
        dites.append(
            f"{formats.majuscule(projetees[-1].en('demandes'))} seraient déposées en "
            f"{projetees[-1].annee}, le centre gardant le recours d'aujourd'hui."
        )
        dites += _tampon(contexte, projetees[-1])
    dites += [*_logements(contexte), *_retrospectif(contexte)]
    return paragraphes(dites)


def fourchettes(contexte: Contexte, code: str) -> list[Fourchette]:
    """Les années projetées dont les trois scénarios se lisent, dans l'ordre.

    Args:
        contexte: zone du rapport.
        code: `N5` (enfants) ou `N6` (demandes).
    """
    grille = contexte.grille([code], contexte.maille, [contexte.zone], ventilation="scenario")
    lues = [
        Fourchette(int(annee), *(grille.lire(code, contexte.zone, annee, s) for s in _SCENARIOS))
        for annee in grille.periodes(code)
    ]
    return [f for f in lues if f.bas.lisible and f.central.lisible and f.haut.lisible]


_SCHEMA = {
    "rang": pl.Int64,
    "serie": pl.String,
    "valeur": pl.Float64,
    "bas": pl.Float64,
    "haut": pl.Float64,
}


def _observes(contexte: Contexte, avant: int) -> list[tuple[int, Mesure]]:
    """Enfants publiés avant la première année projetée."""
    grille = contexte.grille(["S1"], contexte.maille, [contexte.zone])
    lues = [(int(a), grille.lire("S1", contexte.zone, a)) for a in grille.periodes("S1")]
    return [(a, m) for a, m in lues if m.lisible and a < avant]


def _tableau(titre: str, observes: list[tuple[int, Mesure]], projetes: list[Fourchette]) -> Tableau:
    unite = projetes[0].central.definition.unite
    vide = Cellule("")
    colonnes = [Colonne(nom.capitalize(), unite) for nom in _SCENARIOS]
    lignes = [
        Ligne(str(f.annee), [cellule(f.bas), cellule(f.central), cellule(f.haut)]) for f in projetes
    ]
    if observes:
        colonnes = [Colonne("Connu", unite), *colonnes]
        lignes = [Ligne(li.entete, [vide, *li.cellules]) for li in lignes]
        lignes = [
            Ligne(str(a), [cellule(m), *([vide] * len(_SCENARIOS))]) for a, m in observes
        ] + lignes
    notes = []
    if any(f.central.partielle for f in projetes):
        notes.append("Partiel : une commune, ou une année de naissances, n'est pas publiée.")
    return Tableau(titre, "Année", colonnes, lignes, notes)


def _masquees(contexte: Contexte) -> bool:
    grille = contexte.grille(["N6"], contexte.maille, [contexte.zone], ventilation="scenario")
    return any(
        grille.lire("N6", contexte.zone, a, "central").masquee for a in grille.periodes("N6")
    )


def _hypotheses(contexte: Contexte, projetees: list[Fourchette]) -> list[str]:
    ecart = _hypothese(contexte, "naissances_ecart_pct")
    dites = [
        "Les naissances prolongent leur évolution récente, à "
        f"{formats.nombre(ecart, 1)} points par an près selon le scénario ; la part d'enfants qui "
        "restent ou arrivent est la plus petite, la moyenne ou la plus grande observée. S'y ajoute "
        "ce que le nombre d'enfants a déjà varié d'une année à l'autre, de plus en plus avec le "
        "temps."
    ]
    if projetees:
        recours = _hypothese(contexte, "recours_ecart_pct")
        dites.append(
            f"Le recours (demandes par enfant) varie de {formats.nombre(recours)}{formats.FINE}% "
            "en plus ou en moins."
        )
    return dites


def _tampon(contexte: Contexte, derniere: Fourchette) -> list[str]:
    """Attributions de plus que le scénario haut demanderait, à satisfaction égale."""
    satisfaction = contexte.trio(["D4a"])["D4a"][0]
    if satisfaction.valeur is None or derniere.haut.valeur is None:
        return []
    surplus = (derniere.haut.valeur - (derniere.central.valeur or 0)) * satisfaction.valeur
    if surplus < 1:
        return []
    return [
        f"Places tampon : pour satisfaire autant de demandes qu'aujourd'hui ({satisfaction}) si le "
        f"scénario haut se réalisait, il faudrait "
        f"{formats.compte(round(surplus), 'attribution')} de plus par an en {derniere.annee} que "
        "dans le scénario central."
    ]


def _logements(contexte: Contexte) -> list[str]:
    par_logement = _hypothese(contexte, "enfants_par_logement_neuf")
    return [
        f"Aucun logement neuf n'est supposé : {_LOTS_DE_LOGEMENTS} logements livrés ajouteraient "
        f"de l'ordre de {formats.nombre(par_logement * _LOTS_DE_LOGEMENTS)} enfants de moins de "
        "3 ans (convention de la maison, à remplacer par une observation locale)."
    ]


def _retrospectif(contexte: Contexte) -> list[str]:
    """La même projection faite quelques années plus tôt, à côté de ce qui fut observé."""
    grille = contexte.grille(["N5"], contexte.maille, [contexte.zone], ventilation="retrospectif")
    jugees = [
        (a, [grille.lire("N5", contexte.zone, a, m) for m in (*_SCENARIOS, "observe")])
        for a in grille.periodes("N5")
    ]
    jugees = [(a, lues) for a, lues in jugees if all(m.lisible for m in lues)]
    if not jugees:
        return ["La méthode n'a pas pu être mise à l'épreuve : trop peu d'années sont connues."]
    annee, (bas, central, haut, observe) = jugees[-1]
    dedans = sum(
        1 for _, (b, _, h, o) in jugees if (b.valeur or 0) <= (o.valeur or 0) <= (h.valeur or 0)
    )
    ecart = (central.valeur or 0) / (observe.valeur or 1) - 1
    sens = "trop haut" if ecart > 0 else "trop bas"
    dites = [
        f"Refaite avec ce qu'on savait fin {central.millesime}, la projection annonçait pour "
        f"{annee} entre {bas.nombre} et {haut.nombre} enfants ; il y en eut {observe.nombre}, et "
        f"le centre était {sens} de {formats.pourcentage(abs(ecart))}.",
        f"Sur {formats.compte(len(jugees), 'année')} ainsi refaite{'s' if len(jugees) > 1 else ''},"
        f" {formats.nombre(dedans) if dedans else 'aucune'} dans la fourchette. L'écart entre les "
        "variantes a été choisi en regardant ces mêmes années : elles montrent ce que la "
        "fourchette couvre, elles ne prouvent pas ce qu'elle couvrira.",
    ]
    if not dedans:
        dites.append("La fourchette n'a jamais suffi ici : ne pas décider sur ces seuls nombres.")
    elif dedans < len(jugees):
        dites.append(
            "La fourchette n'a donc pas toujours suffi : la lire comme un ordre de grandeur."
        )
    return dites


def _hypothese(contexte: Contexte, cle: str) -> float:
    return float(valeur("scenarios", cle, contexte.jour_de_reference))
