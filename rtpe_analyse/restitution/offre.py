"""L'offre d'accueil d'une zone : couverture par mode, tendance, écart, valeurs publiées."""

from dataclasses import replace

import polars as pl

from rtpe_analyse.restitution import formats, phrases
from rtpe_analyse.restitution.barres import barres_comparees
from rtpe_analyse.restitution.besoins import derniere
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Grille
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.occupation import echelle, unite
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.portrait import choisir
from rtpe_analyse.restitution.tableaux import Colonne, Ligne, Tableau, cellule

MODES = {
    "eaje_psu": "Crèches financées par la PSU",
    "eaje_hors_psu": "Crèches hors PSU",
    "assistantes_maternelles": "Assistantes maternelles",
    "garde_domicile": "Garde à domicile",
    "prescolarisation": "École avant 3 ans",
}
_TOUS = "Tous les modes"
_PUBLIEES = {"B1": "B1p", "S14": "S14p", "S2": "S2p"}
"""Indicateur → valeur publiée par un autre, pour la même zone et la même année."""
_SANS_ECART = (
    "Les places de cette zone ne sont pas publiées : ni les enfants sans place, ni la part du "
    "réseau suivi ne se calculent."
)


def couverture(contexte: Contexte, comparaison: str = "") -> Restitution:
    """Figure : places offertes pour 100 enfants de moins de 3 ans, par mode d'accueil.

    Args:
        contexte: zone et période du rapport.
        comparaison: `territoire:T2`, `zonage:Z1`… ; vide, celle du rapport.
    """
    titre = "Taux de couverture par mode d'accueil"
    autre = choisir(contexte, comparaison)
    ici, la = derniere(contexte, "B1", autre)
    if not ici.lisible:
        ailleurs = f" Pour {autre.nom}, {la} en {la.millesime}." if la.lisible else ""
        return sans_figure(titre, f"Les places de cette zone ne sont pas publiées.{ailleurs}")
    annee = ici.millesime
    zones = [(contexte.titre, contexte.maille, contexte.zone)]
    if autre.zone:
        zones.append((autre.titre, autre.maille, autre.zone))
    grilles = {
        nom: contexte.grille(["B1", "S14"], maille, [zone], [annee], ventilation="mode")
        for nom, maille, zone in zones
    }
    modes = _modes(grilles[contexte.titre])
    taux, places = (
        {nom: [grilles[nom].lire(code, zone, annee, m) for m in modes] for nom, _, zone in zones}
        for code in ("B1", "S14")
    )
    place = phrases.comparaison(ici, la, autre.nom) if autre.zone else None
    conclusion = f"{ici.nombre} places pour 100 enfants de moins de 3 ans en {annee}"
    conclusion += f" : {place}" if place else ""
    return barres_comparees(
        titre,
        conclusion,
        _libelles(modes),
        taux,
        "Mode d'accueil",
        comptes=places,
        comptes_en="places",
    )


def tendance(contexte: Contexte) -> Restitution:
    """Figure : la couverture de chaque mode, année par année, et celle de tous les modes."""
    titre = "Évolution de la couverture par mode d'accueil"
    tout = contexte.grille(["B1"], contexte.maille, [contexte.zone])
    grille = contexte.grille(["B1"], contexte.maille, [contexte.zone], ventilation="mode")
    annees = [a for a in tout.periodes("B1") if a <= str(contexte.periode.annee)]
    ensemble = [tout.lire("B1", contexte.zone, a) for a in annees]
    if sum(m.lisible for m in ensemble) < 2:
        return sans_figure(titre, "Pas assez d'années publiées pour dessiner une tendance.")
    modes = _modes(grille)
    suites = {
        libelle: [grille.lire("B1", contexte.zone, a, mode) for a in annees]
        for libelle, mode in zip(_libelles(modes), modes, strict=True)
    }
    from rtpe_analyse.restitution import figures

    definition = contexte.dossier.definition("B1")
    svg = figures.multiples(
        _en_series(suites, annees),
        _en_series({_TOUS.lower(): ensemble}, annees),
        _TOUS.lower(),
        unite(definition),
        "le mode nommé",
    )
    lignes = [
        Ligne(a, [cellule(m) for m in (ensemble[rang], *(s[rang] for s in suites.values()))])
        for rang, a in enumerate(annees)
    ]
    colonnes = [Colonne(nom, definition.unite) for nom in (_TOUS, *suites)]
    donnees = Tableau(f"Chiffres de la figure : {titre}", "Année", colonnes, lignes)
    dites = [f"{nom}, {_du_au(annees, suite)}" for nom, suite in suites.items()]
    alt = f"Petits multiples, un mode par case. {_TOUS}, {_du_au(annees, ensemble)}. " + (
        f"{' ; '.join(dites)}."
    )
    note = _moteur(contexte, annees)
    return planche(_conclusion(annees, ensemble), alt, svg, donnees, note, classe="rtpe-basse")


