"""Le cartouche : de quoi parle le rapport, sur quelles données, et avec quelles réserves."""

import os
from datetime import date
from html import escape
from importlib.resources import files

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.tableaux import empreinte_octets

STATUTS = {"definitif": "Définitif", "provisoire": "Provisoire"}
NIVEAUX = {"interne": "interne (usage professionnel)", "diffusion": "diffusion"}


def cartouche(contexte: Contexte) -> Restitution:
    """Zone, période, statut, édition, version et empreinte des données."""
    trace, completude = contexte.dossier.trace, contexte.completude
    edition = formats.jour(contexte.edition) if contexte.edition else "non datée"
    zone = contexte.titre
    periode = formats.periode(contexte.periode)
    lignes = {
        "Statut": _statut_en_clair(contexte),
        "Édition du": edition,
        "Données reçues jusqu'au": recu_le(contexte),
        "Niveau": NIVEAUX[contexte.dossier.niveau],
        "Données": "fictives (jeu d'exemple)" if contexte.fictif else "exports reçus des logiciels",
        "Version": str(trace.get("version") or "inconnue"),
        "Empreinte des données": empreinte_des_donnees(contexte),
    }
    dl = "".join(f"<div><dt>{escape(n)}</dt><dd>{escape(v)}</dd></div>" for n, v in lignes.items())
    html = (
        f'{_style()}<div class="rtpe-cartouche rtpe-{contexte.statut}">'
        f'<p class="rtpe-zone">{escape(zone)}</p><p class="rtpe-quand">{escape(periode)}</p>'
        f"<dl>{dl}</dl></div>"
    )
    alt = f"{zone}, {periode}. {lignes['Statut']}"
    details = {
        "maille": contexte.maille,
        "zone": contexte.zone,
        "libelle_zone": zone,
        "periode": str(contexte.periode),
        "libelle_periode": periode,
        "niveau": contexte.dossier.niveau,
        "edition": contexte.edition.isoformat() if contexte.edition else "",
        "statut": contexte.statut,
        "completude": completude.valeur,
        "jeu": str(trace.get("jeu", "")),
    }
    return Restitution("cartouche", html, alt, f"{zone}, {periode}", details)


def _statut_en_clair(contexte: Contexte) -> str:
    completude = contexte.completude
    nom = STATUTS[contexte.statut]
    if not completude.lisible:
        return f"{nom} : complétude des données inconnue"
    return f"{nom} : {completude} des données attendues sont reçues et valides"


def _style() -> str:
    # La page de diffusion porte déjà la feuille ; JupyterLab, non.
    if os.environ.get("RTPE_STYLE") == "page":
        return ""
    texte = files(__package__).joinpath("contenu.css").read_text(encoding="utf-8")
    return f"<style>{texte}</style>"


def empreintes_des_bruts(contexte: Contexte) -> list[str]:
    """Les SHA-256 des fichiers reçus, triés."""
    bruts = contexte.dossier.trace.get("bruts", [])
    return sorted(bruts.values() if isinstance(bruts, dict) else bruts)


def empreinte_des_donnees(contexte: Contexte) -> str:
    """Une empreinte courte de l'ensemble des fichiers reçus, à citer dans un courriel."""
    bruts = empreintes_des_bruts(contexte)
    return empreinte_octets("\n".join(bruts).encode())[:16] if bruts else "aucun fichier reçu"


def recu_le(contexte: Contexte) -> str:
    """Dernier jour de réception, en clair."""
    lu = contexte.dossier.trace.get("recu_le")
    return formats.jour(date.fromisoformat(lu)) if lu else "date inconnue"
