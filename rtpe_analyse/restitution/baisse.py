"""Expliquer une baisse de places : fermeture, fusion, départ, agrément réduit."""

from rtpe_analyse.restitution import formats, phrases
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure

_NOMMES = 3


def explication(contexte: Contexte) -> str | None:
    """La phrase qui dit d'où vient une baisse des places agréées sur un an.

    Returns:
        Absente si les places ne baissent pas ou ne se comparent pas.
    """
    ici, avant, _ = contexte.trio(["P1"])["P1"]
    if phrases.sens(ici, avant) != -1 or ici.valeur is None or avant.valeur is None:
        return None
    perdues = _par_etablissement(contexte)
    causes = [
        f"{nom} ({_minuscule(contexte.evenements[zone])}, {_places(ici, perte)} de moins)"
        for zone, nom, perte in perdues
        if zone in contexte.evenements and formats.arrondi(perte) > 0
    ]
    reduits = sum(p for z, _, p in perdues if z not in contexte.evenements and p > 0)
    partis = avant.valeur - ici.valeur - sum(p for _, _, p in perdues)
    if reduits >= 1:
        causes.append(f"des agréments réduits ({_places(ici, reduits)})")
    if partis >= 1:
        causes.append(f"des établissements passés à un autre territoire ({_places(ici, partis)})")
    debut = f"Les places agréées passent de {avant.nombre} à {ici.nombre} sur un an"
    if not causes:
        return f"{debut}."
    return f"{debut} : {formats.enumeration(causes[:_NOMMES])}{_gains(ici, perdues)}."


def _gains(ici: Mesure, perdues: list[tuple[str, str, float]]) -> str:
    """Ce qui joue en sens inverse : sans lui, les pertes dépasseraient la baisse annoncée."""
    gains = [(nom, -perte) for _, nom, perte in perdues if formats.arrondi(perte) < 0]
    if not gains:
        return ""
    # Arrondis un à un, comme au tableau des places où ils se vérifient.
    total = float(sum(formats.arrondi(gain) for _, gain in gains))
    if len(gains) > _NOMMES:
        qui = formats.compte(len(gains), "autre établissement", "autres établissements")
    else:
        qui = formats.enumeration([nom for nom, _ in gains])
    return f" ; en sens inverse, {_places(ici, total)} de plus ({qui})"


def _par_etablissement(contexte: Contexte) -> list[tuple[str, str, float]]:
    """Code, nom et places perdues sur un an, des plus grandes pertes aux gains."""
    quand = [contexte.periode, contexte.periode.an_dernier]
    noms = contexte.etablissements
    grille = contexte.grille(["P1"], "etablissement", noms, quand)
    pertes = []
    for zone, nom in noms.items():
        apres, avant = (grille.lire("P1", zone, p).valeur or 0.0 for p in quand)
        if apres != avant:
            pertes.append((zone, nom, avant - apres))
    return sorted(pertes, key=lambda p: (-p[2], p[1]))


def _places(modele: Mesure, quantite: float) -> str:
    return phrases.ampleur(modele.definition, quantite)


def _minuscule(texte: str) -> str:
    return texte[:1].lower() + texte[1:]