def ecart(contexte: Contexte) -> Restitution:
    """Phrases : les enfants sans place, et ce que le réseau suivi offre, chacun à sa place."""
    annee = derniere(contexte, "B1u")[0].millesime
    codes = ["S1", "S14", "B1u", "B1", "B1r"]
    grille = contexte.grille(codes, contexte.maille, [contexte.zone], [annee])
    enfants, places, sans, taux, reseau = (grille.lire(c, contexte.zone, annee) for c in codes)
    dites = []
    if enfants.lisible and places.lisible and sans.valeur is not None:
        partiel = ", sur les communes publiées" if sans.partielle else ""
        reste = f"{sans} de plus que de places" if sans.valeur > 0 else "aucun ne manque de place"
        dites.append(
            f"En {annee}{partiel}, {enfants} de moins de 3 ans pour {places} de tous les modes : "
            f"{reste}. Ce n'est pas un besoin : des familles gardent elles-mêmes leur enfant, et "
            "une place sert souvent à plusieurs enfants."
        )
    if reseau.valeur is not None:
        rapport = f", sur les {taux.nombre} de tous les modes" if taux.lisible else ""
        # Le réseau d'exemple est inventé, les enfants qu'on lui rapporte sont réels.
        fictif = " (fictif : réseau d'exemple, population réelle)" if contexte.fictif else ""
        dites.append(
            f"Le réseau suivi{fictif} offrait {reseau.nombre} "
            f"{formats.accord(100 * reseau.valeur, 'place')} pour 100 enfants de moins de 3 ans "
            f"fin {annee}{rapport}."
        )
    return paragraphes(dites or [_SANS_ECART])


def verification(contexte: Contexte) -> Restitution:
    """Phrases : nos totaux à côté de valeurs publiées, et d'où vient la différence."""
    zone = contexte.departement
    codes = [c for paire in _PUBLIEES.items() for c in paire]
    grille = contexte.grille([*codes, "S17"], "departement", [zone])
    dites = []
    for code, publiee in _PUBLIEES.items():
        annee = grille.derniere_lisible(publiee, [zone], contexte.periode.annee)
        if annee:
            la = grille.lire(publiee, zone, annee)
            dites.append(_confronter(grille.lire(code, zone, annee), la, annee))
    if not dites:
        return encadre("Aucune valeur publiée n'est donnée pour ce département.", [])
    annee = grille.derniere_lisible("S17", [zone], contexte.periode.annee)
    manque = _communes_sans_offre(contexte, grille.lire("S17", zone, annee), annee)
    return encadre("Nos totaux et ceux qui sont publiés", dites + manque)


def _modes(grille: Grille) -> list[str]:
    connus = grille.modalites("B1")
    return [m for m in MODES if m in connus] + [m for m in connus if m not in MODES]


def _libelles(modes: list[str]) -> list[str]:
    return [MODES.get(m, formats.majuscule(m.replace("_", " "))) for m in modes]


