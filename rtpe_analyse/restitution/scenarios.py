"""Scénarios : enfants de moins de 3 ans et demandes à cinq ans, jamais sans leur fourchette."""

from dataclasses import dataclass

import polars as pl

from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.epreuve import SCENARIOS, mettre_a_l_epreuve
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
        f"{derniere.central.millesime}."
    ]
    if projetees:
        dites.append(
            f"{formats.majuscule(projetees[-1].en('demandes'))} seraient déposées en "
            f"{projetees[-1].annee}, le centre gardant le recours d'aujourd'hui (demandes par "
            f"enfant), les bornes l'écartant de "
            f"{formats.nombre(_hypothese(contexte, 'recours_ecart_pct'))}{formats.FINE}%."
        )
        dites += _tampon(contexte, projetees[-1])
    return paragraphes([*dites, *_retrospectif(contexte), _hypotheses(contexte)])


def fourchettes(contexte: Contexte, code: str) -> list[Fourchette]:
    """Les années projetées dont les trois scénarios se lisent, dans l'ordre.

    Args:
        contexte: zone du rapport.
        code: `N5` (enfants) ou `N6` (demandes).
    """
    grille = contexte.grille([code], contexte.maille, [contexte.zone], ventilation="scenario")
    lues = [
        Fourchette(int(annee), *(grille.lire(code, contexte.zone, annee, s) for s in SCENARIOS))
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
    colonnes = [Colonne(nom.capitalize(), unite) for nom in SCENARIOS]
    lignes = [
        Ligne(str(f.annee), [cellule(f.bas), cellule(f.central), cellule(f.haut)]) for f in projetes
    ]
    if observes:
        colonnes = [Colonne("Connu", unite), *colonnes]
        lignes = [Ligne(li.entete, [vide, *li.cellules]) for li in lignes]
        lignes = [
            Ligne(str(a), [cellule(m), *([vide] * len(SCENARIOS))]) for a, m in observes
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


def _hypotheses(contexte: Contexte) -> str:
    ecart = _hypothese(contexte, "naissances_ecart_pct")
    enfants_neufs = _hypothese(contexte, "enfants_par_logement_neuf") * _LOTS_DE_LOGEMENTS
    return (
        "Hypothèses : les naissances prolongent leur évolution récente, à "
        f"{formats.nombre(ecart, 1)} points par an près ; la part d'enfants qui restent ou "
        "arrivent est la plus petite, la moyenne ou la plus grande observée ; l'éventail s'ouvre "
        "avec le temps. Aucun logement neuf n'est supposé : "
        f"{_LOTS_DE_LOGEMENTS} logements livrés ajouteraient de l'ordre de "
        f"{formats.nombre(enfants_neufs)} enfants de moins de 3 ans (convention de la maison)."
    )


def _tampon(contexte: Contexte, derniere: Fourchette) -> list[str]:
    """Attributions de plus que le scénario haut demanderait, à satisfaction égale."""
    satisfaction = contexte.trio(["D4a"])["D4a"][0]
    if satisfaction.valeur is None or derniere.haut.valeur is None:
        return []
    surplus = (derniere.haut.valeur - (derniere.central.valeur or 0)) * satisfaction.valeur
    if surplus < 1:
        return []
    return [
        f"Places tampon : pour garder le taux de satisfaction d'aujourd'hui ({satisfaction}) si le "
        "scénario haut se réalisait, il faudrait "
        f"{formats.compte(round(surplus), 'attribution')} de plus par an en {derniere.annee} que "
        "dans le scénario central."
    ]


def _retrospectif(contexte: Contexte) -> list[str]:
    """La même projection faite quelques années plus tôt, à côté de ce qui fut observé."""
    epreuve = mettre_a_l_epreuve(contexte)
    if epreuve is None:
        return ["La méthode n'a pas pu être mise à l'épreuve : trop peu d'années sont connues."]
    bas, central, haut, observe = epreuve.derniere
    ecart = (central.valeur or 0) / (observe.valeur or 1) - 1
    sens = "trop haut" if ecart > 0 else "trop bas"
    return [
        f"Refaite avec ce qu'on savait fin {central.millesime}, la projection annonçait pour "
        f"{epreuve.annee} entre {bas.nombre} et {haut.nombre} enfants ; il y en eut "
        f"{observe.nombre}, et le centre était {sens} de {formats.pourcentage(abs(ecart))}.",
        f"{epreuve.phrase}. L'écart entre les variantes a été choisi en regardant ces mêmes "
        "années : elles montrent ce que la fourchette couvre, elles ne prouvent pas ce qu'elle "
        "couvrira.",
    ]


def _hypothese(contexte: Contexte, cle: str) -> float:
    return float(valeur("scenarios", cle, contexte.jour_de_reference))
