"""La cascade en mots : première perte, suivantes, absences, bornes, et ce qui ne se dit pas."""

from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.marches import (
    Cascade,
    Marche,
    en_heures,
    en_places,
    lire_cascades,
)
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.planches import sans_figure

NON_PRECISE = "non_precise"
AUCUNE = "La cascade n'est pas calculable : l'agrément ou le calendrier de la période manque."
MASQUEE = "La suite, jusqu'à l'enfant présent, est masquée (secret statistique)."
INCOMPLETE = "La suite, jusqu'à l'enfant présent, n'est pas calculable sur la période."
PERTE_MASQUEE = (
    "La première cause de perte ne se dit pas : une partie de la cascade est masquée (secret "
    "statistique)."
)
PERTE_PARTIELLE = (
    "La première cause de perte ne se dit pas : l'activité d'une partie des établissements manque."
)


def textes(contexte: Contexte) -> Restitution:
    """Phrases : la première cause de perte, ses suivantes, les absences, les bornes."""
    lue = lire_cascades(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    if not lue.lisibles:
        return sans_figure("Première cause de perte", MASQUEE if lue.masquee else AUCUNE)
    dites = [premiere_perte(contexte, lue), _suivantes(lue), _absences(contexte), *_bornes(lue)]
    if not lue.entiere and not lue.masquee:
        dites.append(INCOMPLETE)
    return paragraphes([d for d in dites if d])


def premiere_perte(contexte: Contexte, lue: Cascade | None = None) -> str | None:
    """La phrase de la première cause de perte, en heures et en équivalents-places.

    Args:
        contexte: zone et période du rapport.
        lue: sa cascade, si elle est déjà lue.
    """
    lue = lue or lire_cascades(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    premiere, agree = lue.premiere, lue.lire("agree")
    if lue.masquee and not lue.entiere:
        return PERTE_MASQUEE
    if lue.partielle:
        return PERTE_PARTIELLE
    if premiere is None or agree is None or not agree.heures.valeur:
        return None
    heures = abs(premiere.heures.valeur or 0)
    part = formats.pourcentage(heures / agree.heures.valeur, 0)
    texte = (
        f"Entre la place agréée et l'enfant présent, la première cause de perte est "
        f"« {premiere.libelle} » : {en_heures(heures)}"
    )
    if premiere.places.valeur is not None:
        texte += f", soit l'équivalent de {en_places(abs(premiere.places.valeur))}"
    autre = lue.premiere_hors_prevues
    suite = (
        f" ; hors fermetures annoncées, c'est {nommer(autre)}"
        if autre not in (None, premiere)
        else ""
    )
    return f"{texte} ({part} des heures agréées){suite}."


def premiere_hors_prevues(contexte: Contexte) -> str | None:
    """La première perte qui n'est pas une fermeture annoncée, nommée avec ses heures et places."""
    lue = lire_cascades(contexte, contexte.maille, [contexte.zone])[contexte.zone]
    marche = lue.premiere_hors_prevues
    return nommer(marche) if marche else None


def nommer(marche: Marche) -> str:
    """« Absences » (1 200 h, 1,7 place)."""
    texte = en_heures(abs(marche.heures.valeur or 0))
    if marche.places.valeur is not None:
        texte += f", {en_places(abs(marche.places.valeur))}"
    return f"« {marche.libelle} » ({texte})"


def _suivantes(lue: Cascade) -> str | None:
    dites = (lue.premiere, lue.premiere_hors_prevues)
    suite = [nommer(m) for m in lue.pertes if m not in dites][:2]
    if lue.premiere is None or not suite:
        return None
    debut = "Vient ensuite" if len(suite) < 2 else "Viennent ensuite"
    return f"{debut} {formats.enumeration(suite)}."


def _absences(contexte: Contexte) -> str | None:
    grille = contexte.grille(
        ["K3"], contexte.maille, [contexte.zone], [contexte.periode], ventilation="motif"
    )
    lues = {
        m: grille.lire("K3", contexte.zone, contexte.periode, m) for m in grille.modalites("K3")
    }
    connues = {m: abs(x.valeur) for m, x in lues.items() if x.valeur}
    if not connues or any(x.masquee for x in lues.values()):
        return None
    noms = liste_fermee("motifs_absence")
    premier = max(connues, key=lambda m: connues[m])
    total = sum(connues.values())
    part = formats.pourcentage(connues[premier] / total, 0)
    debut = f"Les absences retirent {en_heures(total)} contractuelles"
    if premier == NON_PRECISE:
        return f"{debut} ; le motif de {part} d'entre elles n'est pas précisé."
    return f"{debut} ; premier motif : « {noms.get(premier, premier).lower()} » ({part})."


def _bornes(lue: Cascade) -> list[str]:
    if not lue.bornees:
        return []
    dites = [f"« {m.libelle} » {entre(b)}" for m, b in lue.bornees.items()]
    return [
        "La cause d'une partie des fermetures n'est pas enregistrée ; en heures, ces causes "
        f"pèsent : {' ; '.join(dites)}."
    ]


def entre(bornes: tuple[float, float]) -> str:
    """« entre 400 et 500 » : deux nombres d'heures."""
    return f"entre {formats.nombre(bornes[0])} et {formats.nombre(bornes[1])}"
