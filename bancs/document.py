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


_FAMILLES = {
    "panels": "Séries réelles publiées par des villes et la Cnaf",
    "statsmodels": "Séries livrées avec statsmodels",
    "simules": "Processus simulés, étrangers au modèle (60 séries, 60 mois, deux tirages)",
}


# Couverture promise à 90 % visés.
_PROMESSE = (0.9, 0.87, 0.93)
_RAISONS = (
    "Cnaf : trois dates seulement se jugent, dont 2022, où les communes ont bougé plus qu'en "
    "aucune année connue avant ; à 80 % comme à 90 %, les deux autres dates sont bien couvertes. "
    "Rupture commune : rien ne l'annonce ; l'intervalle est trop étroit le temps de l'apprendre, "
    "puis trop large le temps de l'oublier. Vilnius par mois (un mois vide, puis un fichier qui en "
    "contient deux) n'a pas de suite à prévoir."
)


def tableau_des_panels(panels: list[dict[str, Any]]) -> str:
    """Une ligne par panel et niveau visé : couvertures, puis pertes."""
    lignes = [
        "| Panel | visé | couverture | 1re et dernière échéance | 2de moitié | à l'aveugle "
        "| perte | naïve, sa série | naïve, le panel | perte à l'aveugle / naïve | jugées |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lignes += [
        f"| {p['panel']} | {p['niveau']:.0%} | {100 * p['couverture']:.1f} % "
        f"| {100 * p['par_echeance'][0]:.1f} et {100 * p['par_echeance'][1]:.1f} % "
        f"| {100 * p['seconde_moitie']:.1f} % | {100 * p['aveugle']:.1f} % | {p['perte']} "
        f"| {p['perte_naive']} | {p['perte_naive_du_panel']} | {p['perte_aveugle']:.2f} "
        f"| {int(p['jugees'])} |"
        for p in panels
    ]
    return "\n".join(lignes) + "\n"


def _manques(panels: list[dict[str, Any]]) -> str:
    """Les panels qui ne tiennent pas la promesse, ou que la naïve bat."""
    vise, bas, haut = _PROMESSE
    hors = [
        f"{p['panel']} ({100 * p['couverture']:.1f} %)"
        for p in panels
        if p["niveau"] == vise and not bas <= p["couverture"] <= haut
    ]
    battus = [
        f"{p['panel']} à {p['niveau']:.0%}"
        for p in panels
        if p["perte"] > min(p["perte_naive"], p["perte_naive_du_panel"])
    ]
    return (
        f"Hors de {bas:.0%} à {haut:.0%} de couverture, à {vise:.0%} visés : "
        f"{' ; '.join(hors) or 'aucun'}. Perte au-dessus de la meilleure naïve : "
        f"{' ; '.join(battus) or 'aucun'}."
    )


def _previsions(resultat: dict[str, Any]) -> str:
    lignes = [
        "Chaque prévision est refaite avec ce qu'on savait alors. « À l'aveugle » : la dernière "
        "part de la série (l'horizon), prévue une seule fois sans la voir. La naïve est la même "
        "période de l'an dernier, encadrée par les écarts annuels de la série, puis de tout le "
        "panel. La vitesse d'adaptation a été choisie sur les processus simulés, sa division par "
        "semaine et le reste de la méthode en regardant aussi les panels réels : seule leur "
        "suite, inconnue ici, en jugera tout à fait.\n",
    ]
    for famille, titre in _FAMILLES.items():
        if resultat[famille]:
            lignes.append(f"**{titre}**\n\n{tableau_des_panels(resultat[famille])}")
    dites = ", ".join(f"{nom} : {100 * v:.1f} %" for nom, v in resultat["fausses_alertes"].items())
    tous = [p for famille in _FAMILLES for p in resultat[famille]]
    lignes.append(f"{_manques(tous)} {_RAISONS}\n")
    lignes.append(
        f"Fausses alertes, part de réseaux simulés où rien n'arrive et où la règle alerte : "
        f"{dites} (demandé : 5 % au plus).\n"
    )
    return "\n".join(lignes)
