"""La première page : les chiffres de tête et les phrases."""

from html import escape

from rtpe_analyse.restitution import formats, phrases
from rtpe_analyse.restitution.baisse import explication
from rtpe_analyse.restitution.cartouche import STATUTS
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.pertes import premiere_perte

PARTIEL = "valeur partielle : une partie des établissements manque"
TETE = ("P1", "P2", "T1", "T4", "T3", "E1", "D1", "Q1")
TETE_DE_FICHE = ("P1", "P2", "T1", "T4", "T3", "E1", "ETP", "Q1")
"""Une demande se dépose rarement dans un seul établissement : l'ETP la remplace."""
PART_NEGLIGEABLE = 0.1
"""Part d'une variation sous laquelle un effet n'y est « presque pour rien » (mots du rapport)."""
_SENS = {1: " rtpe-hausse", 0: " rtpe-stable", -1: " rtpe-baisse"}


def chiffres(contexte: Contexte) -> Restitution:
    """Chiffres de tête : la valeur, l'écart sur un an, la place dans la zone plus grande."""
    codes = TETE_DE_FICHE if contexte.maille == "etablissement" else TETE
    cartes, textes = [], []
    for code, (ici, avant, repere) in contexte.trio(codes).items():
        tendance = _tendance(ici, avant)
        place = _place(contexte, ici, repere)
        dites = [place, PARTIEL if ici.partielle else None]
        notes = [(_classe_de_sens(ici, avant), tendance), *(("", note) for note in dites if note)]
        cartes.append(_carte(ici, code, notes))
        lu = [str(ici), tendance, *(note for note in dites if note)]
        textes.append(f"{ici.definition.libelle} : {', '.join(lu)}.")
    html = f'<ul class="rtpe-chiffres">{"".join(cartes)}</ul>'
    return Restitution("chiffres", html, " ".join(textes), "Chiffres de tête")


def phrases_essentielles(contexte: Contexte) -> Restitution:
    """Ce qui change, pourquoi, où, ce qui est incertain. Ce qui est masqué est dit masqué."""
    trio = contexte.trio(("T1", "T4", "P3", "E1", "D1"))
    candidates = [
        _niveau(contexte, trio["T1"]),
        _cause(trio),
        premiere_perte(contexte),
        explication(contexte),
        _lieu(contexte),
        phrases.evolution(trio["E1"][0], trio["E1"][1], contexte.periode),
        phrases.evolution(trio["D1"][0], trio["D1"][1], contexte.periode),
        _incertitude(contexte),
    ]
    dites = [p for p in candidates if p]
    tus = [m.definition.libelle.lower() for m, *_ in trio.values() if m.masquee]
    if tus:
        dites.append(f"Masqué par le secret statistique : {formats.enumeration(tus)}.")
    if not any(trio[c][0].lisible for c in trio):
        dites.insert(0, f"{_sans_donnees(contexte, [m[0] for m in trio.values()])}")
    return paragraphes(dites)


def _carte(mesure: Mesure, code: str, notes: list[tuple[str, str]]) -> str:
    definition = mesure.definition
    if mesure.lisible:
        unite = "%" if definition.est_part else ""
        nombre, pied = mesure.nombre, f'<span class="rtpe-unite">{formats.FINE}{unite}</span>'
    else:
        nombre, pied = formats.LEGENDES[mesure.signe], ""
    classe = "rtpe-chiffre-valeur" if mesure.lisible else "rtpe-chiffre-valeur rtpe-tu"
    textes = "".join(
        f'<span class="rtpe-chiffre-note{sens}">{escape(texte)}</span>' for sens, texte in notes
    )
    return (
        f'<li class="rtpe-chiffre"><a class="rtpe-chiffre-nom" href="#def-{escape(code)}">'
        f'{escape(definition.libelle)} <span class="rtpe-code">{escape(code)}</span></a>'
        f'<span class="{classe}">{escape(nombre)}{pied if _unite_visible(mesure) else ""}</span>'
        f"{textes}</li>"
    )


def _unite_visible(mesure: Mesure) -> bool:
    # Ailleurs que pour une part, le libellé de la carte dit déjà l'unité.
    return mesure.lisible and mesure.definition.est_part


def _classe_de_sens(ici: Mesure, avant: Mesure) -> str:
    sens = phrases.sens(ici, avant)
    return "" if sens is None else _SENS[sens]


