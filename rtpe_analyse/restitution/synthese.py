"""La synthèse du département : le réseau et ses territoires, sans classement."""

from collections.abc import Sequence

import polars as pl

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.besoins import tableau_public
from rtpe_analyse.restitution.comparatif import tableau_comparatif
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import ecart
from rtpe_analyse.restitution.objets import Restitution, encadre
from rtpe_analyse.restitution.occupation import AUCUNE, echelle, unite
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

SANS_TERRITOIRE = (
    "Le découpage en territoires n'est pas donné pour ce département : il n'y a rien à comparer."
)
SANS_RANG = "Les territoires sont dans l'ordre de leur code ; le tableau n'est pas un classement."


def vide(contexte: Contexte, titre: str, raison: str = AUCUNE) -> Restitution:
    """Ce qui remplace un contenu sans ligne : pourquoi, sans accuser à tort les données.

    Args:
        contexte: zone et période du rapport.
        titre: titre du contenu absent.
        raison: ce qui manque, quand le découpage en territoires est donné.
    """
    return sans_figure(titre, raison if contexte.territoires else SANS_TERRITOIRE)


def reseau(contexte: Contexte) -> Restitution:
    """Tableau : établissements ayant un événement (ouverture, fermeture, fusion…)."""
    noms = contexte.etablissements
    fiches = [
        z
        for z in contexte.zones("etablissement").iter_rows(named=True)
        if z["zone"] in contexte.evenements
    ]
    if not fiches:
        return encadre("Aucune ouverture, fermeture ou fusion depuis un an.", [])
    lignes = [
        Ligne(
            noms[z["zone"]],
            [
                Cellule(contexte.territoires.get(z["parent"] or "", "")),
                Cellule(contexte.libelle("commune", z["commune"] or "")),
                Cellule(contexte.evenements[z["zone"]]),
            ],
        )
        for z in sorted(fiches, key=lambda z: (z["parent"] or "", noms[z["zone"]]))
    ]
    colonnes = [Colonne(n, nombre=False) for n in ("Territoire", "Commune", "Événement")]
    titre = (
        f"Mouvements du réseau depuis un an ({formats.compte(len(noms), 'établissement')} suivis)"
    )
    return Tableau(titre, "Établissement", colonnes, lignes).rendre()


def territoires(
    contexte: Contexte, titre: str, codes: Sequence[str], ecarts: Sequence[str]
) -> Restitution:
    """Tableau : les territoires côte à côte, puis le département."""
    dresse = tableau_comparatif(
        contexte,
        titre,
        codes,
        ecarts=ecarts,
        maille="territoire",
        zones=contexte.territoires,
        entete="Territoire",
        notes=[SANS_RANG],
    )
    return dresse.rendre() if dresse.lignes else vide(contexte, titre)


def multiples(contexte: Contexte, code: str) -> Restitution:
    """Figure : petits multiples, un territoire par case, le département en tirets."""
    definition = contexte.dossier.definition(code)
    titre = f"{definition.libelle} par territoire"
    periodes, noms = contexte.echues, contexte.territoires
    grille = contexte.grille([code], "territoire", noms, periodes)
    repere = contexte.grille([code], "departement", [contexte.departement], periodes)
    suite_repere = [repere.lire(code, contexte.departement, p) for p in periodes]
    mesures = {nom: [grille.lire(code, z, p) for p in periodes] for z, nom in noms.items()}
    periodes = contexte.depuis_la_premiere(suite_repere, *mesures.values())
    mesures = {nom: suite[-len(periodes) :] for nom, suite in mesures.items()}
    suite_repere = suite_repere[-len(periodes) :]
    montres = {nom: suite for nom, suite in mesures.items() if any(m.lisible for m in suite)}
    if not montres or not any(m.lisible for m in suite_repere):
        return vide(contexte, titre)
    from rtpe_analyse.restitution import figures

    def en_table(suites: dict[str, list[float | None]]) -> pl.DataFrame:
        lignes = [
            (nom, rang, formats.periode_courte(p), v)
            for nom, suite in suites.items()
            for rang, (p, v) in enumerate(zip(periodes, suite, strict=True))
        ]
        types = {"serie": pl.String, "rang": pl.Int64, "periode": pl.String, "valeur": pl.Float64}
        return pl.DataFrame(lignes, schema=types, orient="row")

    svg = figures.multiples(
        en_table({nom: [echelle(m) for m in suite] for nom, suite in montres.items()}),
        en_table({"Département": [echelle(m) for m in suite_repere]}),
        "Département",
        unite(definition),
    )
    proches = [
        abs(e) < 0.02
        for suite in montres.values()
        if (e := ecart(suite[-1], suite_repere[-1])) is not None
    ]
    conclusion = titre
    if proches and definition.est_part:
        sur = formats.compte(len(proches), "territoire")
        conclusion = (
            f"{definition.libelle} : {sum(proches)} sur {sur} à moins de 2 points du département "
            f"({suite_repere[-1]}) {formats.au_cours(contexte.periode)}"
        )
    lignes = [
        Ligne(nom, [cellule(m) for m in suite])
        for nom, suite in {**mesures, "Département": suite_repere}.items()
    ]
    colonnes = [Colonne(formats.periode_courte(p), definition.unite) for p in periodes]
    donnees = Tableau(f"Chiffres de la figure : {titre}", "Territoire", colonnes, lignes)
    dites = [f"{nom} : {suite[-1]}" for nom, suite in montres.items() if suite[-1].lisible]
    muettes: dict[str, list[str]] = {}
    for p, m in zip(periodes, suite_repere, strict=True):
        if not m.lisible:
            muettes.setdefault(str(m), []).append(formats.periode_courte(p))
    raisons = [f"{formats.enumeration(noms)}, {raison}" for raison, noms in muettes.items()]
    note = f"Trait interrompu : {' ; '.join(raisons)}." if raisons else ""
    alt = f"Une petite courbe par territoire, le département en tirets. {' ; '.join(dites)}."
    return planche(conclusion, alt, svg, donnees, note)


def besoins_des_territoires(contexte: Contexte) -> Restitution:
    """Tableau : les chiffres publics, un territoire par ligne, l'année dans l'en-tête."""
    titre = "Chiffres publics par territoire"
    if not contexte.territoires:
        return vide(contexte, titre)
    return tableau_public(
        contexte, titre, "Territoire", "territoire", contexte.territoires, SANS_RANG
    )
