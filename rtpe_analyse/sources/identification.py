"""Reconnaître la source d'un fichier à ses colonnes, jamais à son extension."""

import re
from collections.abc import Iterable

from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.sources import lecteur_classeur, lecteur_csv
from rtpe_analyse.sources.contenu import Contenu
from rtpe_analyse.sources.descripteur_modele import Descripteur
from rtpe_analyse.sources.entetes import Reperage, variables_presentes

# En deçà, une ressemblance tient du hasard (« Nom », « Date »…).
_RESSEMBLANCE_MIN = 3
_VARIABLES_MIN = 2
_LIGNES_RELUES = 5


def identifier(contenu: Contenu, nom: str, connus: Iterable[Descripteur]) -> Descripteur:
    """Le descripteur dont toutes les clés sont là et qui explique le plus de colonnes.

    Args:
        contenu: le fichier.
        nom: nom du fichier, pour les sources où lui seul dit de quoi il s'agit.
        connus: descripteurs possibles.

    Raises:
        ErreurFichier: `source_inconnue`, `source_ambigue`, ou `colonne_cle_absente` si le
            fichier ressemble nettement à une source mais qu'une clé manque.
    """
    connus = list(connus)
    essais = [
        (descripteur, _reperer(contenu, descripteur))
        for descripteur in connus
        if descripteur.format == contenu.nature and _nom_convient(nom, descripteur)
    ]
    trouves = [(d, r) for d, r in essais if r.entete is not None]
    if not trouves:
        if all(d.publique for d in connus):
            raise _publique_inconnue(contenu, essais)
        raise _inconnue(essais)
    plus = max(reperage.expliquees for _, reperage in trouves)
    meilleurs = [descripteur for descripteur, r in trouves if r.expliquees == plus]
    if len(meilleurs) > 1:
        raise ErreurFichier(
            f"Plusieurs sources conviennent : {', '.join(d.code for d in meilleurs)}.",
            "Préciser laquelle : --source CODE.",
            code="source_ambigue",
        )
    return meilleurs[0]


def _reperer(contenu: Contenu, descripteur: Descripteur) -> Reperage:
    try:
        if contenu.nature == "csv":
            _, debut = contenu.texte(descripteur.csv.encodage)
            return lecteur_csv.trouver_tete(debut, descripteur).reperage
        classeur = contenu.classeur
        reperages = [
            lecteur_classeur.trouver_tete(classeur, feuille, descripteur)[0]
            for feuille in lecteur_classeur.feuilles_a_lire(classeur, descripteur)
        ]
        return max(reperages, key=lambda r: (r.entete is not None, r.expliquees))
    except ErreurFichier:
        # Un encodage ou une feuille que seul ce descripteur attend n'exclut pas les autres.
        if descripteur.csv.encodage == "auto" and descripteur.classeur.feuilles == ".*":
            raise
        return Reperage()


def _nom_convient(nom: str, descripteur: Descripteur) -> bool:
    motifs = [
        colonne.nom_fichier
        for table in descripteur.tables.values()
        for colonne in table.colonnes.values()
        if colonne.nom_fichier
    ]
    espace = descripteur.espace_identifiants
    if not isinstance(espace, str) and espace.nom_fichier and espace.defaut is None:
        motifs.append(espace.nom_fichier)
    return all(re.search(motif, nom, re.IGNORECASE) for motif in motifs)


def _publique_inconnue(
    contenu: Contenu, essais: list[tuple[Descripteur, Reperage]]
) -> ErreurFichier:
    """Un fichier public dont les variables sont là mais pas la clé est d'une source connue."""
    lignes = []
    if contenu.nature == "csv":
        debut = contenu.texte()[1]
        for separateur in lecteur_csv.SEPARATEURS:
            lignes += [i for _, i in debut.intitules(separateur)[:_LIGNES_RELUES]]
    vus = [
        (descripteur, reperage)
        for descripteur, _ in essais
        for intitules in lignes
        if (reperage := variables_presentes(intitules, descripteur)).expliquees >= _VARIABLES_MIN
    ]
    if vus:
        return _incomplet(*max(vus, key=lambda e: e[1].expliquees))
    return _inconnue(
        essais,
        "Aucune source publique connue ne correspond à ses colonnes.",
        "S'il devait compter : compléter les alias d'un descripteur public (CONTRIBUER.md).",
    )


def _inconnue(
    essais: list[tuple[Descripteur, Reperage]],
    message: str = "Aucune source connue ne correspond à ses colonnes.",
    remede: str = "Préciser --source CODE ; ou écrire un descripteur : rtpe decrire FICHIER.",
) -> ErreurFichier:
    proches = [
        (descripteur, reperage)
        for descripteur, reperage in essais
        if reperage.expliquees >= _RESSEMBLANCE_MIN
        and 2 * reperage.expliquees >= reperage.presentes
    ]
    if not proches:
        return ErreurFichier(message, remede, code="source_inconnue")
    return _incomplet(*max(proches, key=lambda e: (e[1].expliquees, -len(e[1].manquantes))))


def _incomplet(proche: Descripteur, reperage: Reperage) -> ErreurFichier:
    noms = ", ".join(f"« {cle} »" for cle in reperage.manquantes)
    return ErreurFichier(
        f"Le fichier ressemble à « {proche.libelle} » ({proche.code}) mais il lui manque : {noms}.",
        "Refaire l'export avec cette colonne ; si elle a changé de nom, compléter les alias.",
        code="colonne_cle_absente",
    )
