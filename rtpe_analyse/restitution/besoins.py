"""Les familles et leurs besoins : portrait public et couverture."""

from collections.abc import Iterable

import polars as pl

from rtpe_analyse.restitution import formats, phrases
from rtpe_analyse.restitution.barres import barres_comparees, noms_des_series
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.lecture import Grille
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

FAMILLE = "besoins"
SANS_CHIFFRE = (
    "Aucun chiffre public n'est disponible pour cette zone : compléter le référentiel, ou vérifier "
    "le rattachement des établissements à leurs communes."
)
MODES = {
    "eaje_psu": "Crèches financées par la PSU",
    "eaje_hors_psu": "Crèches hors PSU",
    "assistantes_maternelles": "Assistantes maternelles",
    "garde_domicile": "Garde à domicile",
    "prescolarisation": "École avant 3 ans",
}
NON_DITS = (
    "Un besoin potentiel n'est pas une demande, et une demande n'est pas un recours : des "
    "familles ne demandent rien, faute d'information ou d'espoir d'obtenir une place.",
    "Le taux de couverture compte des places offertes, pas des enfants accueillis ; une place "
    "sert souvent à plusieurs enfants.",
    "Les familles ne font pas garder leur enfant seulement dans leur commune : une zone peut "
    "servir, ou être servie par, ses voisines.",
    "Les chiffres publics datent de l'année écrite à côté d'eux ; ils peuvent avoir plusieurs "
    "années de retard sur l'activité.",
    "Une demande peut être déposée plusieurs fois, ou rester inscrite après que la famille a "
    "trouvé une solution.",
)


def portrait(contexte: Contexte) -> Restitution:
    """Tableau : la population et l'offre, zone et département, millésime de chaque source."""
    titre = "Portrait de la zone et du département"
    paires = [derniere(contexte, code) for code in contexte.dossier.codes(FAMILLE)]
    lignes = [_ligne_de_portrait(ici, departement) for ici, departement in paires if ici.statut]
    utiles = [ligne for ligne in lignes if any(c.texte for c in ligne.cellules[:2])]
    if not utiles:
        return sans_figure(titre, SANS_CHIFFRE)
    colonnes = [
        Colonne(contexte.titre),
        Colonne("Département"),
        Colonne("Millésime", nombre=False),
        Colonne("Source", nombre=False),
    ]
    return Tableau(titre, "Chiffre public", colonnes, utiles).rendre()


def communes(contexte: Contexte) -> Restitution:
    """Tableau : les communes des établissements de la zone, l'année dans l'en-tête."""
    titre = "Les communes de la zone"
    fiches = contexte.zones("etablissement").filter(
        pl.col("zone").is_in(list(contexte.etablissements))
    )
    noms = {
        c: contexte.libelle("commune", c) for c in sorted(fiches["commune"].drop_nulls().unique())
    }
    return tableau_public(contexte, titre, "Commune", "commune", noms, "Source : voir le portrait.")


def tableau_public(
    contexte: Contexte, titre: str, entete: str, maille: str, zones: dict[str, str], note: str
) -> Restitution:
    """Tableau des chiffres publics : une zone par ligne, une année par colonne.

    Args:
        contexte: zone et période du rapport.
        titre: légende.
        entete: intitulé de la première colonne.
        maille: maille des lignes.
        zones: code → nom des lignes.
        note: précision sous le tableau.
    """
    codes = contexte.dossier.codes(FAMILLE)
    grille = contexte.grille(codes, maille, zones)
    annees = {c: _annee_lisible(contexte, grille, c, zones) for c in codes}
    utiles = [c for c in codes if annees[c]]
    if not utiles:
        return sans_figure(titre, SANS_CHIFFRE)
    tout = contexte.grille(utiles, "departement", [contexte.departement])
    lignes = [
        Ligne(nom, [cellule(grille.lire(c, z, annees[c])) for c in utiles])
        for z, nom in zones.items()
    ]
    ensemble = [tout.lire(c, contexte.departement, annees[c]) for c in utiles]
    lignes.append(Ligne("Département", [cellule(m) for m in ensemble], "repere"))
    colonnes = []
    for code in utiles:
        definition = contexte.dossier.definition(code)
        unite = ", ".join(u for u in (definition.unite, annees[code]) if u)
        colonnes.append(Colonne(definition.libelle, unite, code=code))
    return Tableau(titre, entete, colonnes, lignes, [note]).rendre()


