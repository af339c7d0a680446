"""Les familles et leurs besoins : chiffres publics côte à côte, et ce qu'ils ne disent pas."""

from collections.abc import Sequence
from dataclasses import replace

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte, Repere
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

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
    "Un besoin n'est pas une demande, ni une demande un recours : des familles ne demandent rien, "
    "faute d'information ou d'espoir ; d'autres restent inscrites après avoir trouvé.",
    "Une place sert souvent à plusieurs enfants, et un enfant sans place n'attend pas forcément "
    "une place : des familles gardent elles-mêmes leur enfant.",
    "Les familles ne font pas garder leur enfant seulement dans leur commune.",
    "Les chiffres publics datent de l'année écrite à côté d'eux, souvent bien avant l'activité.",
    "Les écarts sont calculés avant arrondi : ils peuvent différer d'un dixième de ceux que "
    "donneraient les nombres affichés.",
    "Un quartier prioritaire à cheval sur plusieurs communes ne compte que dans une zone qui le "
    "contient.",
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
        nom: [case_publique(grille.lire(c, z, annees[c])) for c in utiles]
        for z, nom in zones.items()
    }
    ensemble = [case_publique(tout.lire(c, contexte.departement, annees[c])) for c in utiles]
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


def non_dits(contexte: Contexte) -> Restitution:
    """Phrases : ce que ces chiffres ne disent pas, communes manquantes comprises."""
    textes = list(NON_DITS)
    presents = [c for c in COMPARES if c in contexte.dossier.codes(FAMILLE)]
    if any(ici.partielle for ici, _ in dernieres(contexte, presents)):
        textes.append(
            "Un chiffre suivi de (p) ne porte que sur les communes publiées : les petites "
            "communes n'ont pas de ligne dans certaines sources, ce qui n'est pas zéro."
        )
    return paragraphes(textes)


def case_publique(mesure: Mesure) -> Cellule:
    """La case d'un chiffre public : ce qui ne se calcule pas, la source ne le publie pas."""
    nue = cellule(mesure)
    inconnue = nue.signe == formats.SIGNE_NON_CALCULABLE
    return replace(nue, signe=formats.SIGNE_ABSENT) if inconnue else nue


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
    return [(ici, la) for _, ici, la in par_annee(contexte, codes, autre)]


def par_annee(
    contexte: Contexte, codes: Sequence[str], autre: Repere | None = None
) -> list[tuple[str, Mesure, Mesure]]:
    """`dernieres`, et l'année de chaque couple ; vide si aucune des deux zones n'a de valeur."""
    autre = autre or Repere("departement", contexte.departement, "le département")
    ici = contexte.grille(codes, contexte.maille, [contexte.zone])
    la = contexte.grille(codes, autre.maille, [autre.zone])
    borne = contexte.periode.annee
    lues = []
    for code in codes:
        annee = ici.derniere_lisible(code, [contexte.zone], borne) or la.derniere_lisible(
            code, [autre.zone], borne
        )
        quand = annee or str(borne)
        lues.append((annee, ici.lire(code, contexte.zone, quand), la.lire(code, autre.zone, quand)))
    return lues
