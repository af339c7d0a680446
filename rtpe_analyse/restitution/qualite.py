"""Le rapport de qualité : verdict, réception, complétude, règles jugées."""

from collections.abc import Iterable
from typing import Any

from rtpe_analyse.erreurs import ErreurRtpe
from rtpe_analyse.nomenclatures import motifs
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.motifs_comptes import (
    comptes_de_la_periode,
    mois_de,
    totaux_par_code,
)
from rtpe_analyse.restitution.objets import Restitution, encadre
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

VERDICTS = ("Publiable", "Publiable avec réserve", "Non publiable")


def verdict(contexte: Contexte) -> Restitution:
    """Publiable, publiable avec réserve ou non publiable, et pourquoi."""
    seuils = {
        cle: float(valeur("seuils_alerte", f"q1_{cle}_pct", contexte.jour_de_reference)) / 100
        for cle in ("provisoire", "non_publie")
    }
    completude = contexte.completude
    raisons: list[str] = []
    rang = 0
    if completude.valeur is None:
        rang, raisons = 1, ["La complétude des données n'est pas connue."]
    elif completude.valeur < seuils["non_publie"]:
        rang = 2
        raisons.append(_sous(str(completude), seuils["non_publie"]))
    elif completude.valeur < seuils["provisoire"]:
        rang = 1
        raisons.append(_sous(str(completude), seuils["provisoire"]))
    else:
        raisons.append(f"{completude} des données attendues sont reçues et valides.")
    echecs = [v for v in _attentes(contexte) if v["statut"] == "echec"]
    critiques = [v for v in echecs if v.get("severite") == "critique"]
    if critiques:
        rang = 2
        raisons.append(f"{formats.compte(len(critiques), 'contrôle critique')} en échec.")
    elif echecs:
        rang = max(rang, 1)
        raisons.append(f"{formats.compte(len(echecs), 'contrôle')} en échec, sans être critique.")
    constats = sum(totaux_par_code(comptes_de_la_periode(contexte), ("constat",)).values())
    if constats:
        rang = max(rang, 1)
        raisons.append(f"{formats.compte(constats, 'constat')} sur la période, détaillés plus bas.")
    return encadre(f"Verdict : {VERDICTS[rang].lower()}", raisons, alerte=rang > 0)


def reception(contexte: Contexte) -> Restitution:
    """Tableau : par source reçue, fichiers et lignes (lues = propres + rejetées + écartées)."""
    titre = "Fichiers reçus, toutes zones et toutes périodes"
    sources: dict[str, list[dict[str, Any]]] = {}
    for recu in contexte.dossier.qualite.get("reception", []):
        sources.setdefault(recu["source"], []).append(recu)
    if not sources:
        return sans_figure(titre, "Le bilan de réception n'est pas disponible.")
    compteurs = ("lues", "propres", "rejetees", "ecartees", "corrigees")
    lignes = [
        Ligne(
            _nom_de_source(source),
            [
                Cellule(formats.nombre(len({r["nom"] for r in recus}))),
                Cellule(_etendue(r["millesime"] for r in recus)),
                *(_somme(recus, c) for c in compteurs),
            ],
        )
        for source, recus in sorted(sources.items())
    ]
    noms = ("Lignes lues", "Propres", "Rejetées", "Écartées", "Corrections")
    colonnes = [
        Colonne("Fichiers"),
        Colonne("Millésimes", nombre=False),
        *(Colonne(nom) for nom in noms),
    ]
    note = "Lignes lues = propres + rejetées + écartées (totaux, notes, doublons exacts)."
    return Tableau(titre, "Source", colonnes, lignes, [note]).rendre()


def refus(contexte: Contexte) -> Restitution:
    """Encadré : fichiers refusés en entier, et ce qu'il faut faire."""
    codes = motifs()
    refuses = contexte.dossier.qualite.get("refuses", [])
    if not refuses:
        return encadre("Aucun fichier n'a été refusé.", [])
    textes = [
        f"{r['fichier']} : {codes.get(r['code'], {}).get('libelle', r['code'])}. "
        f"{codes.get(r['code'], {}).get('remede', '')}".strip()
        for r in refuses
    ]
    titre = f"{formats.compte(len(textes), 'fichier refusé', 'fichiers refusés')}"
    return encadre(titre, textes, alerte=True)


def completude(contexte: Contexte) -> Restitution:
    """Tableau : Q1 par établissement, mois de la période et période entière."""
    titre = f"Complétude par établissement et par mois, {formats.periode(contexte.periode)}"
    mois = mois_de(contexte.periode)
    noms = contexte.etablissements
    periodes = [*mois, *([contexte.periode] if contexte.periode not in mois else [])]
    grille = contexte.grille(["Q1"], "etablissement", noms, periodes)
    if not len(grille):
        return sans_figure(titre, "La complétude n'a pas été calculée pour ces établissements.")
    siens = contexte.grille(["Q1"], contexte.maille, [contexte.zone], periodes)
    lignes = [
        Ligne(nom, [cellule(grille.lire("Q1", zone, p)) for p in periodes])
        for zone, nom in noms.items()
    ]
    tout = [cellule(siens.lire("Q1", contexte.zone, p)) for p in periodes]
    lignes.append(Ligne(contexte.titre, tout, "total"))
    colonnes = [Colonne(formats.majuscule(formats.periode(p)), "%") for p in periodes]
    return Tableau(titre, "Établissement", colonnes, lignes).rendre()