def _en_series(suites: dict[str, list[Mesure]], annees: list[str]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (nom, rang, annees[rang], echelle(m))
            for nom, suite in suites.items()
            for rang, m in enumerate(suite)
        ],
        schema={"serie": pl.String, "rang": pl.Int64, "periode": pl.String, "valeur": pl.Float64},
        orient="row",
    )


def _bouts(annees: list[str], suite: list[Mesure]) -> list[tuple[str, Mesure]]:
    lisibles = [(a, m) for a, m in zip(annees, suite, strict=True) if m.lisible]
    return [lisibles[0], lisibles[-1]] if len(lisibles) > 1 else []


def _du_au(annees: list[str], suite: list[Mesure]) -> str:
    bouts = _bouts(annees, suite)
    if not bouts:
        return "pas de suite publiée"
    (debut, premiere), (fin, derniere_) = bouts
    return f"de {premiere} en {debut} à {derniere_} en {fin}"


def _conclusion(annees: list[str], ensemble: list[Mesure]) -> str:
    (debut, premiere), (fin, derniere_) = _bouts(annees, ensemble)
    return (
        f"De {premiere.nombre} places pour 100 enfants de moins de 3 ans en {debut} à "
        f"{derniere_.nombre} en {fin}"
    )


def _moteur(contexte: Contexte, annees: list[str]) -> str:
    """Un taux monte parce que les places augmentent, ou parce que les enfants diminuent."""
    grille = contexte.grille(["S14", "S1"], contexte.maille, [contexte.zone], annees)
    dites = []
    for code, nom in (("S14", "les places"), ("S1", "les enfants de moins de 3 ans")):
        bouts = _bouts(annees, [grille.lire(code, contexte.zone, a) for a in annees])
        # Des communes publiées une année et pas l'autre feraient une fausse évolution.
        valeurs = [m.valeur for _, m in bouts if m.valeur and not m.partielle]
        if len(valeurs) < 2:
            return ""
        avant, apres = valeurs
        dites.append(f"{nom} {formats.avec_signe(100 * (apres / avant - 1), 1)}{formats.FINE}%")
    return f"Sur la même durée : {' ; '.join(dites)}."


def _confronter(calculee: Mesure, publiee: Mesure, annee: str) -> str:
    nom = calculee.definition.libelle
    debut = f"{nom}, {annee} : {publiee} selon {publiee.source}"
    if calculee.valeur is None or publiee.valeur is None:
        return f"{debut} ; nos données ne portent pas cette année."
    if replace(calculee, definition=publiee.definition).nombre == publiee.nombre:
        return f"{debut}, {calculee} par notre calcul : la même valeur à l'arrondi publié."
    difference = calculee.valeur - publiee.valeur
    return (
        f"{debut}, {calculee} par notre calcul, soit "
        f"{phrases.ampleur(publiee.definition, difference)} de "
        f"{'plus' if difference > 0 else 'moins'}."
    )


def _communes_sans_offre(contexte: Contexte, publication: Mesure, annee: str) -> list[str]:
    total, publiees = publication.denominateur, publication.numerateur
    if total is None or publiees is None or publiees == total:
        return []
    connues = contexte.zones("commune").filter(pl.col("parent") == contexte.departement)
    noms = dict(connues.select("zone", "libelle").iter_rows())
    grille = contexte.grille(["S14", "S2"], "commune", noms, [annee])
    absentes = [c for c in noms if not grille.lire("S14", c, annee).lisible]
    nees = [grille.lire("S2", c, annee).valeur for c in absentes]
    connus = [n for n in nees if n is not None]
    suite = ""
    if len(connus) == len(absentes):
        suite = f" Elles ont eu {formats.compte(round(sum(connus)), 'naissance')} cette année-là."
    return [
        f"Communes dont la source ne publie pas les places en {annee} : "
        f"{formats.nombre(total - publiees)} sur {formats.nombre(total)}, "
        f"{formats.enumeration([noms[c] for c in absentes])}. Une valeur absente n'est pas un "
        f"zéro : nos totaux portent sur les autres, d'où la différence.{suite}"
    ]
