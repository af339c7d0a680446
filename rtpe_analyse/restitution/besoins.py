"""Les familles et leurs besoins : chiffres publics côte à côte, et ce qu'ils ne disent pas."""

from collections.abc import Sequence

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte, Repere
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Colonne, Ligne, Tableau, cellule

FAMILLE = "besoins"
SANS_CHIFFRE = (
    "Aucun chiffre public n'est disponible pour cette zone : compléter le référentiel, ou vérifier "
    "le rattachement des établissements à leurs communes."
)
COMPARES = (
    *("S3", "S2", "S2v", "S1", "S4", "S5", "S6", "S8", "S9", "S11"),
    *("B1", "B1u", "B1r"),
)
"""Les chiffres publics qui se lisent zone par zone, côte à côte."""
_EN_COLONNES = 8
"""Zones qui tiennent côte à côte sur une page ; au-delà, une par ligne."""
NON_DITS = (
    "Un besoin potentiel n'est pas une demande, et une demande n'est pas un recours : des "
    "familles ne demandent rien, faute d'information ou d'espoir d'obtenir une place.",
    "Le taux de couverture compte des places offertes, pas des enfants accueillis ; une place "
    "sert souvent à plusieurs enfants.",
    "Les familles ne font pas garder leur enfant seulement dans leur commune : une zone peut "
    "servir, ou être servie par, ses voisines.",
    "Les chiffres publics datent de l'année écrite à côté d'eux ; ils peuvent avoir plusieurs "
    "années de retard sur l'activité.",
    "Un enfant sans place n'est pas un enfant en attente d'une place ; un quartier prioritaire "
    "peut couvrir plusieurs communes, et ne compte que dans une zone qui le contient.",
    "Une demande peut être déposée plusieurs fois, ou rester inscrite après que la famille a "
    "trouvé une solution.",
)


def communes(contexte: Contexte) -> Restitution:
    """Tableau : les communes des établissements de la zone, l'année dans l'en-tête."""
    titre = "Les communes de la zone"
    note = "Source : voir le portrait."
    return tableau_public(contexte, titre, "Commune", "commune", contexte.communes, note)


def tableau_public(
    contexte: Contexte, titre: str, entete: str, maille: str, zones: dict[str, str], note: str
) -> Restitution:
    """Tableau des chiffres publics, zone par zone, avec l'année de chacun.

    Peu de zones : elles se lisent en colonnes, un chiffre public par ligne.

    Args:
        contexte: zone et période du rapport.
        titre: légende.
        entete: intitulé de la première colonne.
        maille: maille des zones.
        zones: code → nom des zones.
        note: précision sous le tableau.
    """
    presents = contexte.dossier.codes(FAMILLE)
    codes = [c for c in COMPARES if c in presents]
    grille = contexte.grille(codes, maille, zones)
    annees = {c: grille.derniere_lisible(c, zones, contexte.periode.annee) for c in codes}
    utiles = [c for c in codes if annees[c]]
    if not utiles:
        return sans_figure(titre, SANS_CHIFFRE)
    tout = contexte.grille(utiles, "departement", [contexte.departement])
    cases = {
        nom: [cellule(grille.lire(c, z, annees[c])) for c in utiles] for z, nom in zones.items()
    }
    ensemble = [cellule(tout.lire(c, contexte.departement, annees[c])) for c in utiles]
    definitions = [contexte.dossier.definition(c) for c in utiles]
    unites = [", ".join(u for u in (d.unite, annees[d.code]) if u) for d in definitions]
    if len(zones) <= _EN_COLONNES:
        suites = [*cases.values(), ensemble]
        lignes = [
            Ligne(f"{d.libelle} ({unite})", [suite[rang] for suite in suites], code=d.code)
            for rang, (d, unite) in enumerate(zip(definitions, unites, strict=True))
        ]
        colonnes = [Colonne(nom) for nom in (*cases, "Département")]
        return Tableau(titre, "Chiffre public", colonnes, lignes, [note]).rendre()
    lignes = [Ligne(nom, suite) for nom, suite in cases.items()]
    lignes.append(Ligne("Département", ensemble, "repere"))
    colonnes = [
        Colonne(d.libelle, unite, code=d.code) for d, unite in zip(definitions, unites, strict=True)
    ]
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


def non_dits(contexte: Contexte) -> Restitution:
    """Encadré : ce que ces chiffres ne disent pas, communes manquantes comprises."""
    textes = list(NON_DITS)
    if any(ici.partielle for ici, _ in dernieres(contexte, contexte.dossier.codes(FAMILLE))):
        textes.append(
            "Un chiffre suivi de (p) ne porte que sur les communes publiées : les petites "
            "communes n'ont pas de ligne dans certaines sources, ce qui n'est pas zéro."
        )
    return encadre("Ce que ces chiffres ne disent pas", textes)


def derniere(contexte: Contexte, code: str, autre: Repere | None = None) -> tuple[Mesure, Mesure]:
    """La zone et une autre, à la dernière année où la zone a une valeur, à défaut l'autre.

    Args:
        contexte: zone et période du rapport.
        code: indicateur public.
        autre: zone comparée ; le département si elle n'est pas donnée.
    """
    return dernieres(contexte, [code], autre)[0]


def dernieres(
    contexte: Contexte, codes: Sequence[str], autre: Repere | None = None
) -> list[tuple[Mesure, Mesure]]:
    """`derniere` de plusieurs indicateurs, chacun à son année, lus en une fois."""
    autre = autre or Repere("departement", contexte.departement, "le département")
    ici = contexte.grille(codes, contexte.maille, [contexte.zone])
    la = contexte.grille(codes, autre.maille, [autre.zone])
    borne = contexte.periode.annee
    paires = []
    for code in codes:
        annee = ici.derniere_lisible(code, [contexte.zone], borne) or la.derniere_lisible(
            code, [autre.zone], borne
        )
        annee = annee or str(borne)
        paires.append((ici.lire(code, contexte.zone, annee), la.lire(code, autre.zone, annee)))
    return paires