def accueil_et_population(contexte: Contexte) -> Restitution:
    """Phrases : les enfants accueillis et la population d'âge d'accueil, sans les diviser."""
    accueillis = contexte.trio(["E1"])["E1"][0]
    population = derniere(contexte, "S1")[0]
    dites = []
    if accueillis.lisible:
        dites.append(
            f"{formats.majuscule(formats.au_cours(contexte.periode))}, {accueillis} ont été "
            "accueillis dans les établissements suivis."
        )
    if population.lisible:
        partiel = ", sur les communes publiées" if population.partielle else ""
        dites.append(
            f"{formats.majuscule(contexte.nom)} compte {population} de moins de 3 ans "
            f"({population.millesime}{partiel})."
        )
    if len(dites) == 2:
        dites.append(
            "Ces deux nombres ne se divisent pas l'un par l'autre : les années diffèrent, et des "
            "enfants accueillis habitent ailleurs."
        )
    if dites:
        return paragraphes(dites)
    return encadre("Ni l'accueil ni la population ne sont disponibles pour cette zone.", [])


def _annee_lisible(contexte: Contexte, grille: Grille, code: str, zones: Iterable[str]) -> str:
    annees = [
        p
        for p in grille.periodes(code)
        if p <= str(contexte.periode.annee) and any(grille.lire(code, z, p).lisible for z in zones)
    ]
    return annees[-1] if annees else ""


def couverture(contexte: Contexte) -> Restitution:
    """Figure : places offertes pour 100 enfants de moins de 3 ans, par mode d'accueil."""
    titre = "Taux de couverture par mode d'accueil"
    annee = _derniere_annee(contexte, "B1")
    zones = {contexte.maille: contexte.zone}
    if contexte.a_un_repere:
        zones["departement"] = contexte.departement
    grilles = {
        maille: contexte.grille(["B1"], maille, [zone], [annee], ventilation="mode")
        for maille, zone in zones.items()
    }
    connus = grilles[contexte.maille].modalites("B1")
    modes = [m for m in MODES if m in connus] + [m for m in connus if m not in MODES]
    noms = noms_des_series(contexte)
    mesures = {
        noms[maille]: [grilles[maille].lire("B1", zone, annee, m) for m in modes]
        for maille, zone in zones.items()
    }
    if not any(m.lisible for suite in mesures.values() for m in suite):
        return sans_figure(titre, SANS_CHIFFRE)
    ensemble = derniere(contexte, "B1")
    conclusion = f"{titre} en {annee}"
    if ensemble[0].lisible:
        place = phrases.comparaison(*ensemble, "le département") if contexte.a_un_repere else None
        conclusion = f"{ensemble[0].nombre} places pour 100 enfants de moins de 3 ans en {annee}"
        conclusion += f" : {place}" if place else ""
    libelles = [MODES.get(m, formats.majuscule(m.replace("_", " "))) for m in modes]
    return barres_comparees(titre, conclusion, libelles, mesures, "Mode d'accueil")


def non_dits(contexte: Contexte) -> Restitution:
    """Encadré : ce que ces chiffres ne disent pas, communes manquantes comprises."""
    textes = list(NON_DITS)
    if any(derniere(contexte, code)[0].partielle for code in contexte.dossier.codes(FAMILLE)):
        textes.append(
            "Un chiffre suivi de (p) ne porte que sur les communes publiées : les petites "
            "communes n'ont pas de ligne dans certaines sources, ce qui n'est pas zéro."
        )
    return encadre("Ce que ces chiffres ne disent pas", textes)


def derniere(contexte: Contexte, code: str) -> tuple[Mesure, Mesure]:
    """La zone et le département, à la dernière année où la zone a une valeur."""
    annee = _derniere_annee(contexte, code)
    ici = contexte.grille([code], contexte.maille, [contexte.zone], [annee])
    departement = contexte.grille([code], "departement", [contexte.departement], [annee])
    return (
        ici.lire(code, contexte.zone, annee),
        departement.lire(code, contexte.departement, annee),
    )


def _derniere_annee(contexte: Contexte, code: str) -> str:
    for maille, zone in ((contexte.maille, contexte.zone), ("departement", contexte.departement)):
        grille = contexte.grille([code], maille, [zone])
        if annee := _annee_lisible(contexte, grille, code, [zone]):
            return annee
    return str(contexte.periode.annee)


def _ligne_de_portrait(ici: Mesure, departement: Mesure) -> Ligne:
    montree = ici if ici.lisible else departement
    cases = [_case(ici), _case(departement)]
    provenance = [Cellule(montree.millesime), Cellule(montree.source or ici.definition.source)]
    return Ligne(ici.definition.libelle, cases + provenance)


def _case(mesure: Mesure) -> Cellule:
    nue = cellule(mesure)
    return Cellule(str(mesure), marque=nue.marque) if mesure.lisible else nue
