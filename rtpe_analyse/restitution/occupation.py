"""Places, activité, occupation, enfants : les tableaux et figures d'une zone."""

from collections.abc import Sequence

import polars as pl

from rtpe_analyse.modeles import Periode
from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.restitution import formats, phrases
from rtpe_analyse.restitution.comparatif import tableau_comparatif
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Definition, Mesure
from rtpe_analyse.restitution.objets import Restitution, encadre
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

AUCUNE = "Aucune donnée sur la période : l'activité n'a pas été reçue, ou rien n'était ouvert."


def unite(definition: Definition) -> formats.Unite:
    """Comment écrire sur un dessin les valeurs d'un indicateur."""
    suffixe = f"{formats.FINE}%" if definition.unite == "%" else ""
    return formats.Unite(definition.decimales, suffixe)


def echelle(mesure: Mesure) -> float | None:
    """La valeur à l'échelle de l'affichage (62,3 pour 62,3 %), absente si illisible."""
    if mesure.valeur is None:
        return None
    return mesure.valeur * (100 if mesure.definition.est_part else 1)


def etablissements(contexte: Contexte) -> Restitution:
    """Les établissements de la zone : type, commune, places, événements."""
    noms = contexte.etablissements
    if not noms:
        return encadre(f"Aucun établissement n'est rattaché {formats.au(contexte.nom)}.", [])
    fiches = {
        z["zone"]: z
        for z in contexte.zones("etablissement").iter_rows(named=True)
        if z["zone"] in noms
    }
    grille = contexte.grille(["P1", "P2"], "etablissement", noms, [contexte.periode])
    siens = contexte.grille(["P1", "P2"], contexte.maille, [contexte.zone], [contexte.periode])
    types = liste_fermee("types_etablissement")
    lignes = [
        Ligne(
            nom,
            [
                Cellule(types.get(fiches[zone]["type_accueil"] or "", "")),
                Cellule(contexte.libelle("commune", fiches[zone]["commune"] or "")),
                *(cellule(grille.lire(c, zone, contexte.periode)) for c in ("P1", "P2")),
                Cellule(contexte.evenements.get(zone, "")),
            ],
        )
        for zone, nom in noms.items()
    ]
    ensemble = [siens.lire(c, contexte.zone, contexte.periode) for c in ("P1", "P2")]
    fin = [Cellule(), Cellule(), *map(cellule, ensemble), Cellule()]
    lignes.append(Ligne(contexte.titre, fin, "total"))
    colonnes = [
        Colonne("Type d'accueil", nombre=False),
        Colonne("Commune", nombre=False),
        *(Colonne.pour(contexte.dossier.definition(c)) for c in ("P1", "P2")),
        Colonne("Événement depuis un an", nombre=False),
    ]
    titre = f"Les établissements de la zone, {formats.periode(contexte.periode)}"
    return Tableau(titre, "Établissement", colonnes, lignes).rendre()


def tableau(
    contexte: Contexte,
    titre: str,
    codes: Sequence[str],
    *,
    ecarts: Sequence[str] = (),
    notes: Sequence[str] = (),
    coupe: tuple[str, str] = ("", ""),
    replie: bool = False,
) -> Restitution:
    """Un tableau par établissement, replié si c'est un détail ; une phrase si rien n'existe."""
    dresse = tableau_comparatif(contexte, titre, codes, ecarts=ecarts, notes=notes, coupe=coupe)
    if not dresse.lignes:
        return sans_figure(titre, AUCUNE)
    return dresse.replier() if replie else dresse.rendre()


