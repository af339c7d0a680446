"""Les tableaux d'un banc : à l'écran, et dans `docs/bancs.md` pour le résultat retenu."""

import json
from pathlib import Path
from typing import Any

from bancs.rapports import BUT_COMMANDES, BUT_PYTHON_NU, MODES

_TITRES = {"demarrage": "Démarrage", "previsions": "Prévisions"}
DOCUMENT = Path(__file__).parents[1] / "docs" / "bancs.md"
_INTRODUCTION = """# Ce que coûtent les rapports, et ce que valent les prévisions

Écrit par `python -m bancs … --retenir` ; ne pas modifier à la main. Les secondes ne valent que
pour la machine et la charge dites ; les rapports entre modes se comparent. Aucun temps n'est
écrit si les sorties des modes diffèrent.
"""


def tableau(banc: str, resultat: dict[str, Any]) -> str:
    """Le résultat d'un banc en Markdown, une phrase de méthode comprise."""
    if banc == "rapports":
        return _rapports(resultat)
    if banc == "previsions":
        return _previsions(resultat)
    if banc == "demarrage":
        medianes = resultat["resume"]["medianes_s"]
        fois = resultat["resume"]["rtpe_contre_typer_nu"]
        return (
            "| Commande | médiane, s |\n|---|--:|\n"
            + "".join(f"| {nom} | {duree} |\n" for nom, duree in medianes.items())
            + f"\n`rtpe --help` contre typer et rich nus : {fois} fois, "
            f"{resultat['tours']} tours entrelacés.\n"
        )
    return (
        f"{resultat['rapports']} rapports du moteur chaud, tous identiques à l'octet à ceux des "
        f"noyaux : {resultat['differences']} différence, {resultat['s_par_rapport']} s l'un.\n"
    )


def ecrire_document(resultats: Path) -> None:
    """Réécrit `docs/bancs.md` d'après les résultats retenus (`reference_<banc>.json`)."""
    parties = [_INTRODUCTION]
    for fichier in sorted(resultats.glob("reference_*.json")):
        banc = fichier.stem.removeprefix("reference_")
        resultat = json.loads(fichier.read_text(encoding="utf-8"))
        machine = resultat["machine"]
        versions = ", ".join(f"{nom} {v}" for nom, v in machine["versions"].items())
        parties.append(
            f"## {_TITRES.get(banc, banc.capitalize())}\n\n{tableau(banc, resultat)}\n"
            f"{machine['processeurs']} processeurs, charge {machine['charge_au_debut']} au début, "
            f"{machine['systeme']}, Python {machine['python']}, {versions}.\n"
        )
    DOCUMENT.write_text("\n".join(parties), encoding="utf-8")


def _rapports(resultat: dict[str, Any]) -> str:
    resume, nombres = resultat["resume"], resultat["executions"]
    lignes = [
        f"Sorties identiques, empreinte {resultat['empreinte']} ; médianes de "
        f"{resultat['tours']} tour(s) entrelacés, {resultat['ouvriers']} rapports à la fois.\n",
        "| Mode | rapports | s par rapport, démarrage compris | en régime établi | "
        "processeur, s | mémoire de pointe, Mo |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    lignes += [
        f"| {MODES[mode]} | {nombres[mode]} | {m['s_par_rapport']} | {m['boucle_s_par_rapport']} "
        f"| {m['processeur_s_par_rapport']} | {m['memoire_mo']} |"
        for mode, m in resume["par_mode"].items()
    ]
    lignes += [
        f"\nNotre lot contre les commandes : {resume['fois_plus_rapide_que_les_commandes']} fois "
        f"plus rapide, démarrage compris (but : {BUT_COMMANDES}). Le plancher mesuré "
        f"{'permet' if resume['but_commandes_permis'] else 'interdit'} ce but : charger une fois "
        f"({resume['prechargement_s']} s) puis dérouler les cellules en Python nu sur tous les "
        f"processeurs donnerait au mieux {resume['plafond_fois']} fois. Par rapport, démarrage "
        f"compris, {resultat['ouvriers']} à la fois, contre les mêmes cellules en Python nu : "
        f"{resume['contre_python_nu']} fois son temps (but : {BUT_PYTHON_NU}) ; un seul à la fois "
        f"et en régime : {resume['boucle_contre_python_nu']} fois.\n"
    ]
    if nombres["commandes"] < nombres["chaud"]:
        lignes.append(
            f"Les modes lents n'ont fait que {nombres['commandes']} rapports : leur coût par "
            "rapport est étendu aux autres.\n"
        )
    return "\n".join(lignes)


def _previsions(resultat: dict[str, Any]) -> str:
    lignes = [
        "Séries réelles publiées par des villes et la Cnaf ; chaque prévision est refaite avec ce "
        "qu'on savait alors. Le réglage des intervalles a été choisi en regardant aussi ces "
        "panels : seule leur suite, inconnue ici, en jugera tout à fait. La naïve est la même "
        "période de l'an dernier, encadrée par les écarts annuels de la série, puis de tout le "
        "panel.\n",
        "| Panel | visé | couverture | perte quantile | naïve, sa série | naïve, le panel | "
        "jugées |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    lignes += [
        f"| {p['panel']} | {p['niveau']:.0%} | {100 * p['couverture']:.1f} % | {p['perte']} "
        f"| {p['perte_naive']} | {p['perte_naive_du_panel']} | {p['jugees']} |"
        for p in resultat["panels"]
    ]
    dites = ", ".join(f"{nom} : {100 * v:.1f} %" for nom, v in resultat["fausses_alertes"].items())
    lignes.append(
        f"\nFausses alertes, part de réseaux simulés où rien n'arrive et où la règle alerte : "
        f"{dites} (demandé : 5 % au plus).\n"
    )
    return "\n".join(lignes)