def _tendance(ici: Mesure, avant: Mesure) -> str:
    if not ici.lisible:
        return "pas de comparaison"
    texte = phrases.variation(ici, avant)
    return f"{texte} sur un an" if texte else phrases.sans_repere(avant)


def _place(contexte: Contexte, ici: Mesure, repere: Mesure) -> str | None:
    if not contexte.a_un_repere:
        return None
    if ici.definition.est_part:
        return phrases.comparaison(ici, repere, contexte.repere.nom)
    return phrases.part_du_tout(ici, repere, contexte.repere.nom)


def _niveau(contexte: Contexte, trio: tuple[Mesure, Mesure, Mesure]) -> str | None:
    ici, avant, repere = trio
    if not ici.lisible:
        return None
    debut = f"{formats.majuscule(formats.au_cours(contexte.periode))}, les crèches ont été occupées"
    texte = f"{debut} à {ici} de leur capacité prévue"
    evolution = phrases.variation(ici, avant)
    texte += f", {evolution} sur un an" if evolution else f" ({phrases.sans_repere(avant)})"
    place = _place(contexte, ici, repere)
    return f"{texte} ; c'est {place}." if place else f"{texte}."


def _cause(trio: dict[str, tuple[Mesure, Mesure, Mesure]]) -> str | None:
    """Part de l'ouverture et part de l'occupation dans la variation de T1 = T4 × P3.

    Chaque effet est pesé par la moyenne de l'autre facteur : les deux s'additionnent
    exactement. Rien n'est dit si l'identité ne tient pas à 0,2 point près.
    """
    couples = {c: (trio[c][0].valeur, trio[c][1].valeur) for c in ("T1", "T4", "P3")}
    lus = [v for couple in couples.values() for v in couple if v is not None]
    if len(lus) < 6:
        return None
    t1, t1_avant, t4, t4_avant, p3, p3_avant = lus
    if max(abs(t1 - t4 * p3), abs(t1_avant - t4_avant * p3_avant)) > 0.002:
        return None
    if abs(t1 - t1_avant) < phrases.SEUIL_POINTS:
        return None
    occupation = (t4 - t4_avant) * (p3 + p3_avant) / 2
    ouverture = (p3 - p3_avant) * (t4 + t4_avant) / 2
    noms = [("l'occupation des places ouvertes", occupation), ("l'ouverture des places", ouverture)]
    (premier, p), (second, autre) = sorted(noms, key=lambda c: -abs(c[1]))
    quoi = "hausse" if t1 > t1_avant else "baisse"
    debut = f"Cette {quoi} vient de {premier} ({formats.points(p)})"
    if abs(autre) < min(phrases.SEUIL_POINTS, PART_NEGLIGEABLE * abs(t1 - t1_avant)):
        return f"{debut} ; {second} n'y est presque pour rien ({formats.points(autre)})."
    if (autre > 0) != (p > 0):
        return f"{debut} ; {second} a joué en sens inverse ({formats.points(autre)})."
    return f"{debut}, puis de {second} ({formats.points(autre)})."


def _lieu(contexte: Contexte) -> str | None:
    noms = contexte.etablissements
    grille = contexte.grille(["T1"], "etablissement", noms, [contexte.periode])
    valeurs = {nom: grille.lire("T1", zone, contexte.periode) for zone, nom in noms.items()}
    bornes = phrases.extremes(valeurs)
    if bornes is None:
        return None
    bas, haut = bornes
    return (
        f"D'un établissement à l'autre, l'occupation réelle va de {valeurs[bas]} ({bas}) "
        f"à {valeurs[haut]} ({haut})."
    )


def _incertitude(contexte: Contexte) -> str:
    if not contexte.completude.lisible:
        return "La complétude des données n'est pas connue : ces chiffres sont provisoires."
    adjectif = STATUTS[contexte.statut].lower()
    return (
        f"{contexte.completude} des données attendues sont reçues et valides : les chiffres sont "
        f"{adjectif}s."
    )


def _sans_donnees(contexte: Contexte, mesures: list[Mesure]) -> str:
    if any(m.masquee for m in mesures):
        return "Les effectifs sont trop petits pour être montrés (secret statistique)."
    quand = formats.au_cours(contexte.periode)
    return f"Aucune donnée d'activité n'est disponible pour {contexte.nom} {quand}."
