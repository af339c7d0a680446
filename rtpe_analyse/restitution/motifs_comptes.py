"""Rejets, constats, corrections : comptés par règle, et ce qu'il faut demander à qui."""

from collections import Counter
from typing import Any

from rtpe_analyse.modeles import Periode
from rtpe_analyse.nomenclatures import motifs
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution, encadre
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau

FAMILLES = {
    "refus": "Fichier refusé",
    "rejet": "Ligne rejetée",
    "ecart": "Ligne écartée",
    "correction": "Correction",
    "constat": "Constat",
}
GRAVITES = {"critique": 0, "avertissement": 1, "information": 2}
RESEAU = "fichiers communs au réseau"


def controles(contexte: Contexte) -> Restitution:
    """Tableau : lignes rejetées et constats de la période, par règle."""
    return _tableau_des_motifs(
        contexte,
        "Lignes rejetées et constats",
        ("rejet", "constat"),
        "Aucune ligne rejetée et aucun constat sur la période.",
    )


def corrections(contexte: Contexte) -> Restitution:
    """Tableau : corrections et lignes écartées ; aucune n'est silencieuse."""
    return _tableau_des_motifs(
        contexte,
        "Corrections et lignes écartées",
        ("correction", "ecart"),
        "Aucune correction et aucune ligne écartée sur la période.",
    )


def a_demander(contexte: Contexte) -> Restitution:
    """Encadré par établissement : quoi vérifier, pour quel mois. Rien de nominatif."""
    codes = motifs()
    textes: list[str] = []
    comptes = comptes_de_la_periode(contexte)
    destinataires: list[tuple[str | None, str]] = list(contexte.etablissements.items())
    for zone, nom in [*destinataires, (None, formats.majuscule(RESEAU))]:
        siens = [
            c
            for c in comptes
            if c["etablissement"] == zone
            and codes.get(c["code"], {}).get("famille") in ("rejet", "constat")
            and codes[c["code"]].get("gravite") != "information"
        ]
        for code in sorted({c["code"] for c in siens}):
            vus = [c for c in siens if c["code"] == code]
            quand = formats.enumeration(sorted({_nom_de_mois(c["mois"]) for c in vus}))
            n = sum(c["n"] for c in vus)
            motif = codes[code]
            textes.append(
                f"{nom} ({quand}) : {motif['libelle'].lower()}, "
                f"{formats.compte(n, 'ligne')}. {motif['remede']}"
            )
    if not textes:
        return encadre("Rien à demander aux établissements pour cette période.", [])
    return encadre("À demander, par établissement", textes)


def comptes_de_la_periode(contexte: Contexte) -> list[dict[str, Any]]:
    """Comptes de la période : ceux de la zone, et ceux de fichiers communs à tout le réseau.

    Le mois d'un rejet est le millésime de son fichier : un mois, une année, ou rien.
    """
    quand = {"", str(contexte.periode.annee), *(str(p) for p in mois_de(contexte.periode))}
    siens: set[str | None] = {None, *contexte.etablissements}
    return [
        c
        for c in contexte.dossier.qualite.get("comptes", [])
        if c.get("etablissement") in siens and (c.get("mois") or "") in quand
    ]


def totaux_par_code(comptes: list[dict[str, Any]], familles: tuple[str, ...]) -> Counter[str]:
    """Nombre de lignes par code, pour les familles de motifs voulues."""
    codes = motifs()
    total: Counter[str] = Counter()
    for c in comptes:
        if codes.get(c["code"], {}).get("famille") in familles:
            total[c["code"]] += int(c["n"])
    return total


def _tableau_des_motifs(
    contexte: Contexte, titre: str, familles: tuple[str, ...], vide: str
) -> Restitution:
    codes, comptes, noms = motifs(), comptes_de_la_periode(contexte), contexte.etablissements
    totaux = totaux_par_code(comptes, familles)
    if not totaux:
        return encadre(vide, [])
    ordre = sorted(totaux, key=lambda c: (GRAVITES.get(codes[c]["gravite"], 9), -totaux[c], c))
    lignes = []
    for code in ordre:
        touches = sorted(
            {noms.get(c["etablissement"], RESEAU) for c in comptes if c["code"] == code}
        )
        lignes.append(
            Ligne(
                codes[code]["libelle"],
                [
                    Cellule(FAMILLES[codes[code]["famille"]]),
                    Cellule(codes[code]["gravite"]),
                    Cellule(formats.nombre(totaux[code])),
                    Cellule(_liste_courte(touches)),
                    Cellule(codes[code]["remede"]),
                ],
            )
        )
    colonnes = [
        Colonne("Issue", nombre=False),
        Colonne("Gravité", nombre=False),
        Colonne("Nombre", "lignes"),
        Colonne("Établissements touchés", nombre=False),
        Colonne("Remède", nombre=False),
    ]
    legende = f"{titre}, {formats.periode(contexte.periode)}"
    return Tableau(legende, "Règle", colonnes, lignes).rendre()


def _nom_de_mois(mois: object) -> str:
    texte = str(mois or "")
    if len(texte) == 7:
        return formats.periode(Periode.lire(texte))
    return texte or "mois inconnu"


def _liste_courte(noms: list[str]) -> str:
    if len(noms) <= 4:
        return ", ".join(noms)
    return f"{', '.join(noms[:3])} et {formats.compte(len(noms) - 3, 'autre')}"


def mois_de(periode: Periode) -> list[Periode]:
    """Les mois d'une période, elle-même si c'en est un."""
    if periode.pas == "mois":
        return [periode]
    premier = Periode.contenant(periode.debut, "mois")
    return [premier.decaler(n) for n in range(3)]
