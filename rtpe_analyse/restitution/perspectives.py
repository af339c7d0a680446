"""Perspectives : ce qu'on attend des deux trimestres à venir, et ce que vaut cette attente."""

import polars as pl

from rtpe_analyse.methodes.concurrentes import MOYENNE, NAIVE
from rtpe_analyse.modeles import Periode
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.occupation import echelle, unite
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

_TITRE = "L'occupation attendue"
_MINIMUM_JUGEES = 8
_RARE = 0.05
_HORIZONS = {"mois": 6, "trimestre": 2}
_MODALITES = ("bas", "centre", "haut")
_POURQUOI_LA_NAIVE = (
    "La même période de l'an dernier est retenue parce que, sur les prévisions passées du réseau, "
    "aucune autre ne s'est moins trompée, ou parce que trop peu ont pu être jugées."
)


def prevision(contexte: Contexte) -> Restitution:
    """Figure : le taux d'occupation réel connu, puis prévu, avec son intervalle.

    La prévision n'est montrée que si le rapport porte sur la dernière période connue :
    sinon, ce qui était à venir est déjà arrivé.
    """
    lues = _lire(contexte)
    if not lues:
        return sans_figure(_TITRE, _pourquoi(contexte))
    connues = contexte.grille(["T1"], contexte.maille, [contexte.zone], contexte.echues)
    passees = [(p, connues.lire("T1", contexte.zone, p)) for p in contexte.echues]
    premiere = next((rang for rang, (_, m) in enumerate(passees) if m.lisible), None)
    if premiere is None or not passees[-1][1].lisible:
        return sans_figure(_TITRE, "La dernière période connue n'est pas lisible.")
    # Une période qui manque entre deux autres coupe le trait : elle garde sa place.
    passees = passees[premiere:]
    from rtpe_analyse.restitution import figures

    definition = contexte.dossier.definition("N1")
    lignes = [(rang, "connue", echelle(m), None, None) for rang, (_, m) in enumerate(passees)] + [
        (len(passees) + rang, "prevue", echelle(m["centre"]), echelle(m["bas"]), echelle(m["haut"]))
        for rang, (_, m) in enumerate(lues)
    ]
    valeurs = pl.DataFrame(
        lignes,
        schema={
            "rang": pl.Int64,
            "serie": pl.String,
            "valeur": pl.Float64,
            "bas": pl.Float64,
            "haut": pl.Float64,
        },
        orient="row",
    )
    periodes = [p for p, _ in passees] + [p for p, _ in lues]
    svg = figures.prevision(
        valeurs, [formats.periode_courte(p) for p in periodes], unite(definition)
    )
    derniere, attendue = passees[-1][1], lues[-1]
    titre = (
        f"Le taux d'occupation réel, de {derniere} {formats.au_cours(passees[-1][0])}, est "
        f"attendu à {attendue[1]['centre']} {formats.au_cours(attendue[0])}{entre(attendue[1])}"
    )
    donnees = Tableau(
        f"Chiffres de la figure : {_TITRE}",
        "Période",
        [
            Colonne("Connu", "%"),
            Colonne("Prévu", "%"),
            Colonne("Au moins", "%"),
            Colonne("Au plus", "%"),
        ],
        [
            Ligne(formats.majuscule(formats.periode(p)), [cellule(m), *[Cellule("")] * 3])
            for p, m in passees
        ]
        + [
            Ligne(
                formats.majuscule(formats.periode(p)),
                [Cellule(""), *(cellule(m[nom]) for nom in ("centre", "bas", "haut"))],
                "repere",
            )
            for p, m in lues
        ],
    )
    dits = " ; ".join(f"{formats.periode(p)} : {m['centre']}{entre(m)}" for p, m in lues)
    alt = f"Courbe connue, puis prévision en tirets et son intervalle. {dits}."
    part = formats.nombre(float(_niveau(contexte)))
    note = f"Trait plein : connu. Tirets : prévu ({lues[-1][1]['centre'].source}). " + (
        f"La zone pointillée doit contenir la suite {part} fois sur 100."
        if any(m["bas"].lisible for _, m in lues)
        else "Pas d'intervalle : trop peu de prévisions passées ont pu être jugées."
    )
    if any(m["centre"].source == NAIVE for _, m in lues):
        note += f" {_POURQUOI_LA_NAIVE}"
    return planche(titre, alt, svg, donnees, note)


