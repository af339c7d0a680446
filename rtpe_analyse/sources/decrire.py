"""`rtpe decrire` : le brouillon d'un descripteur, d'après ce qu'on voit d'un fichier."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.schemas import TABLES
from rtpe_analyse.sources.descripteur_colonnes import INGREDIENTS, ProduitPorte
from rtpe_analyse.sources.descripteurs import descripteurs_connus
from rtpe_analyse.sources.observation import Colonne, Observation, observer, role_identifiant
from rtpe_analyse.sources.textes import plier

_INDICES = {
    "date": "des dates",
    "mois": "des mois",
    "heure": "des heures hh:mm",
    "heure_h": "des heures du type 8h30",
    "decimal": "des nombres décimaux : un nombre, ou une durée dont l'unité est à déclarer",
    "entier": "des nombres entiers",
    "oui_non": "des oui / non",
    "texte": "du texte",
    "vide": "rien (colonne vide dans ce fichier)",
}
_LIBRES = "libres"
_DUREES = ("reserve_min", "realise_min")


def decrire(chemin: Path) -> str:
    """Écrit le brouillon YAML d'un descripteur ; aucune valeur de ligne n'y est recopiée.

    Les colonnes qui semblent identifier quelqu'un sont mises sous `porte` ; les autres sont
    rattachées à la table dont les sources connues emploient les intitulés. Ce qui reste à
    décider est dit en commentaire.

    Raises:
        ErreurFichier: fichier illisible, ou sans en-tête plausible.
    """
    try:
        octets = chemin.read_bytes()
    except OSError as erreur:
        raise ErreurFichier(
            f"{chemin.name} ne s'ouvre pas.", "Vérifier le chemin et les droits."
        ) from erreur
    vu = observer(octets)
    return "\n".join([*_en_tete(vu), *_porte(vu), *_tables(vu)]) + "\n"


def _en_tete(vu: Observation) -> Iterator[str]:
    yield "# Brouillon écrit par `rtpe decrire` : une personne doit le relire et le compléter."
    if vu.format == "csv":
        separateur = "tabulation" if vu.separateur == "\t" else f"« {vu.separateur} »"
        yield (
            f"# Vu : texte {vu.encodage}, séparateur {separateur}, en-tête ligne {vu.ligne_entete}."
        )
    else:
        lignes = "deux lignes" if vu.entete_lignes == 2 else "une ligne"
        yield (
            f"# Vu : classeur, {vu.feuilles} feuille(s) non vide(s), en-tête sur {lignes}, "
            f"ligne {vu.ligne_entete}."
        )
    yield "# Ne mettre dans `tables` aucune colonne qui nomme ou localise une personne."
    yield ""
    yield "code: a_completer                   # À COMPLÉTER : nom court, sans accent ni espace"
    yield 'libelle: "À COMPLÉTER"'
    yield 'producteur: "À COMPLÉTER"           # le logiciel ou l\'organisme'
    yield f"format: {vu.format}"
    yield "millesime: '(\\d{4}-\\d{2})'          # À VÉRIFIER : partie du nom du fichier (2026-09)"
    yield "espace_identifiants: a_completer    # À COMPLÉTER : le logiciel qui numérote les enfants"
    if vu.format == "csv":
        separateur = "tab" if vu.separateur == "\t" else vu.separateur
        yield f"csv: {{separateur: {_q(separateur)}, encodage: auto, recherche_entete: 30}}"
    else:
        yield f"classeur: {{feuilles: '.*', entete_lignes: {vu.entete_lignes}}}"
        yield "# Si un titre seul dit l'établissement : classeur.contexte (voir CONTRIBUER.md)."
    yield "ecarter:                            # À VÉRIFIER : lignes qui ne sont pas des données"
    yield "  - {code: total, motif: '^(sous-?\\s?)?total'}"


def _porte(vu: Observation) -> Iterator[str]:
    par_role = _par_role(vu)
    if not par_role:
        yield "# Aucune colonne ne semble identifier une personne : à vérifier."
        return
    yield "porte:                              # ce qui identifie quelqu'un : n'en ressort jamais"
    for role, colonnes in par_role.items():
        alias = ", ".join(_q(c.intitule) for c in colonnes)
        if role == _LIBRES:
            yield f"  libres: [{alias}]"
            continue
        formats = next((c.format_date for c in colonnes if c.format_date), "")
        suite = f", formats: [{_q(formats)}]" if role == "naissance" and formats else ""
        cle = ", cle: true" if role.startswith("identifiant_") else ""
        yield f"  {role}: {{alias: [{alias}]{suite}{cle}}}"


def _tables(vu: Observation) -> Iterator[str]:
    roles = _par_role(vu)
    retenues = {c.intitule for colonnes in roles.values() for c in colonnes}
    libres = [c for c in vu.colonnes if c.intitule not in retenues]
    table, propres = _rattacher(libres, vu.jours)
    attendues = TABLES[table].colonnes
    yield "tables:"
    yield f"  {table}:                         # À VÉRIFIER : {TABLES[table].description}"
    yield "    colonnes:"
    produits = [p for p in _produits_possibles(roles) if p in attendues]
    for produit in produits:
        yield f"      {produit}: {{porte: {produit}}}"
    faites: set[str] = set(produits)
    restantes = []
    for colonne in libres:
        propre = propres.get(plier(colonne.intitule))
        if propre is None or propre in faites:
            restantes.append(colonne)
            continue
        faites.add(propre)
        cle = ", cle: true" if attendues[propre].obligatoire else ""
        typage = _typage(propre, colonne)
        if propre.endswith("_min") and colonne.genre in ("decimal", "entier"):
            cle_unite = "duree" if propre in _DUREES else "heure"
            yield (
                f"      # À COMPLÉTER, ligne suivante : {cle_unite}: centiemes (8,30 = 8 h 18), "
                '"hh,mm" (8,30 = 8 h 30) ou minutes'
            )
        yield f"      {propre}: {{alias: [{_q(colonne.intitule)}]{typage}{cle}}}"
    for colonne in restantes:
        yield (
            f"      # À COMPLÉTER ou laisser ignorée : {_q(colonne.intitule)} "
            f"contient {_INDICES[colonne.genre]}"
        )
        yield f"      # a_choisir: {{alias: [{_q(colonne.intitule)}]{_typage('', colonne)}}}"
    if vu.jours:
        faites |= {"date", "arrivee_min", "depart_min"}
    for nom, colonne_propre in attendues.items():
        if colonne_propre.obligatoire and nom not in faites:
            yield f"      # À COMPLÉTER : {nom} est obligatoire ({colonne_propre.description})"
    if vu.jours:
        yield from _depliage(vu)


def _depliage(vu: Observation) -> Iterator[str]:
    if vu.sous_intitules:
        yield '      date: {formats: ["%d/%m/%Y"]}'
        yield '      arrivee_min: {heure: "hh:mm"}'
        yield '      depart_min: {heure: "hh:mm"}'
    else:
        yield '      date: {formats: ["%d/%m/%Y"]}'
        yield "      motif_absence: {valeurs: {P: null}}   # À COMPLÉTER : sens de chaque lettre"
    yield "    deplier:                        # À VÉRIFIER : une colonne, ou un bloc, par jour"
    yield "      colonne: date"
    yield "      motif: '(\\d{2}/\\d{2}/\\d{4})'"
    if vu.sous_intitules:
        noms = ("arrivee_min", "depart_min")
        paires = zip(noms, vu.sous_intitules, strict=False)
        yield f"      valeurs: {{{', '.join(f'{nom}: {_q(sous)}' for nom, sous in paires)}}}"
    else:
        yield "      valeur: motif_absence"


def _par_role(vu: Observation) -> dict[str, list[Colonne]]:
    roles: dict[str, list[Colonne]] = {}
    for colonne in vu.colonnes:
        if role := role_identifiant(colonne.intitule):
            roles.setdefault(role, []).append(colonne)
    return roles


def _produits_possibles(roles: dict[str, list[Colonne]]) -> list[ProduitPorte]:
    return [p for p, ingredients in INGREDIENTS.items() if all(i in roles for i in ingredients)]


def _rattacher(colonnes: list[Colonne], jours: bool) -> tuple[str, dict[str, str]]:
    """La table dont les sources connues emploient le plus de ces intitulés."""
    par_table: dict[str, dict[str, str]] = {}
    for descripteur in descripteurs_connus().values():
        if descripteur.publique:
            continue
        for nom, table in descripteur.tables.items():
            for propre, colonne in table.colonnes.items():
                for alias in colonne.alias:
                    par_table.setdefault(nom, {})[plier(alias)] = propre
    formes = [plier(colonne.intitule) for colonne in colonnes]
    voix = Counter({nom: sum(f in connus for f in formes) for nom, connus in par_table.items()})
    gagnante, points = voix.most_common(1)[0]
    if jours or points < 2:
        gagnante = "pointages"
    return gagnante, par_table[gagnante]


def _typage(propre: str, colonne: Colonne) -> str:
    duree = propre in _DUREES
    typages = {
        "date": f", formats: [{_q(colonne.format_date)}]",
        "mois": ', formats: ["%m/%Y"]',
        "heure": ', duree: "hh:mm"' if duree else ', heure: "hh:mm"',
        "heure_h": ', duree: "8h30"' if duree else ', heure: "8h30"',
        "oui_non": ", booleen: {vrai: [oui, o], faux: [non, n]}",
    }
    return typages.get(colonne.genre, "")


def _q(texte: str) -> str:
    return json.dumps(texte, ensure_ascii=False)