def recus(contexte: Contexte) -> Restitution:
    """Tableau : établissement × mois attendu, reçu ou manquant."""
    titre = f"Activité reçue par établissement, {formats.periode(contexte.periode)}"
    noms, mois = contexte.etablissements, mois_de(contexte.periode)
    vus = {
        (r["etablissement"], r["mois"]): "reçu" if r["recu"] else "MANQUANT"
        for r in contexte.dossier.qualite.get("recus", [])
    }
    presents = {z: n for z, n in noms.items() if any((z, str(m)) in vus for m in mois)}
    if not presents:
        return sans_figure(titre, "Aucun mois d'activité n'était attendu, ou le bilan manque.")
    lignes = [
        Ligne(nom, [Cellule(vus.get((zone, str(m)), "non attendu")) for m in mois])
        for zone, nom in presents.items()
    ]
    colonnes = [Colonne(formats.majuscule(formats.periode(m)), nombre=False) for m in mois]
    return Tableau(titre, "Établissement", colonnes, lignes).rendre()


def attentes(contexte: Contexte) -> Restitution:
    """Les règles jugées : celles en échec d'abord, les autres dans une liste dépliable."""
    titre = "Règles en échec ou impossibles à juger"
    jugees = sorted(_attentes(contexte), key=lambda v: (v["statut"], v["suite"], v["libelle"]))
    if not jugees:
        return sans_figure(titre, "Les règles n'ont pas été jugées : lancer les contrôles.")
    manquees = [v for v in jugees if v["statut"] != "reussi"]
    tenues = [v for v in jugees if v["statut"] == "reussi"]
    compte = formats.compte(len(tenues), "règle respectée", "règles respectées")
    tableaux = [_tableau_des_regles(titre, manquees)] if manquees else []
    html = "".join(t.html() for t in tableaux)
    if tenues:
        html += (
            f'<details class="rtpe-donnees"><summary>Voir les {compte}</summary>'
            f"{_tableau_des_regles('Règles respectées', tenues).html()}</details>"
        )
    alt = f"{formats.compte(len(manquees), 'règle')} en échec ou impossibles à juger ; {compte}."
    return Restitution("tableau", html, alt, titre)


def _tableau_des_regles(titre: str, regles: list[dict[str, Any]]) -> Tableau:
    lignes = [
        Ligne(
            v["libelle"],
            [
                Cellule(v["suite"]),
                Cellule(v.get("severite", "")),
                Cellule(_verdict(v)),
                Cellule(formats.nombre(v["n_inattendus"])),
                Cellule(v.get("remede", "") if v["statut"] != "reussi" else ""),
            ],
        )
        for v in regles
    ]
    textes = [Colonne(n, nombre=False) for n in ("Suite", "Gravité", "Verdict")]
    colonnes = [*textes, Colonne("Lignes en cause"), Colonne("Remède", nombre=False)]
    return Tableau(titre, "Règle", colonnes, lignes)


def _verdict(regle: dict[str, Any]) -> str:
    """Le verdict en clair ; des lignes peuvent être en cause sous le seuil toléré."""
    if regle["statut"] == "reussi" and regle["n_inattendus"]:
        return "respectée, dans la tolérance"
    statuts = {"reussi": "respectée", "echec": "en échec", "impossible": "contrôle impossible"}
    return statuts.get(regle["statut"], str(regle["statut"]))


def _nom_de_source(code: str) -> str:
    """Libellé du descripteur ; son code si le descripteur n'est pas livré avec le paquet."""
    from rtpe_analyse.sources import charger_descripteur

    try:
        return charger_descripteur(code).libelle
    except ErreurRtpe:
        return code


def _sous(lu: str, seuil: float) -> str:
    return (
        f"{lu} des données attendues sont reçues et valides, sous le seuil de "
        f"{formats.pourcentage(seuil, 0)}."
    )


def _attentes(contexte: Contexte) -> list[dict[str, Any]]:
    """Une ligne par règle : le pire verdict de ses cibles, et la somme des lignes en cause."""
    gravite = {"echec": 2, "impossible": 1, "reussi": 0}
    fondues: dict[tuple[str, str], dict[str, Any]] = {}
    for v in contexte.dossier.qualite.get("verdicts", []):
        cle = (str(v["suite"]), str(v.get("id") or v["libelle"]))
        deja = fondues.setdefault(cle, {**v, "n_inattendus": 0})
        deja["n_inattendus"] += int(v.get("n_inattendus") or 0)
        if gravite.get(v["statut"], 0) > gravite.get(deja["statut"], 0):
            deja["statut"] = v["statut"]
    return list(fondues.values())


def _etendue(millesimes: Iterable[Any]) -> str:
    connus = sorted({str(m) for m in millesimes if m})
    return f"{connus[0]} à {connus[-1]}" if len(connus) > 1 else "".join(connus)


def _somme(recus: list[dict[str, Any]], compteur: str) -> Cellule:
    return Cellule(formats.nombre(sum(int(r.get(compteur) or 0) for r in recus)))
