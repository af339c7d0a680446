"""La fin de tout rapport : champ, sources, définitions, limites, règles, empreintes."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.cartouche import (
    empreinte_des_donnees,
    empreintes_des_bruts,
    recu_le,
)
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Definition
from rtpe_analyse.restitution.objets import Restitution

_BRUTS_MONTRES = 40
_COURTS = ("etablissement", "departement")
"""Mailles dont le rapport s'imprime court : repliées, les définitions restent à l'écran."""


def definitions(contexte: Contexte) -> Restitution:
    """Les indicateurs montrés plus haut, tels qu'ils sont déclarés ; les liens y mènent."""
    declares = [c for c in contexte.dossier.definitions if c in contexte.cites]
    autres = [c for c in contexte.cites if c not in contexte.dossier.definitions]
    cites = [contexte.dossier.definition(c) for c in [*declares, *autres]]
    fiches = "".join(_fiche(d) for d in cites)
    signes = "".join(
        f"<li><b>{escape(s)}</b> : {escape(sens)}.</li>" for s, sens in formats.LEGENDES.items()
    )
    html = (
        f'<div class="rtpe-methode"><dl>{fiches}</dl>'
        f'<p class="rtpe-encadre-titre">Signes des tableaux</p><ul>{signes}</ul></div>'
    )
    if contexte.maille in _COURTS:
        html = (
            f'<details class="rtpe-donnees"><summary>Voir les définitions</summary>{html}</details>'
        )
    noms = formats.enumeration([d.libelle for d in cites])
    return Restitution("methode", html, f"Définitions : {noms}.", "Définitions")


def tracabilite(contexte: Contexte) -> Restitution:
    """Version, paramètres, fichiers reçus et règles datées : de quoi refaire le rapport."""
    trace = contexte.dossier.trace
    bruts = empreintes_des_bruts(contexte)
    edition = contexte.edition.isoformat() if contexte.edition else "non datée"
    faits = {
        "Paramètres": f"{contexte.maille} = {contexte.zone} ; periode = {contexte.periode} ; "
        f"niveau = {contexte.dossier.niveau} ; edition = {edition}",
        "Version du programme": str(trace.get("version") or "inconnue"),
        "Fichiers reçus": f"{formats.compte(len(bruts), 'fichier')}, jusqu'au {recu_le(contexte)}",
        "Empreinte de l'ensemble": empreinte_des_donnees(contexte),
    }
    lignes = "".join(
        f"<div><dt>{escape(n)}</dt><dd>{escape(v)}</dd></div>" for n, v in faits.items()
    )
    html = (
        f'<div class="rtpe-methode"><dl class="rtpe-faits">{lignes}</dl>'
        f"{_regles(trace.get('regles', []))}{_empreintes(bruts)}</div>"
    )
    return Restitution("methode", html, " ; ".join(faits.values()), "Traçabilité")


def _fiche(definition: Definition) -> str:
    rubriques = {
        "Calcul": _calcul(definition),
        "Champ": definition.champ,
        "Source": definition.source,
        "Limites": " ".join(definition.limites),
    }
    details = "".join(
        f"<li><b>{nom} :</b> {escape(texte)}</li>" for nom, texte in rubriques.items() if texte
    )
    secret = " Soumis au secret statistique." if definition.soumis_au_secret else ""
    texte = definition.definition or "Indicateur sans déclaration."
    return (
        f'<div class="rtpe-definition" id="def-{escape(definition.code)}">'
        f'<dt>{escape(definition.libelle)} <span class="rtpe-code">{escape(definition.code)}</span>'
        f'</dt><dd>{escape(texte + secret)}<details class="rtpe-donnees">'
        f"<summary>Calcul, champ, source, limites</summary><ul>{details}</ul></details></dd></div>"
    )


def _calcul(definition: Definition) -> str:
    if not definition.numerateur:
        return ""
    unite = f" (en {definition.unite})" if definition.unite else ""
    if not definition.denominateur:
        return f"{definition.numerateur}{unite}"
    return f"{definition.numerateur}, rapporté à : {definition.denominateur}{unite}"


def _regles(regles: list[Any]) -> str:
    if not regles:
        return "<p>Aucune règle datée n'a été utilisée.</p>"
    lignes = "".join(f"<li>{escape(_regle(r))}</li>" for r in regles)
    titre = f"Règles datées en vigueur ({len(regles)})"
    return f'<details class="rtpe-donnees"><summary>{titre}</summary><ul>{lignes}</ul></details>'


def _regle(regle: Any) -> str:
    if not isinstance(regle, Mapping):
        return _sans_adresse(str(regle))
    nom = ".".join(str(regle[c]) for c in ("theme", "cle") if regle.get(c))
    effet = f", effet au {regle['effet']}" if regle.get("effet") else ""
    return _sans_adresse(f"{nom}{effet} : {regle.get('reference', 'sans référence')}")


def _sans_adresse(texte: str) -> str:
    # Un rapport ne porte aucune adresse externe, pas même en texte.
    return re.sub(r"https?://", "", texte)


def _empreintes(bruts: list[str]) -> str:
    if not bruts:
        return ""
    if len(bruts) > _BRUTS_MONTRES:
        return "<p>L'empreinte de chaque fichier reçu est dans le manifeste du rapport.</p>"
    lignes = "".join(f"<li><code>{escape(e)}</code></li>" for e in bruts)
    return (
        f'<details class="rtpe-donnees"><summary>Empreintes des fichiers reçus</summary>'
        f"<ul>{lignes}</ul></details>"
    )