def serie(contexte: Contexte, code: str) -> Restitution:
    """Figure : l'indicateur sur douze périodes au plus, avec le département."""
    definition = contexte.dossier.definition(code)
    periodes = contexte.echues
    siennes = contexte.grille([code], contexte.maille, [contexte.zone], periodes)
    noms = {contexte.zone: contexte.titre}
    grilles = {contexte.zone: siennes}
    if contexte.a_un_repere:
        repere = contexte.repere
        noms[repere.zone] = repere.titre
        grilles[repere.zone] = contexte.grille([code], repere.maille, [repere.zone], periodes)
    mesures = {z: [grilles[z].lire(code, z, p) for p in periodes] for z in noms}
    periodes = contexte.depuis_la_premiere(*mesures.values())
    mesures = {z: suite[-len(periodes) :] for z, suite in mesures.items()}
    lisibles = [m for m in mesures[contexte.zone] if m.lisible]
    if not lisibles:
        return sans_figure(f"{definition.libelle} dans le temps", _raison(mesures[contexte.zone]))
    from rtpe_analyse.restitution import figures

    valeurs = pl.DataFrame(
        [
            (noms[z], rang, formats.periode_courte(p), echelle(m))
            for z, suite in mesures.items()
            for rang, (p, m) in enumerate(zip(periodes, suite, strict=True))
        ],
        schema={"serie": pl.String, "rang": pl.Int64, "periode": pl.String, "valeur": pl.Float64},
        orient="row",
    )
    svg = figures.series(valeurs, list(noms.values()), unite(definition))
    titre = titre_de_serie(definition, mesures[contexte.zone], contexte.periode)
    donnees = _tableau_de_serie(definition, periodes, {noms[z]: m for z, m in mesures.items()})
    return planche(titre, _alt_de_serie(noms, mesures, periodes), svg, donnees, _note(periodes))


def titre_de_serie(definition: Definition, mesures: list[Mesure], quand: Periode) -> str:
    """Le titre qui conclut : où l'on en est, et par rapport à l'an dernier.

    Args:
        definition: indicateur montré.
        mesures: une mesure par période, la dernière étant celle du rapport.
        quand: période du rapport.
    """
    pas = 12 if quand.pas == "mois" else 4
    derniere = mesures[-1]
    if not derniere.lisible:
        return f"{definition.libelle} : pas de valeur à montrer {formats.au_cours(quand)}"
    titre = f"{definition.libelle} : {derniere} {formats.au_cours(quand)}"
    suite = phrases.variation(derniere, mesures[-1 - pas]) if len(mesures) > pas else None
    return f"{titre}, {suite} sur un an" if suite else titre


def _tableau_de_serie(
    definition: Definition, periodes: list[Periode], mesures: dict[str, list[Mesure]]
) -> Tableau:
    lignes = [
        Ligne(formats.majuscule(formats.periode(p)), [cellule(m[rang]) for m in mesures.values()])
        for rang, p in enumerate(periodes)
    ]
    colonnes = [Colonne(nom, definition.unite) for nom in mesures]
    return Tableau(f"Chiffres de la figure : {definition.libelle}", "Période", colonnes, lignes)


def _alt_de_serie(
    noms: dict[str, str], mesures: dict[str, list[Mesure]], periodes: list[Periode]
) -> str:
    morceaux = []
    for zone, nom in noms.items():
        lus = [(m, p) for m, p in zip(mesures[zone], periodes, strict=True) if m.valeur is not None]
        if not lus:
            continue
        bas = min(lus, key=lambda c: c[0].valeur or 0)
        haut = max(lus, key=lambda c: c[0].valeur or 0)
        morceaux.append(
            f"{nom} : de {lus[0][0]} ({formats.periode(lus[0][1])}) à {lus[-1][0]} "
            f"({formats.periode(lus[-1][1])}), au plus bas {bas[0]} ({formats.periode(bas[1])}), "
            f"au plus haut {haut[0]} ({formats.periode(haut[1])})."
        )
    return " ".join(["Courbes dans le temps.", *morceaux])


def _note(periodes: list[Periode]) -> str:
    if len(periodes) >= 12:
        return ""
    pas = "trimestre" if periodes[0].pas == "trimestre" else "mois"
    dispo = formats.compte(len(periodes), pas, "mois" if pas == "mois" else None)
    adjectif = formats.accord(len(periodes), "disponible")
    return f"{dispo} {adjectif} : la série s'allongera jusqu'à douze."


def _raison(mesures: list[Mesure]) -> str:
    if any(m.masquee for m in mesures):
        return "Valeurs masquées (secret statistique) : les effectifs sont trop petits."
    return AUCUNE