def retro_test(contexte: Contexte) -> Restitution:
    """Phrases : ce que valait la prévision les fois passées, et d'où elle vient."""
    code = "N3"
    grille = contexte.grille([code], contexte.maille, [contexte.zone], [contexte.periode])
    mesure = grille.lire(code, contexte.zone, contexte.periode)
    pas = "trimestres" if contexte.periode.pas == "trimestre" else "mois"
    dites = []
    if mesure.lisible and mesure.numerateur is not None and mesure.denominateur is not None:
        jugees, contenues = int(mesure.denominateur), int(mesure.numerateur)
        if jugees >= _MINIMUM_JUGEES:
            niveau = float(_niveau(contexte)) / 100
            dites.append(
                f"Sur {jugees} {pas} passés, refaits avec ce qu'on savait alors, {contenues} dans "
                f"l'intervalle, pour {formats.nombre(round(niveau * jugees))} promis."
            )
            if _trop_etroit(contenues, jugees, niveau):
                dites.append(
                    "Pour cette zone, l'intervalle est trop étroit et la prévision fragile."
                )
    if not dites:
        dites.append(
            "Trop peu de prévisions passées ont pu être jugées pour dire ce que vaut l'intervalle."
        )
    if contexte.dossier.trace.get("jeu") == "exemple":
        dites.append("Les données d'exemple sont fabriquées : bien les prévoir ne prouve rien.")
    return paragraphes(dites)


def _lire(contexte: Contexte) -> list[tuple[Periode, dict[str, Mesure]]]:
    """Prévisions des périodes qui suivent celle du rapport ; vide si ce n'est pas la dernière.

    Une prévision qui recopie l'an dernier, la moyenne de trois ans ou le dernier niveau dirait
    un taux masqué : elle ne se lit que si tous se lisent.
    """
    nombre = _HORIZONS[contexte.periode.pas]
    a_venir = [contexte.periode.decaler(n + 1) for n in range(nombre)]
    grille = contexte.grille(
        ["N1"], contexte.maille, [contexte.zone], a_venir, ventilation="prevision"
    )
    lues = [(p, {m: grille.lire("N1", contexte.zone, p, m) for m in _MODALITES}) for p in a_venir]
    sources = [contexte.periode, *(p.an_dernier for p in a_venir)]
    if any(m["centre"].source == MOYENNE for _, m in lues):
        sources += [p.an_dernier for p in sources[1:]]
        sources += [p.an_dernier for p in sources[-len(a_venir) :]]
    taux = contexte.grille(["T1"], contexte.maille, [contexte.zone], sources)
    if any(taux.lire("T1", contexte.zone, p).masquee for p in sources):
        return []
    # La prévision commence après la dernière période connue : plus tard, ce n'est pas elle.
    if not lues[0][1]["centre"].lisible:
        return []
    return [(p, m) for p, m in lues if m["centre"].lisible]


def entre(mesures: dict[str, Mesure]) -> str:
    """« (entre 60,1 et 64,2 %) », précédé d'une espace ; vide si l'intervalle ne se lit pas."""
    bas, haut = mesures["bas"], mesures["haut"]
    if not (bas.lisible and haut.lisible):
        return ""
    return f" (entre {bas.nombre} et {haut})"


def _niveau(contexte: Contexte) -> float:
    return float(valeur("conventions", "intervalle_prevision_pct", contexte.jour_de_reference))


def _trop_etroit(contenues: int, jugees: int, niveau: float) -> bool:
    """Si l'intervalle tenait sa promesse, si peu dedans serait rare (1 sur 20)."""
    from scipy.stats import binom

    return bool(binom.cdf(contenues, jugees, niveau) < _RARE)


def _pourquoi(contexte: Contexte) -> str:
    prevues = contexte.grille(["N1"], contexte.maille, [contexte.zone], ventilation="prevision")
    if len(prevues) and not prevues.periodes("N1")[0].startswith(str(contexte.periode.decaler(1))):
        return "La prévision n'est faite qu'à partir de la dernière période connue."
    return "Il manque des périodes récentes, ou la zone est trop petite (secret statistique)."
